package status

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Life is how many findings of a severity came on one day and went on another one. Days count from 1970-01-01, UTC.
type Life struct {
	Severity scan.Severity
	// From is the day on which they were seen first. To is the first day on which no live branch had them; -1 while one has.
	From, To int64
	Findings int
}

// A repository keeps the lives of its findings that count as one value. A trend reads ten thousand such values in the
// time in which it would read a few thousand rows.

const dayMillis = 24 * 60 * 60 * 1000

var lifeColumns = db.Columns[Life]{
	{SQL: "x.severity", Into: func(l *Life) any { return &l.Severity }},
	{SQL: fmt.Sprintf("x.first_seen / %d", dayMillis), Into: func(l *Life) any { return &l.From }},
	{SQL: fmt.Sprintf("coalesce(x.gone_at / %d, -1)", dayMillis), Into: func(l *Life) any { return &l.To }},
	{SQL: "count(*)", Into: func(l *Life) any { return &l.Findings }},
}

// Lives adds up the lives of the findings of repositories from the rows. Findings that people took out of the count, that
// files of the repository allow everywhere, or whose severity is too low to count are left out. A repository without
// findings that count is missing.
func (s *Counters) Lives(ctx context.Context, q db.Querier, repositories []int64) (map[int64][]Life, error) {
	type row struct {
		repository int64
		Life
	}
	columns := db.Columns[row]{{SQL: "x.repository_id", Into: func(r *row) any { return &r.repository }}}
	for _, c := range lifeColumns {
		columns = append(columns, db.Column[row]{SQL: c.SQL, Into: func(r *row) any { return c.Into(&r.Life) }})
	}
	lives := map[int64][]Life{}
	return lives, db.Chunks(repositories, db.ChunkSize, func(part []int64) error {
		return columns.Each(ctx, q, `
			from finding x
			where `+db.In("x.repository_id", part)+` and (x.gone_at is null or x.gone_at > 0)
				and not (
					exists (select 1 from occurrence y where y.finding_id = x.id and y.allowed <> '')
					and not exists (select 1 from occurrence w where w.finding_id = x.id and w.allowed = ''))
				and `+s.Open("x")+`
			group by 1, 2, 3, 4
			order by 1, 2, 3, 4`, nil, func(r *row) error {
			lives[r.repository] = append(lives[r.repository], r.Life)
			return nil
		})
	})
}

// encodeLives writes lives that are ordered by severity and day: for each one the severity, the days since the one before
// of the same severity, the days until it went, and the number of findings.
func encodeLives(list []Life) []byte {
	text := []byte{}
	var severity scan.Severity
	var from int64
	for _, l := range list {
		if l.Severity != severity {
			severity, from = l.Severity, 0
		}
		text = binary.AppendUvarint(text, uint64(l.Severity))
		text = binary.AppendVarint(text, l.From-from)
		text = binary.AppendUvarint(text, uint64(max(0, l.To-l.From+1)))
		text = binary.AppendUvarint(text, uint64(l.Findings))
		from = l.From
	}
	return text
}

// errLives is a value that encodeLives did not write.
var errLives = errors.New("the lives of the findings of a repository are damaged; they are counted again with the other counters")

// EachLife calls do for every life of a stored value, in its order.
func EachLife(text []byte, do func(l Life)) error {
	var l Life
	for len(text) > 0 {
		severity, a := binary.Uvarint(text)
		since, b := binary.Varint(text[max(0, a):])
		if a <= 0 || b <= 0 {
			return errLives
		}
		stayed, c := binary.Uvarint(text[a+b:])
		if c <= 0 {
			return errLives
		}
		findings, d := binary.Uvarint(text[a+b+c:])
		if d <= 0 {
			return errLives
		}
		text = text[a+b+c+d:]
		if scan.Severity(severity) != l.Severity {
			l.Severity, l.From = scan.Severity(severity), 0
		}
		l.From += since
		l.To, l.Findings = -1, int(findings)
		if stayed > 0 {
			l.To = l.From + int64(stayed) - 1
		}
		do(l)
	}
	return nil
}

// storedLives are the values of repositories; one that was never counted is missing.
func storedLives(ctx context.Context, q db.Querier, repositories []int64) (map[int64][]byte, error) {
	stored := map[int64][]byte{}
	return stored, db.Chunks(repositories, db.ChunkSize, func(part []int64) error {
		return db.Each(ctx, q, "select repository_id, lives from life where "+db.In("repository_id", part), nil, func(row *sql.Rows) error {
			var id int64
			var text []byte
			err := row.Scan(&id, &text)
			stored[id] = text
			return err
		})
	})
}

// differing lists, among some repositories, those whose lives are not as the rows say, and of these those that were never
// counted.
func (s *Counters) differing(ctx context.Context, q db.Querier, repositories []int64) (wrong []int64, never int, right map[int64][]Life, err error) {
	if right, err = s.Lives(ctx, q, repositories); err != nil {
		return nil, 0, nil, err
	}
	stored, err := storedLives(ctx, q, repositories)
	for _, id := range repositories {
		text, ok := stored[id]
		if !ok {
			never++
		}
		if !ok || !bytes.Equal(text, encodeLives(right[id])) {
			wrong = append(wrong, id)
		}
	}
	return wrong, never, right, err
}

// countLives stores the lives of the findings of repositories, which the transaction has locked.
func (s *Counters) countLives(ctx context.Context, tx *sql.Tx, repositories []int64) error {
	wrong, _, right, err := s.differing(ctx, tx, repositories)
	if err != nil {
		return err
	}
	for _, id := range wrong {
		if _, err := tx.ExecContext(ctx, `
			insert into life (repository_id, lives)
			values ($1, $2)
			on conflict (repository_id) do update set lives = excluded.lives`, id, encodeLives(right[id])); err != nil {
			return err
		}
	}
	return nil
}

// recomputeLives corrects the lives of repositories, and returns how many were wrong. Those that were never counted, in a
// database that is older than the lives, were not wrong.
func (s *Counters) recomputeLives(ctx context.Context, repositories []int64) (repaired int, err error) {
	wrong, never, _, err := s.differing(ctx, s.db.Read, repositories)
	if err != nil || len(wrong) == 0 {
		return 0, err
	}
	return len(wrong) - never, s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.LockRepositories(ctx, tx, wrong); err != nil {
			return err
		}
		return s.countLives(ctx, tx, wrong)
	})
}
