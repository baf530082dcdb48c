package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Identity is who somebody is at a provider. A subject never changes and is never given to somebody else; a name and an e-mail address may be
// (https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability).
type Identity struct {
	// Issuer names the provider by its URL. Subject is the provider's own id of the person; case matters.
	Issuer, Subject string
}

// ErrDisabled says that an account is switched off.
var ErrDisabled = errors.New("the account is switched off")

// ErrNoName says that a provider gives somebody new no name that an account can have.
var ErrNoName = errors.New("there is no name for a new account")

// TakenError says that somebody new at a provider is called like an account that may be another person's.
type TakenError struct{ Name string }

func (e *TakenError) Error() string { return "there is already an account " + e.Name }

// Link makes an account the one of an identity. It returns ErrNotFound if no account has that name, and ErrExists if the identity has another
// account.
func (s *Accounts) Link(ctx context.Context, name string, who Identity) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		a, err := accountColumns.One(ctx, tx, "from account where name = $1", strings.ToLower(name))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, addIdentity+s.db.Clock+") on conflict do nothing", who.Issuer, who.Subject, a.ID); err != nil {
			return err
		}
		var owner int64
		if err := tx.QueryRowContext(ctx, "select account_id from identity where issuer = $1 and subject = $2", who.Issuer, who.Subject).Scan(&owner); err != nil {
			return err
		}
		if owner != a.ID {
			return db.ErrExists
		}
		return nil
	})
}

// addIdentity goes on with the time.
const addIdentity = `
	insert into identity (issuer, subject, account_id, created_at)
	values ($1, $2, $3, `

// Unlink removes all identities of an account, with what a Bitbucket lets it see, and ends its sessions. It returns the identities, and ErrNotFound if no account has that name.
func (s *Accounts) Unlink(ctx context.Context, name string) (removed []Identity, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		a, err := accountColumns.One(ctx, tx, "from account where name = $1", strings.ToLower(name))
		if err != nil {
			return err
		}
		if removed, err = s.identities(ctx, tx, a.ID); err != nil {
			return err
		}
		return db.Execute(ctx, tx, a.ID, "delete from identity where account_id = $1", "delete from session where account_id = $1",
			"delete from remote_right where account_id = $1", "delete from remote_account where account_id = $1")
	})
	return removed, err
}

// Identities lists who an account is at providers, by issuer and subject.
func (s *Accounts) Identities(ctx context.Context, account int64) ([]Identity, error) {
	return s.identities(ctx, s.db.Read, account)
}

func (s *Accounts) identities(ctx context.Context, q db.Querier, account int64) ([]Identity, error) {
	columns := db.Columns[Identity]{
		{SQL: "issuer", Into: func(i *Identity) any { return &i.Issuer }},
		{SQL: "subject", Into: func(i *Identity) any { return &i.Subject }},
	}
	return columns.List(ctx, q, "from identity where account_id = $1 order by issuer, subject", account)
}

// Arrival is somebody whom a provider has just identified.
type Arrival struct {
	Identity
	// Name is what a new account is called: a valid name in lower case, or empty if the provider gives none that is valid.
	Name string
	// Email replaces the address of the account; empty keeps it.
	Email string
	// Groups are the groups that the person has at the provider, as the provider calls them.
	Groups []string
	// Admin is true for somebody whom a group of the provider makes an administrator.
	Admin bool
	// Create allows a new account.
	Create bool
}

// Arrived is the account of an arrival, and what changed about it.
type Arrived struct {
	// Account has no hash of a password.
	Account *Account
	Created bool
	// Joined and Left are the names of groups, sorted.
	Joined, Left []string
	// AdminChanged is true when the provider made the account an administrator, or took that away.
	AdminChanged bool
}

// Arrive finds the account of somebody whom a provider has identified, or creates it. It takes over the e-mail address, the memberships in the
// groups that have a provider group, and whether the person is an administrator. What an administrator gave here stays: only what the provider
// gave does it take away. All of that happens, or nothing. The errors are ErrNotFound if there is no account and none may be created, ErrNoName, a
// [TakenError], and ErrDisabled.
func (s *Accounts) Arrive(ctx context.Context, who *Arrival) (*Arrived, error) {
	var done Arrived
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		done = Arrived{}
		a, err := s.byIdentity(ctx, tx, who.Identity)
		if errors.Is(err, db.ErrNotFound) && who.Create {
			done.Created = true
			a, err = s.settle(ctx, tx, who)
		}
		switch {
		case err != nil:
			return err
		case a.Disabled:
			return ErrDisabled
		}
		if err := s.follow(ctx, tx, who, a, &done); err != nil {
			return err
		}
		done.Account = &a.Account
		return nil
	})
	if err != nil {
		return nil, err
	}
	done.Account.Password = ""
	return &done, nil
}

