package settings

import (
	"context"
	"database/sql"
	"errors"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// All returns all settings by key.
func (s *Settings) All(ctx context.Context) (map[string]string, error) {
	settings := map[string]string{}
	err := db.Each(ctx, s.db.Read, "select key, value from setting", nil, func(row *sql.Rows) error {
		var key, value string
		err := row.Scan(&key, &value)
		settings[key] = value
		return err
	})
	return settings, err
}

// Setting returns one setting; "" if it is not set.
func (s *Settings) Setting(ctx context.Context, key string) (value string, err error) {
	return s.SettingIn(ctx, s.db.Read, key)
}

// Set sets a setting; "" removes it.
func (s *Settings) Set(ctx context.Context, key, value string) error {
	return s.SetIn(ctx, s.db.Write, key, value)
}

// SetFirst sets a setting if it is not set yet, and returns its value. If several processes do so at once, the first
// wins.
func (s *Settings) SetFirst(ctx context.Context, key, value string) (current string, err error) {
	if _, err := s.db.Write.ExecContext(ctx, `
		insert into setting (key, value)
		values ($1, $2)
		on conflict (key) do nothing`, key, value); err != nil {
		return "", err
	}
	err = s.db.Write.QueryRowContext(ctx, "select value from setting where key = $1", key).Scan(&current)
	return current, err
}

// SettingIn is Setting within a transaction.
func (s *Settings) SettingIn(ctx context.Context, q db.Querier, key string) (value string, err error) {
	err = q.QueryRowContext(ctx, "select value from setting where key = $1", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// SetIn is Set within a transaction.
func (s *Settings) SetIn(ctx context.Context, q db.Querier, key, value string) error {
	if value == "" {
		_, err := q.ExecContext(ctx, "delete from setting where key = $1", key)
		return err
	}
	_, err := q.ExecContext(ctx, `
		insert into setting (key, value)
		values ($1, $2)
		on conflict (key) do update set value = excluded.value`, key, value)
	return err
}
