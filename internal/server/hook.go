package server

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// hookKey is the key of the hook, as scripts know it.
const hookKey = "com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"

// hookSource says whose setting decides about the hook.
type hookSource string

const (
	hookFromNone       hookSource = "NONE"
	hookFromGlobal     hookSource = "GLOBAL"
	hookFromProject    hookSource = "PROJECT"
	hookFromRepository hookSource = "REPOSITORY"
)

// hookGlobal is what the instance says of the hook.
type hookGlobal struct {
	position string
	warn     bool
}

// effective is what holds for a repository.
type effective struct {
	enabled, warn bool
	source        hookSource
}

// effectiveHook is the value that holds for a repository, of what the instance, its project and itself say; nil inherits. A
// personal repository has no project to inherit of (docs.soteri.io, "Scanning every push"). ALWAYS cannot be switched off
// below, nor made milder: there the hook only warns when the instance and whoever enables it below both say so. For a
// project's own value leave the repository out.
func effectiveHook(g hookGlobal, personal bool, project, repository *settings.HookSetting) effective {
	if personal {
		project = nil
	}
	e := effective{source: hookFromNone}
	switch {
	case repository != nil:
		e = effective{repository.Enabled, repository.Enabled && repository.Warn, hookFromRepository}
	case project != nil && project.Enabled:
		e = effective{true, project.Warn, hookFromProject}
	case g.position == settings.HookInheritedOrEnabled:
		// Also where the project is disabled: that only takes back its own word.
		e = effective{true, g.warn, hookFromGlobal}
	case project != nil:
		e = effective{source: hookFromProject}
	}
	if g.position == settings.HookAlways {
		return effective{true, g.warn && (!e.enabled || e.warn), hookFromGlobal}
	}
	return e
}

func (c *call) hookGlobal() (g hookGlobal, err error) {
	if g.position, err = c.s.store.Settings.Value(c.context(), settings.HookPosition); err != nil {
		return g, err
	}
	g.warn, err = c.s.store.Settings.Bool(c.context(), settings.HookWarn)
	return g, err
}

// hook gives the value that holds for a repository, or for a project when it is nil, and what it says itself.
func (c *call) hook(p *catalog.Project, r *catalog.Repository) (e effective, own *settings.HookSetting, err error) {
	g, err := c.hookGlobal()
	if err != nil {
		return e, nil, err
	}
	project, err := c.s.store.Settings.HookSetting(c.context(), p.Key)
	if err != nil || r == nil {
		// A personal project's own word holds for nothing, but it is its word.
		return effectiveHook(g, p.Personal, project, nil), project, err
	}
	own, err = c.s.store.Settings.HookSetting(c.context(), p.Key+"/"+r.Slug)
	return effectiveHook(g, p.Personal, project, own), own, err
}

type hookWire struct {
	Details    hookDetails  `json:"details"`
	Enabled    bool         `json:"enabled"`
	Configured bool         `json:"configured" doc:"Whether this scope has settings of its own."`
	Scope      hookScope    `json:"scope"`
	Settings   hookSettings `json:"settings"`
}

type hookDetails struct {
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Description string   `json:"description"`
	ScopeTypes  []string `json:"scopeTypes"`
}

type hookScope struct {
	Type       hookSource `json:"type"`
	ResourceID *int64     `json:"resourceId" doc:"The id of the project or repository; null for the instance."`
}

type hookSettings struct {
	WarnOnVulnerabilities bool `json:"warnOnVulnerabilities"`
}

// hookReply answers with the hook as it holds for what the path names.
func (c *call) hookReply() (*reply, error) {
	e, own, err := c.hook(c.project, c.repository)
	if err != nil {
		return nil, err
	}
	w := hookWire{
		Details: hookDetails{hookKey, "Security hook", "PRE_RECEIVE", "Looks for secrets in what is pushed.", []string{"PROJECT", "REPOSITORY"}},
		Enabled: e.enabled, Configured: own != nil, Scope: hookScope{Type: e.source}, Settings: hookSettings{e.warn},
	}
	switch e.source {
	case hookFromNone:
		w.Scope.Type = hookFromGlobal
	case hookFromProject:
		w.Scope.ResourceID = &c.project.ID
	case hookFromRepository:
		w.Scope.ResourceID = &c.repository.ID
	}
	return ok(w)
}

// hookScopeName names what the path names, as the store does.
func (c *call) hookScopeName() string {
	if c.repository != nil {
		return c.project.Key + "/" + c.repository.Slug
	}
	return c.project.Key
}

func (c *call) enableHook() (*reply, error) {
	var body struct {
		WarnOnVulnerabilities *bool `json:"warnOnVulnerabilities"`
	}
	if c.r.ContentLength != 0 {
		if err := c.decode(&body); err != nil {
			return nil, err
		}
	}
	if warn := body.WarnOnVulnerabilities; warn != nil && *warn {
		c.note("warn only")
	}
	if err := c.s.store.Settings.SetHook(c.context(), c.hookScopeName(), true, body.WarnOnVulnerabilities); err != nil {
		return nil, err
	}
	return c.hookReply()
}

