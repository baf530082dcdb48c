package rights

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Account is the account of somebody at the Bitbucket of a connection.
type Account struct {
	Account, Connection int64
	// Name is what the user is called there, Subject the id, which stays.
	Name, Subject string
	// Token is sealed for the place that [Place] names; empty if the server keeps none.
	Token string
	// Asked is when Bitbucket last said what the user may see; the zero time of Unix for never. Age is how long ago that was, by
	// the clock of the database.
	Asked time.Time
	Age   time.Duration
	// Problem tells people why the last question had no answer; empty when it had one.
	Problem string
}

// Place is the place for which the token of an account is sealed.
func Place(account, connection int64) string {
	return "remote account " + db.Key(account) + " " + db.Key(connection)
}

var accountColumns = db.Columns[Account]{
	{SQL: "x.account_id", Into: func(a *Account) any { return &a.Account }},
	{SQL: "x.connection_id", Into: func(a *Account) any { return &a.Connection }},
	{SQL: "x.name", Into: func(a *Account) any { return &a.Name }},
	{SQL: "x.subject", Into: func(a *Account) any { return &a.Subject }},
	{SQL: "x.token", Into: func(a *Account) any { return &a.Token }},
	{SQL: "x.asked_at", Into: func(a *Account) any { return db.Time(&a.Asked) }},
	{SQL: "(:now - x.asked_at) * 1000000", Into: func(a *Account) any { return &a.Age }},
	{SQL: "x.problem", Into: func(a *Account) any { return &a.Problem }},
}

// Of lists who an account is at the Bitbuckets of connections that exist, by connection.
func (s *Rights) Of(ctx context.Context, account int64) (list []Account, err error) {
	return list, db.Each(ctx, s.db.Read, "select "+terms.SQL(s.db, accountColumns.SQL())+`
		from remote_account x
		join connection c on c.id = x.connection_id
		where x.account_id = $1 and c.removed_at is null
		order by x.connection_id`, []any{account}, func(row *sql.Rows) error {
		var a Account
		err := accountColumns.Scan(row, &a)
		list = append(list, a)
		return err
	})
}

// Claim gives the question about an account to one caller for some time. It returns false if another one asks.
func (s *Rights) Claim(ctx context.Context, account, connection int64, most time.Duration) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update remote_account set asking_until = :now + $3
		where account_id = $1 and connection_id = $2 and asking_until <= :now`), account, connection, most.Milliseconds()))
}

// Right is what an account may do with a repository, or with a whole project.
type Right struct {
	// Identity is that of the repository or project at its Bitbucket; see connection.Repository.
	Identity string
	// Project is true for a whole project.
	Project bool
	Role    accounts.Role
}

// chunk is how many rows one statement adds.
const chunk = 500

// Save replaces what is known of an account at a connection by what Bitbucket has just said. What the connection does not
// have is left out. An empty Token keeps the one that is stored.
func (s *Rights) Save(ctx context.Context, a *Account, list []Right) error {
	repositories, projects := map[string]accounts.Role{}, map[string]accounts.Role{}
	for _, r := range list {
		to := repositories
		if r.Project {
			to = projects
		}
		to[r.Identity] = max(to[r.Identity], r.Role)
	}
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
			insert into remote_account (account_id, connection_id, name, subject, token, asked_at)
			values ($1, $2, $3, $4, $5, :now)
			on conflict (account_id, connection_id) do update set
				name = excluded.name,
				subject = excluded.subject,
				token = case when excluded.token = '' then remote_account.token else excluded.token end,
				asked_at = excluded.asked_at,
				asking_until = 0,
				problem = ''`), a.Account, a.Connection, db.ValidText(a.Name), a.Subject, a.Token); err != nil {
			return err
		}
		if err := s.forget(ctx, tx, a.Account, a.Connection); err != nil {
			return err
		}
		type row struct {
			project, repository int64
			role                accounts.Role
		}
		var rows []row
		if err := db.Each(ctx, tx, `
			select p.id, p.identity, 0, ''
			from project p
			where p.connection_id = $1 and p.identity <> '' and p.removed_at is null
			union all
			select p.id, '', r.id, r.identity
			from project p
			join repository r on r.project_id = p.id
			where p.connection_id = $1 and r.identity <> '' and r.removed_at is null`, []any{a.Connection}, func(at *sql.Rows) error {
			var r row
			var project, repository string
			if err := at.Scan(&r.project, &project, &r.repository, &repository); err != nil {
				return err
			}
			if r.role = repositories[repository]; r.repository == 0 {
				r.role = projects[project]
			}
			if r.role > accounts.RoleNone {
				rows = append(rows, r)
			}
			return nil
		}); err != nil {
			return err
		}
		return db.Chunks(rows, chunk, func(part []row) error {
			args := []any{a.Account, a.Connection}
			var values strings.Builder
			for i, r := range part {
				if i > 0 {
					values.WriteString(", ")
				}
				n := len(args)
				fmt.Fprintf(&values, "($1, $2, $%d, $%d, $%d)", n+1, n+2, n+3)
				args = append(args, r.project, r.repository, r.role)
			}
			_, err := tx.ExecContext(ctx, "insert into remote_right (account_id, connection_id, project_id, repository_id, role) values "+values.String(), args...)
			return err
		})
	})
}

