package accounts

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Role is what an account may do within a scope; each holds those before it.
type Role int

// The roles.
const (
	RoleNone Role = iota
	RoleRead
	RoleWrite
	RoleProjectAdmin
	// RoleGrantee is given for the instance only: the dashboard, settings and scans of everything that the account may read.
	RoleGrantee
)

var roleNames = [...]string{"NONE", "READ", "WRITE", "PROJECT_ADMIN", "GRANTEE"}

// String gives the upper-case name.
func (r Role) String() string {
	if r < 0 || int(r) >= len(roleNames) {
		return fmt.Sprintf("ROLE(%d)", int(r))
	}
	return roleNames[r]
}

// UnmarshalText reads a role's name in any case.
func (r *Role) UnmarshalText(text []byte) error {
	for i, name := range roleNames {
		if strings.EqualFold(name, string(text)) {
			*r = Role(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a role: use READ, WRITE, PROJECT_ADMIN or GRANTEE", text)
}

// Account is somebody who may sign in.
type Account struct {
	ID          int64
	Name, Email string
	// Password is its hash; see package server.
	Password string
	// Admin may do everything.
	Admin, Disabled bool
	Created         time.Time
}

const accountColumns = "select id, name, email, password, admin, disabled, created_at from account where "

func scanAccount(row interface{ Scan(...any) error }) (*Account, error) {
	a := &Account{}
	var created sql.NullInt64
	err := row.Scan(&a.ID, &a.Name, &a.Email, &a.Password, &a.Admin, &a.Disabled, &created)
	a.Created = db.At(created)
	return a, db.Found(err)
}

// Get gives an account by its name, in any case.
func (s *Accounts) Get(ctx context.Context, name string) (*Account, error) {
	return scanAccount(s.db.Read.QueryRowContext(ctx, accountColumns+"name = $1", strings.ToLower(name)))
}

// List lists all accounts by name.
func (s *Accounts) List(ctx context.Context) ([]Account, error) {
	var list []Account
	err := db.Each(ctx, s.db.Read, accountColumns+"true order by name", nil, func(row *sql.Rows) error {
		a, err := scanAccount(row)
		list = append(list, *a)
		return err
	})
	return list, err
}

// Add adds an account and returns its id; ErrExists when the name is taken.
func (s *Accounts) Add(ctx context.Context, a *Account) (id int64, err error) {
	id = s.db.NextIDs(1)
	done, err := s.db.Write.ExecContext(ctx, "insert into account (id, name, email, password, admin, created_at) values ($1, $2, $3, $4, $5, "+s.db.Clock+") on conflict do nothing",
		id, strings.ToLower(a.Name), a.Email, a.Password, a.Admin)
	if err != nil {
		return 0, err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return 0, errors.Join(err, db.ErrExists)
	}
	return id, nil
}

// Change sets the password's hash, the e-mail address, and whether the account is an administrator or switched off.
func (s *Accounts) Change(ctx context.Context, a *Account) error {
	done, err := s.db.Write.ExecContext(ctx, "update account set email = $2, password = $3, admin = $4, disabled = $5 where id = $1", a.ID, a.Email, a.Password, a.Admin, a.Disabled)
	if err != nil {
		return err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return errors.Join(err, db.ErrNotFound)
	}
	return nil
}

// Grant gives an account a role within a scope: "" for the instance, a project's key, or key/slug. RoleNone takes it away.
func (s *Accounts) Grant(ctx context.Context, account int64, scope string, role Role) error {
	if role == RoleNone {
		_, err := s.db.Write.ExecContext(ctx, "delete from access where account_id = $1 and scope = $2", account, scope)
		return err
	}
	_, err := s.db.Write.ExecContext(ctx, "insert into access (account_id, scope, role) values ($1, $2, $3) on conflict (account_id, scope) do update set role = excluded.role", account, scope, role)
	return err
}

// Token is an API token; its text is never stored.
type Token struct {
	ID, AccountID int64
	Name          string
	// Scopes are words: read, scan, triage, export, settings.
	Scopes                 []string
	Created, Expires, Used time.Time
}

// HashToken is what is stored of a token: it is random and long, so that a plain hash is enough.
func HashToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// AddToken adds a token of an account.
func (s *Accounts) AddToken(ctx context.Context, t *Token, text string) (id int64, err error) {
	id = s.db.NextIDs(1)
	_, err = s.db.Write.ExecContext(ctx, "insert into token (id, account_id, name, hash, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5, "+s.db.Clock+", $6)",
		id, t.AccountID, t.Name, HashToken(text), strings.Join(t.Scopes, " "), db.NullTime(t.Expires))
	return id, err
}

// UseToken gives the token and the account of a text, and notes that it was used, if there is space for that; ErrNotFound for
// an unknown or expired one and for an account that is switched off.
func (s *Accounts) UseToken(ctx context.Context, text string) (*Token, *Account, error) {
	t, a := &Token{}, &Account{}
	var scopes string
	var created, expires, used, accountCreated sql.NullInt64
	var note bool
	// Once a minute is enough.
	err := s.db.Read.QueryRowContext(ctx, `select t.used_at is null or t.used_at < `+s.db.Clock+` - 60000, t.id, t.account_id, t.name, t.scopes, t.created_at, t.expires_at, t.used_at, a.id, a.name, a.email, a.admin, a.created_at
		from token t join account a on a.id = t.account_id where t.hash = $1 and not a.disabled and (t.expires_at is null or t.expires_at > `+s.db.Clock+`)`, HashToken(text)).
		Scan(&note, &t.ID, &t.AccountID, &t.Name, &scopes, &created, &expires, &used, &a.ID, &a.Name, &a.Email, &a.Admin, &accountCreated)
	if err != nil {
		return nil, nil, db.Found(err)
	}
	t.Scopes, t.Created, t.Expires, t.Used, a.Created = strings.Fields(scopes), db.At(created), db.At(expires), db.At(used), db.At(accountCreated)
	if note {
		_, err = s.db.Write.ExecContext(ctx, "update token set used_at = "+s.db.Clock+" where id = $1", t.ID)
	}
	if db.Full(err) {
		// Who may only read goes on reading while nothing can be written.
		err = nil
	}
	return t, a, err
}

// Tokens lists the tokens of an account, the newest first.
func (s *Accounts) Tokens(ctx context.Context, account int64) ([]Token, error) {
	var list []Token
	err := db.Each(ctx, s.db.Read, "select id, account_id, name, scopes, created_at, expires_at, used_at from token where account_id = $1 order by id desc", []any{account}, func(row *sql.Rows) error {
		var t Token
		var scopes string
		var created, expires, used sql.NullInt64
		err := row.Scan(&t.ID, &t.AccountID, &t.Name, &scopes, &created, &expires, &used)
		t.Scopes, t.Created, t.Expires, t.Used = strings.Fields(scopes), db.At(created), db.At(expires), db.At(used)
		list = append(list, t)
		return err
	})
	return list, err
}

// RemoveToken removes a token of an account.
func (s *Accounts) RemoveToken(ctx context.Context, account, id int64) error {
	done, err := s.db.Write.ExecContext(ctx, "delete from token where id = $1 and account_id = $2", id, account)
	if err != nil {
		return err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return errors.Join(err, db.ErrNotFound)
	}
	return nil
}
