// Package hookmode decides whether pushes to a place are checked, and by whose setting: the instance's, the project's or the repository's.
package hookmode

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Source says whose setting decides about the hook.
type Source string

const (
	FromNone       Source = "NONE"
	FromGlobal     Source = "GLOBAL"
	FromProject    Source = "PROJECT"
	FromRepository Source = "REPOSITORY"
)

// global are the settings of the instance.
type global struct {
	position string
	warn     bool
}

// Effective is what applies to a place.
type Effective struct {
	// Enabled says whether pushes are checked, Warn whether they pass with a warning.
	Enabled, Warn bool
	Source        Source
}

// decide returns what applies to a repository, from the settings of the instance, the project and the repository;
// nil inherits. A personal repository inherits nothing from its project (docs.soteri.io, "Scanning every push"). A
// project or repository can neither switch ALWAYS off nor make it milder: then the hook only warns if both the instance
// and the scope that enables it say so. Without the repository, the result is the project's own value.
func decide(g global, personal bool, project, repository *settings.HookSetting) Effective {
	if personal {
		project = nil
	}
	e := Effective{Source: FromNone}
	switch {
	case repository != nil:
		e = Effective{repository.Enabled, repository.Enabled && repository.Warn, FromRepository}
	case project != nil && project.Enabled:
		e = Effective{true, project.Warn, FromProject}
	case g.position == settings.HookInheritedOrEnabled:
		// This also applies if the project is disabled: that only undoes the project's own setting.
		e = Effective{true, g.warn, FromGlobal}
	case project != nil:
		e = Effective{Source: FromProject}
	}
	if g.position == settings.HookAlways {
		return Effective{true, g.warn && (!e.Enabled || e.Warn), FromGlobal}
	}
	return e
}

// Settings are the settings of the instance and, by the name of a place, those of the hook.
type Settings interface {
	Value(ctx context.Context, k *settings.Known) (string, error)
	Bool(ctx context.Context, k *settings.Known) (bool, error)
	// HookSetting returns the setting of a place itself; nil if it inherits.
	HookSetting(ctx context.Context, place string) (*settings.HookSetting, error)
}

// Of returns what applies to a repository, or to its project if r is nil. own is the setting of that place itself; nil if there is none.
func Of(ctx context.Context, s Settings, p *catalog.Project, r *catalog.Repository) (e Effective, own *settings.HookSetting, err error) {
	var g global
	if g.position, err = s.Value(ctx, settings.HookPosition); err != nil {
		return e, nil, err
	}
	if g.warn, err = s.Bool(ctx, settings.HookWarn); err != nil {
		return e, nil, err
	}
	project, err := s.HookSetting(ctx, p.Key)
	if err != nil || r == nil {
		// The setting of a personal project has no effect, but callers see it.
		return decide(g, p.Personal, project, nil), project, err
	}
	own, err = s.HookSetting(ctx, p.Key+"/"+r.Slug)
	return decide(g, p.Personal, project, own), own, err
}
