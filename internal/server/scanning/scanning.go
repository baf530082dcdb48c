// Package scanning serves the settings by which a project or a repository is scanned.
package scanning

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Settings stores the settings of places. It must be safe for concurrent use.
type Settings interface {
	OfPlace(ctx context.Context, place string) (map[string]string, error)
	AtPlace(ctx context.Context, k *settings.Known, projectKey, slug string) (string, error)
	SetPlace(ctx context.Context, place string, k *settings.Known, value string) error
}

// Resource serves the routes of scanning.
type Resource struct{ Settings Settings }

// Routes returns the routes of the resource.
func (s *Resource) Routes() (list []api.Route) {
	for _, x := range [][2]string{{"/projects/{projectKey}/scanning", "Project"}, {"/projects/{projectKey}/repos/{repoSlug}/scanning", "Repository"}} {
		path, name, what := x[0], x[1], strings.ToLower(x[1])
		list = append(list, api.Route{
			Method: http.MethodGet, Path: path, Name: "get" + name + "Scanning",
			Needs: access.ProjectAdmin, Scope: "settings",
			Summary: "Return when the branches of a " + what + " are scanned by themselves, and whose setting that is.",
			Gives:   api.Returns(scanningWire{}),
			Handle:  s.show,
		}, api.Route{
			Method: http.MethodPut, Path: path, Name: "set" + name + "Scanning",
			Needs: access.ProjectAdmin, Scope: "settings",
			Summary: "Set when the branches of a " + what + " are scanned by themselves. What is absent stays.",
			Takes:   scanningChange{}, Body: `{"scanOnPush": "ON", "scanOnPullRequest": "INHERIT"}: each ON, OFF or INHERIT`,
			Gives:  api.Returns(scanningWire{}),
			Handle: s.change,
		})
	}
	return list
}

// scanningChange are settings of a place: each ON, OFF or INHERIT.
type scanningChange struct {
	ScanOnPush        *string `json:"scanOnPush,omitempty" doc:"ON, OFF or INHERIT."`
	ScanOnPullRequest *string `json:"scanOnPullRequest,omitempty" doc:"ON, OFF or INHERIT."`
}

// scanningWire are the settings of a place, and what counts there.
type scanningWire struct {
	ScanOnPush        string        `json:"scanOnPush" doc:"ON, OFF or INHERIT."`
	ScanOnPullRequest string        `json:"scanOnPullRequest" doc:"ON, OFF or INHERIT."`
	Effective         effectiveWire `json:"effective"`
}

// effectiveWire is what counts at a place: its own setting, else the project's, else the instance's.
type effectiveWire struct {
	ScanOnPush        bool `json:"scanOnPush"`
	ScanOnPullRequest bool `json:"scanOnPullRequest"`
}

// words are the values of a setting that a place has or inherits.
var words = map[string]string{"ON": "true", "OFF": "false", "INHERIT": ""}

func wordOf(value string) string {
	for word, v := range words {
		if v == value {
			return word
		}
	}
	return "INHERIT"
}

func (s *Resource) show(c *api.Call) (*api.Reply, error) {
	own, err := s.Settings.OfPlace(c.Context(), c.PlaceName())
	if err != nil {
		return nil, err
	}
	w := scanningWire{ScanOnPush: wordOf(own[settings.ScanOnPush.Name]), ScanOnPullRequest: wordOf(own[settings.ScanOnPullRequest.Name])}
	slug := ""
	if c.Repository != nil {
		slug = c.Repository.Slug
	}
	for k, to := range map[*settings.Known]*bool{settings.ScanOnPush: &w.Effective.ScanOnPush, settings.ScanOnPullRequest: &w.Effective.ScanOnPullRequest} {
		value, err := s.Settings.AtPlace(c.Context(), k, c.Project.Key, slug)
		if err != nil {
			return nil, err
		}
		*to = value == "true"
	}
	return api.OK(w)
}

func (s *Resource) change(c *api.Call) (*api.Reply, error) {
	var body scanningChange
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	type change struct {
		known *settings.Known
		value string
	}
	var changes []change
	bad := &api.Problems{}
	for _, x := range []struct {
		known *settings.Known
		word  *string
	}{{settings.ScanOnPush, body.ScanOnPush}, {settings.ScanOnPullRequest, body.ScanOnPullRequest}} {
		if x.word == nil {
			continue
		}
		value, ok := words[*x.word]
		if !ok {
			bad.Add(x.known.Name, "it must be ON, OFF or INHERIT")
		}
		changes = append(changes, change{x.known, value})
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	for _, x := range changes {
		if err := s.Settings.SetPlace(c.Context(), c.PlaceName(), x.known, x.value); err != nil {
			return nil, err
		}
		c.Note(x.known.Name + "=" + wordOf(x.value))
	}
	return s.show(c)
}
