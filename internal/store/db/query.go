package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Each calls scan for every row of a query.
func Each(ctx context.Context, q Querier, query string, args []any, scan func(row *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Found turns sql.ErrNoRows into ErrNotFound.
func Found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// ChunkSize limits how many ids one statement names.
const ChunkSize = 500

// Chunks calls do with consecutive parts of a list.
func Chunks[T any](list []T, size int, do func(part []T) error) error {
	for part := range slices.Chunk(list, size) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

// IDs returns the numbers of a query with a single column.
func IDs(ctx context.Context, q Querier, query string, args ...any) ([]int64, error) {
	var list []int64
	err := Each(ctx, q, query, args, func(row *sql.Rows) error {
		var id int64
		err := row.Scan(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

// Execute runs statements that concern one row.
func Execute(ctx context.Context, tx *sql.Tx, id int64, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

// Affected returns how many rows a statement changed.
func Affected(r sql.Result) (int, error) {
	n, err := r.RowsAffected()
	return int(n), err
}

// Changed reports whether a statement changed a row.
func Changed(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := Affected(r)
	return n > 0, err
}

// In returns a condition that a column is one of some numbers. The numbers are our own ids, never outside input.
func In(column string, ids []int64) string {
	if len(ids) == 0 {
		return "false"
	}
	var b strings.Builder
	b.WriteString(column + " in (")
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d", id)
	}
	b.WriteByte(')')
	return b.String()
}

// InList returns a condition that a column is one of many numbers, and the n-th argument of its query. The text is the same
// for all lists, so that the database prepares it once.
func (d *DB) InList(column string, n int, ids []int64) (condition string, arg any) {
	if d.Postgres {
		return fmt.Sprintf("%s = any($%d::bigint[])", column, n), ids
	}
	// Numbers always marshal.
	text, _ := json.Marshal(ids)
	return fmt.Sprintf("%s in (select value from json_each($%d))", column, n), string(text)
}

// InTexts returns a condition that a column is one of some texts, and appends the texts to the given arguments.
func InTexts(column string, texts []string, before []any) (string, []any) {
	var b strings.Builder
	all := append([]any{}, before...)
	b.WriteString(column + " in (")
	for i, text := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		all = append(all, text)
		fmt.Fprintf(&b, "$%d", len(all))
	}
	b.WriteByte(')')
	return b.String(), all
}
