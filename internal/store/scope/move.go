package scope

import (
	"context"
	"database/sql"
	"fmt"
)

// scopeTables are the tables with rows by scope: a project's key, or key/slug. owner is the other column of their key,
// if any.
var scopeTables = []struct{ name, owner string }{{"access", "account_id"}, {"group_access", "group_id"}, {"hook_setting", ""}, {"schedule", ""}, {"channel", "id"}, {"place_setting", "key"}}

// Drop removes the roles and settings of a scope.
func Drop(ctx context.Context, tx *sql.Tx, scope string) error {
	for _, t := range scopeTables {
		if _, err := tx.ExecContext(ctx, "delete from "+t.name+" where scope = $1", scope); err != nil {
			return err
		}
	}
	return nil
}

// Move moves the roles and settings of a scope, and of the scopes below it, to another scope. They replace those that
// the other scope has.
func Move(ctx context.Context, tx *sql.Tx, from, to string) error {
	const ours, renamed = "(%[1]sscope = cast($1 as text) or substr(%[1]sscope, 1, length(cast($1 as text)) + 1) = cast($1 as text) || '/')", "cast($2 as text) || substr(%[1]sscope, length(cast($1 as text)) + 1)"
	for _, t := range scopeTables {
		same := ""
		if t.owner != "" {
			same = fmt.Sprintf(" and o.%[2]s = %[1]s.%[2]s", t.name, t.owner)
		}
		for _, statement := range []string{
			"delete from " + t.name + " where exists (select 1 from " + t.name + " o where " + fmt.Sprintf(ours, "o.") + " and " + t.name + ".scope = " + fmt.Sprintf(renamed, "o.") + same + ")",
			"update " + t.name + " set scope = " + fmt.Sprintf(renamed, "") + " where " + fmt.Sprintf(ours, ""),
		} {
			if _, err := tx.ExecContext(ctx, statement, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}
