package db

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestColumnsFillTheirFields: by position, including times, lines, nulls and pointers.
func TestColumnsFillTheirFields(t *testing.T) {
	t.Parallel()
	type row struct {
		id    int64
		name  string
		at    time.Time
		never time.Time
		lines []string
		none  []string
		far   *int
		near  *int
	}
	columns := Columns[row]{
		{SQL: "cast(7 as bigint)", Into: func(r *row) any { return &r.id }},
		{SQL: "name", Into: func(r *row) any { return &r.name }},
		{SQL: "cast(1700000000123 as bigint)", Into: func(r *row) any { return Time(&r.at) }},
		{SQL: "null", Into: func(r *row) any { return Time(&r.never) }},
		{SQL: "'one' || chr || 'two'", Into: func(r *row) any { return Lines(&r.lines) }},
		{SQL: "''", Into: func(r *row) any { return Lines(&r.none) }},
		{SQL: "null", Into: func(r *row) any { return &r.far }},
		{SQL: "3", Into: func(r *row) any { return &r.near }},
	}
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	const from = "from (select 'a' as name, char(10) as chr union all select 'b', char(10)) x"
	list, err := columns.List(t.Context(), d.Read, from+" where name <> $1 order by name", "")
	require.NoError(t, err)
	near := 3
	want := row{id: 7, name: "a", at: time.UnixMilli(1700000000123).UTC(), lines: []string{"one", "two"}, near: &near}
	require.Len(t, list, 2)
	require.Equal(t, want, list[0])
	require.Equal(t, "b", list[1].name)
	first, err := columns.One(t.Context(), d.Read, from+" where name = $1", "a")
	require.NoError(t, err)
	require.Equal(t, &want, first)
	_, err = columns.One(t.Context(), d.Read, from+" where name = $1", "c")
	require.ErrorIs(t, err, ErrNotFound)
	list, err = columns.List(t.Context(), d.Read, from+" where name = $1", "c")
	require.NoError(t, err)
	require.Nil(t, list)
	wrong := Columns[row]{{SQL: "'today'", Into: func(r *row) any { return Time(&r.at) }}}
	_, err = wrong.List(t.Context(), d.Read, from)
	require.ErrorContains(t, err, "not as milliseconds")
}
