package settings

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// HookSetting is the hook's setting for a project or a repository.
type HookSetting struct {
	Enabled bool
	// Warn lets pushes pass with a warning.
	Warn bool
}

// HookSetting returns the hook's setting for a scope, a project's key or key/slug; nil if the scope inherits.
func (s *Settings) HookSetting(ctx context.Context, scope string) (*HookSetting, error) {
	var list []HookSetting
	err := db.Each(ctx, s.db.Read, "select enabled, warn from hook_setting where scope = $1", []any{scope}, func(row *sql.Rows) error {
		var h HookSetting
		err := row.Scan(&h.Enabled, &h.Warn)
		list = append(list, h)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// PlaceHook is the hook's setting of a place: a project's key, or key/slug.
type PlaceHook struct {
	Place string
	HookSetting
}

// HookSettings lists the places that have settings of their own, by name.
func (s *Settings) HookSettings(ctx context.Context) ([]PlaceHook, error) {
	var list []PlaceHook
	err := db.Each(ctx, s.db.Read, "select scope, enabled, warn from hook_setting order by scope", nil, func(row *sql.Rows) error {
		var h PlaceHook
		err := row.Scan(&h.Place, &h.Enabled, &h.Warn)
		list = append(list, h)
		return err
	})
	return list, err
}

// SetHook changes the hook's setting for a scope. A nil warn keeps the mode; a new setting refuses.
func (s *Settings) SetHook(ctx context.Context, scope string, enabled bool, warn *bool) error {
	_, err := s.db.Write.ExecContext(ctx, `
		insert into hook_setting (scope, enabled, warn)
		values ($1, $2, coalesce($3, false))
		on conflict (scope) do update set
			enabled = excluded.enabled,
			warn = coalesce($3, hook_setting.warn)`, scope, enabled, warn)
	return err
}

// SetHookMode changes the mode of a scope that has its own setting, and reports whether it has one.
func (s *Settings) SetHookMode(ctx context.Context, scope string, warn bool) (own bool, err error) {
	done, err := s.db.Write.ExecContext(ctx, "update hook_setting set warn = $2 where scope = $1", scope, warn)
	if err != nil {
		return false, err
	}
	n, err := db.Affected(done)
	return n > 0, err
}

// InheritHook makes a scope inherit again.
func (s *Settings) InheritHook(ctx context.Context, scope string) error {
	_, err := s.db.Write.ExecContext(ctx, "delete from hook_setting where scope = $1", scope)
	return err
}
