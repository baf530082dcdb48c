package store

import (
	"context"
	"database/sql"
	"errors"
)

// Settings gives all settings by key.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	settings := map[string]string{}
	err := each(ctx, s.read, "select key, value from setting", nil, func(row *sql.Rows) error {
		var key, value string
		err := row.Scan(&key, &value)
		settings[key] = value
		return err
	})
	return settings, err
}

// Setting gives one setting; "" when it is not set.
func (s *Store) Setting(ctx context.Context, key string) (value string, err error) {
	return s.setting(ctx, s.read, key)
}

// Set sets a setting; "" removes it.
func (s *Store) Set(ctx context.Context, key, value string) error {
	return s.put(ctx, s.write, key, value)
}

// SetFirst sets a setting that is not set yet, and gives the value that it has then: of processes that do so together, one wins.
func (s *Store) SetFirst(ctx context.Context, key, value string) (current string, err error) {
	if _, err := s.write.ExecContext(ctx, "insert into setting (key, value) values ($1, $2) on conflict (key) do nothing", key, value); err != nil {
		return "", err
	}
	err = s.write.QueryRowContext(ctx, "select value from setting where key = $1", key).Scan(&current)
	return current, err
}

// setting is Setting within a transaction.
func (s *Store) setting(ctx context.Context, q querier, key string) (value string, err error) {
	err = q.QueryRowContext(ctx, "select value from setting where key = $1", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// put is Set within a transaction.
func (s *Store) put(ctx context.Context, q querier, key, value string) error {
	if value == "" {
		_, err := q.ExecContext(ctx, "delete from setting where key = $1", key)
		return err
	}
	_, err := q.ExecContext(ctx, "insert into setting (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value", key, value)
	return err
}
