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

// effective is what applies to a repository.
type effective struct {
	enabled, warn bool
	source        hookSource
}

// effectiveHook returns what applies to a repository, from the settings of the instance, the project and the repository;
// nil inherits. A personal repository inherits nothing from its project (docs.soteri.io, "Scanning every push"). A
// project or repository can neither switch ALWAYS off nor make it milder: then the hook only warns if both the instance
// and the scope that enables it say so. Without the repository, the result is the project's own value.
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
		// This also applies if the project is disabled: that only undoes the project's own setting.
		e = effective{true, g.warn, hookFromGlobal}
	case project != nil:
		e = effective{source: hookFromProject}
	}
	if g.position == settings.HookAlways {
		return effective{true, g.warn && (!e.enabled || e.warn), hookFromGlobal}
	}
	return e
}
