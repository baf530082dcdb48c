package hooks

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/hookmode"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// hookKey is the key of the hook that scripts use.
const hookKey = "com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"

// hook returns what applies at the place of a call. own is the setting of that place itself; nil if there is none.
func (s *Resource) hook(c *api.Call) (e hookmode.Effective, own *settings.HookSetting, err error) {
	return hookmode.Of(c.Context(), s.Settings, c.Project, c.Repository)
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
	Type       hookmode.Source `json:"type"`
	ResourceID *int64          `json:"resourceId" doc:"The id of the project or repository; null for the instance."`
}

type hookSettings struct {
	WarnOnVulnerabilities bool `json:"warnOnVulnerabilities"`
}

// hookReply answers with the hook as it applies at the place of the call.
func (s *Resource) hookReply(c *api.Call) (*api.Reply, error) {
	e, own, err := s.hook(c)
	if err != nil {
		return nil, err
	}
	w := hookWire{
		Details: hookDetails{hookKey, "Security hook", "PRE_RECEIVE", "Looks for secrets in pushed commits.", []string{"PROJECT", "REPOSITORY"}},
		Enabled: e.Enabled, Configured: own != nil, Scope: hookScope{Type: e.Source}, Settings: hookSettings{e.Warn},
	}
	switch e.Source {
	case hookmode.FromNone:
		w.Scope.Type = hookmode.FromGlobal
	case hookmode.FromProject:
		w.Scope.ResourceID = &c.Project.ID
	case hookmode.FromRepository:
		w.Scope.ResourceID = &c.Repository.ID
	}
	return api.OK(w)
}

func (s *Resource) enableHook(c *api.Call) (*api.Reply, error) {
	var body struct {
		WarnOnVulnerabilities *bool `json:"warnOnVulnerabilities"`
	}
	if c.HasBody() {
		if err := c.Decode(&body); err != nil {
			return nil, err
		}
	}
	if warn := body.WarnOnVulnerabilities; warn != nil && *warn {
		c.Note("warn only")
	}
	if err := s.Settings.SetHook(c.Context(), c.PlaceName(), true, body.WarnOnVulnerabilities); err != nil {
		return nil, err
	}
	return s.hookReply(c)
}

// hookMode answers with the mode of the place itself, or with the inherited one.
func (s *Resource) hookMode(c *api.Call) (*api.Reply, error) {
	e, own, err := s.hook(c)
	if err != nil {
		return nil, err
	}
	if own != nil {
		return api.OK(hookSettings{own.Warn})
	}
	return api.OK(hookSettings{e.Warn})
}

// setHookMode changes only the mode: a disabled hook stays disabled. If a place has no setting of its own and its hook
// is off, there is nowhere to store a mode, and a new setting would stop the place from inheriting.
func (s *Resource) setHookMode(c *api.Call) (*api.Reply, error) {
	var body struct {
		WarnOnVulnerabilities *bool `json:"warnOnVulnerabilities"`
	}
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	if body.WarnOnVulnerabilities == nil {
		return nil, api.BadRequest("warnOnVulnerabilities must be true or false")
	}
	own, err := s.Settings.SetHookMode(c.Context(), c.PlaceName(), *body.WarnOnVulnerabilities)
	if err != nil {
		return nil, err
	}
	if !own {
		e, _, err := s.hook(c)
		if err != nil {
			return nil, err
		}
		if !e.Enabled {
			return nil, api.Failure(http.StatusConflict, "IllegalStateException", "the hook is off and inherits its settings: enable it with the mode by PUT .../enabled")
		}
		if err := s.Settings.SetHook(c.Context(), c.PlaceName(), true, body.WarnOnVulnerabilities); err != nil {
			return nil, err
		}
	}
	if *body.WarnOnVulnerabilities {
		c.Note("warn only")
	}
	return s.hookMode(c)
}

func (s *Resource) disableHook(c *api.Call) (*api.Reply, error) {
	if err := s.Settings.SetHook(c.Context(), c.PlaceName(), false, nil); err != nil {
		return nil, err
	}
	return s.hookReply(c)
}

func (s *Resource) inheritHook(c *api.Call) (*api.Reply, error) {
	if err := s.Settings.InheritHook(c.Context(), c.PlaceName()); err != nil {
		return nil, err
	}
	return api.Nothing()
}

// settingRoutes are the routes of Bitbucket's own API for hook settings.
func (s *Resource) settingRoutes() []api.Route {
	var list []api.Route
	for _, at := range []struct{ path, what, name string }{
		{"/projects/{projectKey}/repos/{repoSlug}", "repository", "Repository"}, {"/projects/{projectKey}", "project", "Project"},
	} {
		path := "/rest/api/latest" + at.path + "/settings/hooks/" + hookKey
		get := api.Route{
			Method: http.MethodGet, Path: path, Rooted: true, Name: "get" + at.name + "Hook",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the hook as it applies to a " + at.what + ".",
			Gives:   api.Returns(hookWire{}),
			Handle:  s.hookReply,
		}
		enabled := get
		enabled.Path += "/enabled"
		enabled.Name += "Enabled"
		list = append(list, get, enabled,
			api.Route{
				Method: http.MethodPut, Path: path + "/enabled", Rooted: true, Name: "enable" + at.name + "Hook",
				Needs: access.ProjectAdmin, Scope: "settings",
				Summary: "Check pushes to the " + at.what + ": refuse pushes with secrets, or only warn.",
				Takes:   hookSettings{}, Body: "Without a body the mode stays.",
				Gives:  api.Returns(hookWire{}),
				Handle: s.enableHook,
			},
			api.Route{
				Method: http.MethodDelete, Path: path + "/enabled", Rooted: true, Name: "disable" + at.name + "Hook",
				Needs: access.ProjectAdmin, Scope: "settings",
				Summary: "Stop checking pushes to the " + at.what + ", whatever it would inherit.",
				Gives:   api.Returns(hookWire{}),
				Handle:  s.disableHook,
			},
			api.Route{
				Method: http.MethodGet, Path: path + "/settings", Rooted: true, Name: "get" + at.name + "HookSettings",
				Needs: access.Reader, Scope: "read",
				Summary: "Get the settings of the hook of the " + at.what + ".",
				Gives:   api.Returns(hookSettings{}),
				Handle:  s.hookMode,
			},
			api.Route{
				Method: http.MethodPut, Path: path + "/settings", Rooted: true, Name: "set" + at.name + "HookSettings",
				Needs: access.ProjectAdmin, Scope: "settings",
				Summary: "Set the mode of the hook of the " + at.what + " without enabling or disabling it.",
				Takes:   hookSettings{},
				Gives:   api.Returns(hookSettings{}),
				Handle:  s.setHookMode,
			},
			api.Route{
				Method: http.MethodDelete, Path: path, Rooted: true, Name: "inherit" + at.name + "Hook",
				Needs: access.ProjectAdmin, Scope: "settings",
				Summary: "Let the " + at.what + " inherit the hook settings again.",
				Gives:   api.ReturnsNothing(),
				Handle:  s.inheritHook,
			},
		)
	}
	return list
}
