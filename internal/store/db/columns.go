package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Columns are what a query selects into a T: each expression beside the place where its value goes.
type Columns[T any] []Column[T]

// Column is one expression of a query and the place where its value goes, as [sql.Rows.Scan] takes it.
type Column[T any] struct {
	SQL  string
	Into func(t *T) any
}

// SQL gives the expressions, a line each.
func (c Columns[T]) SQL() string {
	var b strings.Builder
	for i := range c {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(c[i].SQL)
	}
	return b.String()
}

// into gives the places where the values of a row go.
func (c Columns[T]) into(t *T) []any {
	places := make([]any, len(c))
	for i := range c {
		places[i] = c[i].Into(t)
	}
	return places
}

// Scan reads a row of these columns.
func (c Columns[T]) Scan(row interface{ Scan(into ...any) error }, t *T) error {
	return row.Scan(c.into(t)...)
}

// Each calls do for every row of a query, which begins behind the columns: "from ...". do must not keep t, which holds the next row
// afterwards; what it refers to stays.
func (c Columns[T]) Each(ctx context.Context, q Querier, rest string, args []any, do func(t *T) error) error {
	t := new(T)
	places := c.into(t)
	return Each(ctx, q, "select "+c.SQL()+" "+rest, args, func(row *sql.Rows) error {
		var empty T
		*t = empty
		if err := row.Scan(places...); err != nil {
			return err
		}
		return do(t)
	})
}

// List gives the rows of a query as Each does. No rows are a nil list.
func (c Columns[T]) List(ctx context.Context, q Querier, rest string, args ...any) (list []T, err error) {
	return list, c.Each(ctx, q, rest, args, func(t *T) error {
		list = append(list, *t)
		return nil
	})
}

// One gives the first row of a query as List does; ErrNotFound when there is none.
func (c Columns[T]) One(ctx context.Context, q Querier, rest string, args ...any) (*T, error) {
	t := new(T)
	if err := c.Scan(q.QueryRowContext(ctx, "select "+c.SQL()+" "+rest, args...), t); err != nil {
		return nil, Found(err)
	}
	return t, nil
}

// Time is where a time goes that is stored as Unix milliseconds; null is the zero time.
func Time(t *time.Time) any { return (*millis)(t) }

type millis time.Time

// Scan implements [sql.Scanner].
func (m *millis) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*m = millis{}
	case int64:
		*m = millis(time.UnixMilli(v).UTC())
	default:
		return fmt.Errorf("a time is stored as %T, not as milliseconds", value)
	}
	return nil
}

// Lines is where sentences go that AsLines has joined; nil for an empty text.
func Lines(list *[]string) any { return (*lines)(list) }

type lines []string

// Scan implements [sql.Scanner].
func (l *lines) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*l = LinesOf(v)
	case []byte:
		*l = LinesOf(string(v))
	default:
		return fmt.Errorf("lines are stored as %T, not as text", value)
	}
	return nil
}
