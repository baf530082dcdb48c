package dependencies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// rowChunk limits the rows of one insert. SQLite searches all parameters for each numbered one, so larger statements are
// slower.
const rowChunk = 50

// Save stores the dependencies of a branch's result, with what the findings say of them. The caller has locked the
// repository, and counts it afterwards (see status.Counters.CountRepository).
func (s *Dependencies) Save(ctx context.Context, tx *sql.Tx, repository, branch int64, packages []scan.Package, findings []scan.Finding) error {
	list := inventoryOf(packages, findings)
	hash := hashOf(list)
	var id int64
	err := tx.QueryRowContext(ctx, "select id from inventory where repository_id = $1 and hash = $2", repository, hash).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id, err = s.add(ctx, tx, repository, hash, list)
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update branch set inventory_id = $2 where id = $1 and (inventory_id is null or inventory_id <> $2)", branch, id)
	return err
}

// Forget says that the dependencies of a branch's result are not known, because no engine looked for them. The caller has
// locked the repository and counts it, as for Save.
func (s *Dependencies) Forget(ctx context.Context, tx *sql.Tx, branch int64) error {
	_, err := tx.ExecContext(ctx, "update branch set inventory_id = null where id = $1 and inventory_id is not null", branch)
	return err
}

// add stores an inventory.
func (s *Dependencies) add(ctx context.Context, tx *sql.Tx, repository int64, hash string, list []entry) (int64, error) {
	ids, err := s.packages(ctx, tx, list)
	if err != nil {
		return 0, err
	}
	inventory := s.db.NextIDs(1)
	if _, err := tx.ExecContext(ctx, "insert into inventory (id, repository_id, hash) values ($1, $2, $3)", inventory, repository, hash); err != nil {
		return 0, err
	}
	return inventory, insert(ctx, tx, "insert into dependency (inventory_id, package_id, version, relation, development, severity, advisories, fixed_version) values ", "", list, func(e *entry) []any {
		return []any{inventory, ids[e.packageKey], e.version, int(e.relation), e.development, int(e.severity), strings.Join(e.advisories, " "), cut(e.fixed)}
	})
}

// packages returns the ids of the packages of a list, which is ordered by package, so that transactions that add the same
// packages wait for each other in the same order.
func (s *Dependencies) packages(ctx context.Context, tx *sql.Tx, list []entry) (map[packageKey]int64, error) {
	distinct := slices.CompactFunc(slices.Clone(list), func(a, b entry) bool { return a.packageKey == b.packageKey })
	ids, err := s.find(ctx, tx, distinct)
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(distinct, func(e entry) bool { return ids[e.packageKey] != 0 })
	if len(missing) == 0 {
		return ids, nil
	}
	id := s.db.NextIDs(len(missing))
	if err := insert(ctx, tx, "insert into package (id, ecosystem, key, name) values ", " on conflict (ecosystem, key) do nothing", missing, func(e *entry) []any {
		id++
		return []any{id - 1, e.ecosystem, e.key, e.name}
	}); err != nil {
		return nil, err
	}
	added, err := s.find(ctx, tx, missing)
	for k, id := range added {
		ids[k] = id
	}
	return ids, err
}

// find looks up packages.
func (s *Dependencies) find(ctx context.Context, tx *sql.Tx, list []entry) (map[packageKey]int64, error) {
	ids := map[packageKey]int64{}
	err := db.Chunks(list, rowChunk, func(part []entry) error {
		keys := make([]string, len(part))
		for i := range part {
			keys[i] = part[i].key
		}
		condition, args := db.InTexts("key", keys, nil)
		return db.Each(ctx, tx, "select id, ecosystem, key from package where "+condition, args, func(row *sql.Rows) error {
			var id int64
			var k packageKey
			err := row.Scan(&id, &k.ecosystem, &k.key)
			ids[k] = id
			return err
		})
	})
	return ids, err
}

// insert adds a row for each entry.
func insert(ctx context.Context, tx *sql.Tx, before, after string, list []entry, row func(e *entry) []any) error {
	return db.Chunks(list, rowChunk, func(part []entry) error {
		var values strings.Builder
		var args []any
		for i := range part {
			if i > 0 {
				values.WriteByte(',')
			}
			values.WriteByte('(')
			for k, value := range row(&part[i]) {
				if k > 0 {
					values.WriteByte(',')
				}
				args = append(args, value)
				fmt.Fprintf(&values, "$%d", len(args))
			}
			values.WriteByte(')')
		}
		_, err := tx.ExecContext(ctx, before+values.String()+after, args...)
		return err
	})
}