// hookMode answers with the settings of the hook: those that the scope was given, or else those that hold for it.
func (c *call) hookMode() (*reply, error) {
	e, own, err := c.hook(c.project, c.repository)
	if err != nil {
		return nil, err
	}
	if own != nil {
		return ok(hookSettings{own.Warn})
	}
	return ok(hookSettings{e.warn})
}

// setHookMode changes the mode and nothing else: what is off stays off. Where nothing is said and the hook is off there is no
// word of its own that could keep a mode, and to make one would cut the scope off from what it inherits.
func (c *call) setHookMode() (*reply, error) {
	var body struct {
		WarnOnVulnerabilities *bool `json:"warnOnVulnerabilities"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if body.WarnOnVulnerabilities == nil {
		return nil, badRequest("warnOnVulnerabilities must be true or false")
	}
	own, err := c.s.store.Settings.SetHookMode(c.context(), c.hookScopeName(), *body.WarnOnVulnerabilities)
	if err != nil {
		return nil, err
	}
	if !own {
		e, _, err := c.hook(c.project, c.repository)
		if err != nil {
			return nil, err
		}
		if !e.enabled {
			return nil, &httpError{http.StatusConflict, "the hook is off here and inherits: PUT .../enabled with the mode switches it on", "IllegalStateException"}
		}
		if err := c.s.store.Settings.SetHook(c.context(), c.hookScopeName(), true, body.WarnOnVulnerabilities); err != nil {
			return nil, err
		}
	}
	if *body.WarnOnVulnerabilities {
		c.note("warn only")
	}
	return c.hookMode()
}

func (c *call) disableHook() (*reply, error) {
	if err := c.s.store.Settings.SetHook(c.context(), c.hookScopeName(), false, nil); err != nil {
		return nil, err
	}
	return c.hookReply()
}

func (c *call) inheritHook() (*reply, error) {
	if err := c.s.store.Settings.InheritHook(c.context(), c.hookScopeName()); err != nil {
		return nil, err
	}
	return nothing()
}

// hookRoutes are those of Bitbucket's own API for settings of hooks.
func (s *Server) hookRoutes() []route {
	var list []route
	for _, at := range []struct{ path, what, name string }{
		{"/projects/{projectKey}/repos/{repoSlug}", "repository", "Repository"}, {"/projects/{projectKey}", "project", "Project"},
	} {
		path := "/rest/api/latest" + at.path + "/settings/hooks/" + hookKey
		get := route{
			method: http.MethodGet, path: path, name: "get" + at.name + "Hook",
			needs: reader, scope: "read",
			summary: "Get the hook as it applies to a " + at.what + ".",
			gives:   returns(hookWire{}),
			handle:  (*call).hookReply,
		}
		enabled := get
		enabled.path += "/enabled"
		enabled.name += "Enabled"
		list = append(list, get, enabled,
			route{
				method: http.MethodPut, path: path + "/enabled", name: "enable" + at.name + "Hook",
				needs: projectAdmin, scope: "settings",
				summary: "Check pushes to the " + at.what + ": refuse pushes with secrets, or only warn.",
				takes:   hookSettings{}, body: "Without a body the mode stays.",
				gives:  returns(hookWire{}),
				handle: (*call).enableHook,
			},
			route{
				method: http.MethodDelete, path: path + "/enabled", name: "disable" + at.name + "Hook",
				needs: projectAdmin, scope: "settings",
				summary: "Stop checking pushes to the " + at.what + ", whatever it would inherit.",
				gives:   returns(hookWire{}),
				handle:  (*call).disableHook,
			},
			route{
				method: http.MethodGet, path: path + "/settings", name: "get" + at.name + "HookSettings",
				needs: reader, scope: "read",
				summary: "Get the settings of the hook of the " + at.what + ".",
				gives:   returns(hookSettings{}),
				handle:  (*call).hookMode,
			},
			route{
				method: http.MethodPut, path: path + "/settings", name: "set" + at.name + "HookSettings",
				needs: projectAdmin, scope: "settings",
				summary: "Set the mode of the hook of the " + at.what + " without enabling or disabling it.",
				takes:   hookSettings{},
				gives:   returns(hookSettings{}),
				handle:  (*call).setHookMode,
			},
			route{
				method: http.MethodDelete, path: path, name: "inherit" + at.name + "Hook",
				needs: projectAdmin, scope: "settings",
				summary: "Let the " + at.what + " inherit the hook settings again.",
				gives:   nothingBack(),
				handle:  (*call).inheritHook,
			},
		)
	}
	return list
}
