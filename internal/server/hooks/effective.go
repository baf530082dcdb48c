package hooks

import "github.com/sluice-scan/sluice/internal/store/settings"

// hookSource says whose setting decides about the hook.
type hookSource string

const (
	hookFromNone       hookSource = "NONE"
	hookFromGlobal     hookSource = "GLOBAL"
	hookFromProject    hookSource = "PROJECT"
	hookFromRepository hookSource = "REPOSITORY"
)

// hookGlobal are the settings of the instance.
type hookGlobal struct {
	position string
	warn     bool
}

// effective is what holds for a repository.
type effective struct {
	enabled, warn bool
	source        hookSource
}

// effectiveHook is the value that holds for a repository, from what the instance, the project and the repository say; nil inherits. A personal
// repository inherits nothing from its project (docs.soteri.io, "Scanning every push"). A project or repository cannot switch ALWAYS off or
// make it milder: the hook then only warns when the instance says so, and so does the scope that enables it. Leave the repository out for a
// project's own value.
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
		// Also where the project is disabled, which only takes back what the project itself said.
		e = effective{true, g.warn, hookFromGlobal}
	case project != nil:
		e = effective{source: hookFromProject}
	}
	if g.position == settings.HookAlways {
		return effective{true, g.warn && (!e.enabled || e.warn), hookFromGlobal}
	}
	return e
}
