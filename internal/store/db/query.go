package db

import (
	"context"
	"database/sql"
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

// Found turns "no rows" into ErrNotFound.
func Found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// ChunkSize bounds how many ids one statement names.
const ChunkSize = 500

// Chunks calls do with parts of a list.
func Chunks[T any](list []T, size int, do func(part []T) error) error {
	for part := range slices.Chunk(list, size) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

// IDs reads a query's only column of numbers.
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

// Execute runs statements about one row.
func Execute(ctx context.Context, tx *sql.Tx, id int64, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

// Affected gives how many rows a statement changed.
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

// In is a condition over numbers of ours: nothing in it comes from outside.
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

// InTexts is a condition over texts, whose arguments follow those that are given.
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