// owner is an account of an identity.
type owner struct {
	Account
	byGroup bool
}

func (s *Accounts) byIdentity(ctx context.Context, tx *sql.Tx, who Identity) (*owner, error) {
	columns := db.Columns[owner]{{SQL: "admin_by_group", Into: func(o *owner) any { return &o.byGroup }}}
	for _, c := range accountColumns {
		columns = append(columns, db.Column[owner]{SQL: c.SQL, Into: func(o *owner) any { return c.Into(&o.Account) }})
	}
	return columns.One(ctx, tx, "from account where id = (select account_id from identity where issuer = $1 and subject = $2)", who.Issuer, who.Subject)
}

// maxNamesakes bounds how many people of one provider have the same name.
const maxNamesakes = 1000

// settle creates the account of somebody new. If the name is that of another person of the same provider, a number follows it.
func (s *Accounts) settle(ctx context.Context, tx *sql.Tx, who *Arrival) (*owner, error) {
	if s.db.Postgres {
		// The same person may arrive twice at the same time.
		if _, err := tx.ExecContext(ctx, "lock table account in share row exclusive mode"); err != nil {
			return nil, err
		}
	}
	if a, err := s.byIdentity(ctx, tx, who.Identity); !errors.Is(err, db.ErrNotFound) {
		return a, err
	}
	name := who.Name
	if name == "" {
		return nil, ErrNoName
	}
	for n := 2; ; n++ {
		taken, ours := false, false
		err := tx.QueryRowContext(ctx, `
			select
				exists (select 1 from account where name = $1),
				exists (select 1 from account a join identity i on i.account_id = a.id where a.name = $1 and i.issuer = $2)`, name, who.Issuer).Scan(&taken, &ours)
		if err != nil {
			return nil, err
		}
		if !taken {
			break
		}
		if !ours || n > maxNamesakes {
			return nil, &TakenError{Name: name}
		}
		name = fmt.Sprintf("%s-%d", who.Name[:min(len(who.Name), 90)], n)
	}
	id := s.db.NextIDs(1)
	if _, err := tx.ExecContext(ctx, `
		insert into account (id, name, email, password, admin, created_at)
		values ($1, $2, $3, '', false, `+s.db.Clock+`)`, id, name, who.Email); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, addIdentity+s.db.Clock+")", who.Issuer, who.Subject, id); err != nil {
		return nil, err
	}
	return s.byIdentity(ctx, tx, who.Identity)
}

// follow takes over what the provider says about the person.
func (s *Accounts) follow(ctx context.Context, tx *sql.Tx, who *Arrival, a *owner, done *Arrived) error {
	if who.Email != "" {
		a.Email = who.Email
	}
	switch {
	case who.Admin && !a.Admin:
		a.Admin, a.byGroup, done.AdminChanged = true, true, true
	case !who.Admin && a.byGroup:
		a.Admin, a.byGroup, done.AdminChanged = false, false, true
	}
	if _, err := tx.ExecContext(ctx, "update account set email = $2, admin = $3, admin_by_group = $4 where id = $1", a.ID, a.Email, a.Admin, a.byGroup); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "update identity set used_at = "+s.db.Clock+" where issuer = $1 and subject = $2", who.Issuer, who.Subject); err != nil {
		return err
	}
	return s.followGroups(ctx, tx, who, a.ID, done)
}

// provided is a group that follows one of a provider.
type provided struct {
	id             int64
	name, provider string
	member         bool
}

func (s *Accounts) followGroups(ctx context.Context, tx *sql.Tx, who *Arrival, account int64, done *Arrived) error {
	columns := db.Columns[provided]{
		{SQL: "g.id", Into: func(g *provided) any { return &g.id }},
		{SQL: "g.name", Into: func(g *provided) any { return &g.name }},
		{SQL: "g.provider_group", Into: func(g *provided) any { return &g.provider }},
		{SQL: "exists (select 1 from membership m where m.group_id = g.id and m.account_id = $1)", Into: func(g *provided) any { return &g.member }},
	}
	list, err := columns.List(ctx, tx, "from account_group g where g.provider_group <> '' order by g.name", account)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, group := range who.Groups {
		has[group] = true
	}
	for _, g := range list {
		switch {
		case has[g.provider] && !g.member:
			_, err = tx.ExecContext(ctx, "insert into membership (group_id, account_id) values ($1, $2) on conflict do nothing", g.id, account)
			done.Joined = append(done.Joined, g.name)
		case !has[g.provider] && g.member:
			_, err = tx.ExecContext(ctx, "delete from membership where group_id = $1 and account_id = $2", g.id, account)
			done.Left = append(done.Left, g.name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
