package catalog

import (
	"context"
	"database/sql"
	"errors"

	"github.com/sluice-scan/sluice/internal/connection"
)

// renamedBranches pairs deleted branches with new ones that have the same head, if the head is unique on both sides. A
// result of a commit holds under any branch name.
func renamedBranches(known map[string]string, found []connection.Branch) map[string]string {
	gone, fresh := map[string][]string{}, map[string][]string{}
	here := map[string]bool{}
	for _, b := range found {
		here[b.Name] = true
		if _, ok := known[b.Name]; !ok {
			fresh[b.Head] = append(fresh[b.Head], b.Name)
		}
	}
	for name, head := range known {
		if !here[name] {
			gone[head] = append(gone[head], name)
		}
	}
	renamed := map[string]string{}
	for head, names := range gone {
		if len(names) == 1 && len(fresh[head]) == 1 {
			renamed[names[0]] = fresh[head][0]
		}
	}
	return renamed
}

// renameBranch renames a branch and decides anew whether it counts for its repository. A deleted branch that has the
// name makes room for it.
func (s *Sync) renameBranch(ctx context.Context, tx *sql.Tx, repository, id int64, name string, counted bool) error {
	var other int64
	err := tx.QueryRowContext(ctx, "select id from branch where repository_id = $1 and name = $2", repository, name).Scan(&other)
	switch {
	case err == nil:
		_, err = tx.ExecContext(ctx, "update branch set name = $2 where id = $1", other, aside(name, other))
	case errors.Is(err, sql.ErrNoRows):
		err = nil
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "update branch set name = $2, counted = $3 where id = $1", id, name, counted)
	}
	return err
}
