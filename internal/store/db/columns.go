package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Columns are the expressions that a query selects into a T, each with the destination of its value.
type Columns[T any] []Column[T]

// Column is one expression of a query and the destination of its value, as [sql.Rows.Scan] takes it.
type Column[T any] struct {
	SQL  string
	Into func(t *T) any
}

// SQL returns the expressions, one a line.
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

// into returns the destinations of the values of a row.
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

// Each calls do for every row of a query. The query starts after the columns: "from ...". do must not keep t, because
// the next row overwrites it; it may keep what t refers to.
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

// List returns the rows of a query, which starts as in Each. It returns nil if there are no rows.
func (c Columns[T]) List(ctx context.Context, q Querier, rest string, args ...any) (list []T, err error) {
	return list, c.Each(ctx, q, rest, args, func(t *T) error {
		list = append(list, *t)
		return nil
	})
}

// One returns the first row of a query, which starts as in Each; ErrNotFound if there are no rows.
func (c Columns[T]) One(ctx context.Context, q Querier, rest string, args ...any) (*T, error) {
	t := new(T)
	if err := c.Scan(q.QueryRowContext(ctx, "select "+c.SQL()+" "+rest, args...), t); err != nil {
		return nil, Found(err)
	}
	return t, nil
}

// Time is the destination for stored Unix milliseconds; null is the zero time.
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

// Lines is the destination for sentences that AsLines joined; nil for an empty text.
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
