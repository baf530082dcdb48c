package store

import (
	"context"
	"database/sql"
	"time"
)

// Event is an entry of the audit log: who did what to which object. Detail never holds a secret.
type Event struct {
	ID                            int64
	At                            time.Time
	Actor, Action, Object, Detail string
}

// Audit adds an entry.
func (s *Store) Audit(ctx context.Context, e *Event) error {
	return s.addEvent(ctx, s.write, s.ids.next(1), e)
}

// AuditAll adds entries, all of them or none.
func (s *Store) AuditAll(ctx context.Context, list []Event) error {
	id := s.ids.next(max(len(list), 1))
	return s.tx(ctx, func(tx *sql.Tx) error {
		for i := range list {
			if err := s.addEvent(ctx, tx, id+int64(i), &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) addEvent(ctx context.Context, q querier, id int64, e *Event) error {
	_, err := q.ExecContext(ctx, "insert into audit (id, at, actor, action, object, detail) values ($1, "+s.now+", $2, $3, $4, $5)",
		id, validText(e.Actor), e.Action, validText(e.Object), validText(e.Detail))
	return err
}

// Events lists entries, the newest first.
func (s *Store) Events(ctx context.Context, page Page) ([]Event, error) {
	var list []Event
	err := each(ctx, s.read, "select id, at, actor, action, object, detail from audit order by id desc limit $1 offset $2", []any{page.Limit, page.Start}, func(row *sql.Rows) error {
		var e Event
		var when sql.NullInt64
		err := row.Scan(&e.ID, &when, &e.Actor, &e.Action, &e.Object, &e.Detail)
		e.At = at(when)
		list = append(list, e)
		return err
	})
	return list, err
}
