package settings

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/hookmode"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Hooks are the settings of the hook, by the name of a place. They are called by many requests at once.
type Hooks interface {
	hookmode.Settings

	// HookSettings lists the places that have settings of their own, by name.
	HookSettings(ctx context.Context) ([]settings.PlaceHook, error)
	SetHook(ctx context.Context, place string, enabled bool, warn *bool) error
	InheritHook(ctx context.Context, place string) error
}

const hookPath = "/settings/hook"

// hookRow is a place with a setting of its own.
type hookRow struct {
	Place, Mode string
	// Path is where it is changed; empty if the caller may not.
	Path string
}

// hookBody is the page of the hook of the whole instance.
type hookBody struct {
	sectioned

	Form formBody
	Rows []hookRow
	List page.List
	// Find is where a place is looked up, and Missing the name of one that was not found.
	Find, Missing string
}

// Pager is the list's, for the shared template.
func (b *hookBody) Pager() page.Pager { return b.List.Pager }

// hooks is the page of the instance. A place in its address leads to the page of the place.
func (s *Pages) hooks(v *page.Visit) error {
	form, err := s.form(v, hookParts)
	if err != nil {
		return err
	}
	missing := ""
	if place := strings.TrimSpace(v.Request.URL.Query().Get("place")); place != "" {
		at, err := v.Core.Places.FindNamed(v.Ctx(), v.Visible, place)
		if err == nil && v.May(access.ProjectAdmin, at) {
			v.Redirect(s.toHook(v, at.PlaceName()))
			return nil
		}
		missing = place
	}
	return s.showHooks(v, http.StatusOK, &form, missing)
}

func (s *Pages) saveHooks(v *page.Visit) error {
	form, saved, err := s.save(v, hookParts)
	if err != nil || saved {
		return err
	}
	return s.showHooks(v, http.StatusBadRequest, &form, "")
}

func (s *Pages) showHooks(v *page.Visit, status int, form *formBody, missing string) error {
	b := &hookBody{
		sectioned: newSectioned(v, "Hook", "Whether pushes with secrets are refused, for git servers that run sluice hook pre-receive."), Form: *form, List: v.List(),
		Find: v.Core.BasePath + hookPath, Missing: missing,
	}
	all, err := s.Hooks.HookSettings(v.Ctx())
	if err != nil {
		return err
	}
	var rows []hookRow
	for _, h := range all {
		if !v.Knows(h.Place) {
			continue
		}
		key, slug, _ := strings.Cut(h.Place, "/")
		row := hookRow{Place: h.Place, Mode: modeWord(h.Enabled, h.Warn)}
		if v.May(access.ProjectAdmin, placeOf(key, slug)) {
			row.Path = s.toHook(v, h.Place)
		}
		rows = append(rows, row)
	}
	b.Rows = page.Paged(&b.List, rows[min(b.List.Start(), len(rows)):], len(rows))
	return v.Show(status, hookPage, "Hook", b)
}

// placeOf is a place by its names, for permissions alone.
func placeOf(key, slug string) access.Place {
	at := access.Place{Project: &catalog.Project{Key: key}}
	if slug != "" {
		at.Repository = &catalog.Repository{ProjectKey: key, Slug: slug}
	}
	return at
}

// toHook is the path of the hook's page of a place.
func (s *Pages) toHook(v *page.Visit, place string) string {
	if key, slug, ok := strings.Cut(place, "/"); ok {
		return v.ToRepository(key, slug) + "/hook"
	}
	return v.ToProject(place) + "/hook"
}

func modeWord(enabled, warn bool) string {
	switch {
	case !enabled:
		return "Off: pushes are not checked"
	case warn:
		return "Warns: pushes with secrets pass"
	}
	return "Refuses pushes with secrets"
}

// sourceWords say whose setting applies.
var sourceWords = map[hookmode.Source]string{
	hookmode.FromNone: "Nobody has switched it on.", hookmode.FromGlobal: "The whole instance says so.", hookmode.FromProject: "The project says so.", hookmode.FromRepository: "The repository says so.",
}

// placeHookBody is the page of the hook of a project or a repository.
type placeHookBody struct {
	Heading, Key string
	Above        []page.Link
	// What is project or repository.
	What, Action string
	// Mode is what applies, and Source whose setting that is.
	Mode, Source string
	Choices      []hookChoice
	// Personal is true for a personal project, from which its repositories inherit nothing.
	Personal bool
}

// hookChoice is one of the modes that a place can have.
type hookChoice struct {
	Value, Word, Meaning string
	Chosen               bool
}

func (s *Pages) placeHook(v *page.Visit) error {
	e, own, err := hookmode.Of(v.Ctx(), s.Hooks, v.Project, v.Repository)
	if err != nil {
		return err
	}
	p := v.Project
	b := placeHookBody{
		Heading: "Hook of " + p.Name, Key: p.Key, What: "project", Above: []page.Link{{Text: "Projects", Path: v.Home()}, {Text: p.Name, Path: v.ToProject(p.Key)}}, Personal: p.Personal && v.Repository == nil,
		Action: s.toHook(v, v.PlaceName()), Mode: modeWord(e.Enabled, e.Warn), Source: sourceWords[e.Source],
	}
	inherits := "as the instance says"
	if r := v.Repository; r != nil {
		b.Heading, b.Key, b.What = "Hook of "+r.Name, "", "repository"
		b.Above = append(b.Above, page.Link{Text: r.Name, Path: v.ToRepository(p.Key, r.Slug)})
		inherits = "as the project or the instance says"
	}
	b.Choices = []hookChoice{
		{"inherit", "Inherit", inherits, own == nil}, {"refuse", "Refuse", "pushes with secrets do not get in", own != nil && own.Enabled && !own.Warn},
		{"warn", "Warn", "pushes with secrets get in, with a warning", own != nil && own.Enabled && own.Warn}, {"off", "Off", "pushes are not checked", own != nil && !own.Enabled},
	}
	return v.Show(http.StatusOK, placeHookPage, b.Heading, b)
}

// hookRoute is the end of the paths of the API, which name the actions in the audit log.
const hookRoute = "/settings/hooks/com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"

func (s *Pages) savePlaceHook(v *page.Visit) error {
	place := v.PlaceName()
	route := "/rest/api/latest" + page.ProjectPath
	if v.Repository != nil {
		route = "/rest/api/latest" + page.RepositoryPath
	}
	route += hookRoute
	mode := v.Request.PostForm.Get("hook")
	action, detail := "PUT "+route+"/enabled", ""
	var err error
	switch warn := mode == "warn"; mode {
	case "inherit":
		action, err = "DELETE "+route, s.Hooks.InheritHook(v.Ctx(), place)
	case "refuse", "warn":
		if warn {
			detail = "warn only"
		}
		err = s.Hooks.SetHook(v.Ctx(), place, true, &warn)
	case "off":
		action, err = "DELETE "+route+"/enabled", s.Hooks.SetHook(v.Ctx(), place, false, nil)
	default:
		return page.BadRequest("The form says none of inherit, refuse, warn and off.")
	}
	if err != nil {
		return err
	}
	if err := v.Record(action, place, detail); err != nil {
		return err
	}
	return v.Done(s.toHook(v, place), "hook-"+url.PathEscape(mode))
}