func (s *Rights) forget(ctx context.Context, q db.Querier, account, connection int64) error {
	_, err := q.ExecContext(ctx, "delete from remote_right where account_id = $1 and connection_id = $2", account, connection)
	return err
}

// Unanswered stores that Bitbucket gave no answer, and that nobody asks again before some time. What is known still counts
// until it is too old.
func (s *Rights) Unanswered(ctx context.Context, account, connection int64, problem string, again time.Duration) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update remote_account set asking_until = :now + $4, problem = $3 where account_id = $1 and connection_id = $2"), account, connection, db.ValidText(problem), again.Milliseconds())
	return err
}

// Denied stores that Bitbucket no longer knows the user, or refuses the token. Nothing that is known counts any longer, and
// the token is deleted.
func (s *Rights) Denied(ctx context.Context, account, connection int64, problem string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, account, connection); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "update remote_account set asking_until = 0, asked_at = 0, token = '', problem = $3 where account_id = $1 and connection_id = $2", account, connection, db.ValidText(problem))
		return err
	})
}

// DropToken deletes the tokens that the server keeps of an account.
func (s *Rights) DropToken(ctx context.Context, account int64) error {
	_, err := s.db.Write.ExecContext(ctx, "update remote_account set token = '' where account_id = $1 and token <> ''", account)
	return err
}

// Grants returns what an account may see at some connections, with one query. What was asked longer ago than most does not
// count.
func (s *Rights) Grants(ctx context.Context, account int64, connections []int64, most time.Duration) (list []accounts.RemoteGrant, err error) {
	return list, db.Each(ctx, s.db.Read, terms.SQL(s.db, `
		select p.id, p.key, coalesce(r.id, 0), coalesce(r.slug, ''), x.role
		from remote_account a
		join connection c on c.id = a.connection_id and c.removed_at is null
		join remote_right x on x.account_id = a.account_id and x.connection_id = a.connection_id
		join project p on p.id = x.project_id
		left join repository r on r.id = x.repository_id
		where a.account_id = $1 and a.asked_at > :now - $2 and p.removed_at is null and `+db.In("a.connection_id", connections)+` and (x.repository_id = 0 or r.project_id = p.id and r.removed_at is null)
		order by p.id, coalesce(r.id, 0)`), []any{account, most.Milliseconds()}, func(row *sql.Rows) error {
		var g accounts.RemoteGrant
		err := row.Scan(&g.Project, &g.Key, &g.Repository, &g.Slug, &g.Role)
		list = append(list, g)
		return err
	})
}

// Reseal seals all tokens again with another master key, in a transaction.
func (s *Rights) Reseal(ctx context.Context, tx *sql.Tx, open func(sealed, place string) (string, error), seal func(text, place string) string) error {
	var list []Account
	if err := db.Each(ctx, tx, "select account_id, connection_id, token from remote_account where token <> ''", nil, func(row *sql.Rows) error {
		var a Account
		err := row.Scan(&a.Account, &a.Connection, &a.Token)
		list = append(list, a)
		return err
	}); err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		text, err := open(a.Token, Place(a.Account, a.Connection))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "update remote_account set token = $3 where account_id = $1 and connection_id = $2", a.Account, a.Connection, seal(text, Place(a.Account, a.Connection))); err != nil {
			return err
		}
	}
	return nil
}
