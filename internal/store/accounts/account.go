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
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Role is what an account may do in a scope. Each role includes the ones before it.
type Role int

// The roles.
const (
	RoleNone Role = iota
	RoleRead
	RoleWrite
	RoleProjectAdmin
	// RoleGrantee exists only for the instance. It allows the dashboard, the settings, and scans of everything that the
	// account may read.
	RoleGrantee
)

var roleNames = [...]string{"NONE", "READ", "WRITE", "PROJECT_ADMIN", "GRANTEE"}

// String returns the upper-case name.
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

// Account is a person or a program that may sign in.
type Account struct {
	ID          int64
	Name, Email string
	// Password is the hash of the password; see package access.
	Password string
	// Admin allows everything.
	Admin, Disabled bool
	Created         time.Time
}

var accountColumns = db.Columns[Account]{
	{SQL: "id", Into: func(a *Account) any { return &a.ID }},
	{SQL: "name", Into: func(a *Account) any { return &a.Name }},
	{SQL: "email", Into: func(a *Account) any { return &a.Email }},
	{SQL: "password", Into: func(a *Account) any { return &a.Password }},
	{SQL: "admin", Into: func(a *Account) any { return &a.Admin }},
	{SQL: "disabled", Into: func(a *Account) any { return &a.Disabled }},
	{SQL: "created_at", Into: func(a *Account) any { return db.Time(&a.Created) }},
}

// Get returns an account by its name, in any case.
func (s *Accounts) Get(ctx context.Context, name string) (*Account, error) {
	return accountColumns.One(ctx, s.db.Read, "from account where name = $1", strings.ToLower(name))
}

// List lists all accounts by name.
func (s *Accounts) List(ctx context.Context) ([]Account, error) {
	return accountColumns.List(ctx, s.db.Read, "from account order by name")
}

// Add adds an account and returns its id; ErrExists if the name is taken.
func (s *Accounts) Add(ctx context.Context, a *Account) (id int64, err error) {
	id = s.db.NextIDs(1)
	done, err := s.db.Write.ExecContext(ctx, `
		insert into account (id, name, email, password, admin, created_at)
		values ($1, $2, $3, $4, $5, `+s.db.Clock+`)
		on conflict do nothing`,
		id, strings.ToLower(a.Name), a.Email, a.Password, a.Admin)
	if err != nil {
		return 0, err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return 0, errors.Join(err, db.ErrExists)
	}
	return id, nil
}

// changeAccount makes an administrator one by our own word, or no administrator, when that changes.
const changeAccount = `
	update account set email = $2, password = $3, admin_by_group = admin_by_group and admin = $4, admin = $4, disabled = $5
	where id = $1`

// endSessions comes before changeAccount: the sessions of an account end when it is switched off, or gets another password.
const endSessions = `
	delete from session
	where account_id = $1 and ($3 or exists (select 1 from account where id = $1 and password <> $2))`

// Change sets the password's hash, the e-mail address, and whether the account is an administrator or switched off. Its sessions end with
// another password, and when it is switched off.
func (s *Accounts) Change(ctx context.Context, a *Account) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, endSessions, a.ID, a.Password, a.Disabled); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, changeAccount, a.ID, a.Email, a.Password, a.Admin, a.Disabled)
		if err != nil {
			return err
		}
		if n, err := db.Affected(done); err != nil || n == 0 {
			return errors.Join(err, db.ErrNotFound)
		}
		return nil
	})
}

// Grant gives an account a role in a scope: "" for the instance, a project's key, or key/slug. RoleNone removes the
// role.
func (s *Accounts) Grant(ctx context.Context, account int64, scope string, role Role) error {
	if role == RoleNone {
		_, err := s.db.Write.ExecContext(ctx, "delete from access where account_id = $1 and scope = $2", account, scope)
		return err
	}
	_, err := s.db.Write.ExecContext(ctx, `
		insert into access (account_id, scope, role)
		values ($1, $2, $3)
		on conflict (account_id, scope) do update set role = excluded.role`, account, scope, role)
	return err
}

// Token is an API token. Its text is never stored.
type Token struct {
	ID, AccountID int64
	Name          string
	// Scopes are words: read, scan, triage, export, settings.
	Scopes                 []string
	Created, Expires, Used time.Time
}

// HashToken returns the hash under which a token is stored. Tokens are long and random, so a plain hash is enough.
func HashToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// AddToken adds a token to an account.
func (s *Accounts) AddToken(ctx context.Context, t *Token, text string) (id int64, err error) {
	id = s.db.NextIDs(1)
	_, err = s.db.Write.ExecContext(ctx, `
		insert into token (id, account_id, name, hash, scopes, created_at, expires_at)
		values ($1, $2, $3, $4, $5, `+s.db.Clock+`, $6)`,
		id, t.AccountID, t.Name, HashToken(text), strings.Join(t.Scopes, " "), db.NullTime(t.Expires))
	return id, err
}

// UseToken returns the token and the account for the text of a token, and records the use if the disk has space. It
// returns ErrNotFound for an unknown or expired token and for a disabled account.
func (s *Accounts) UseToken(ctx context.Context, text string) (*Token, *Account, error) {
	u, err := s.tokenUse().One(ctx, s.db.Read, terms.SQL(s.db, `
		from token t
		join account a on a.id = t.account_id
		where t.hash = $1 and not a.disabled and (t.expires_at is null or t.expires_at > :now)`), HashToken(text))
	if err != nil {
		return nil, nil, err
	}
	if u.note {
		_, err = s.db.Write.ExecContext(ctx, "update token set used_at = "+s.db.Clock+" where id = $1", u.token.ID)
	}
	if db.Full(err) {
		// Callers that only read keep working while the disk is full.
		err = nil
	}
	return &u.token, &u.account, err
}

// tokenUse is what UseToken reads. note is true if the use must be recorded; that happens once a minute.
type tokenUse struct {
	token   Token
	account Account
	note    bool
}

// tokenUse returns the columns of a token t and its account a, without the hash of the password.
func (s *Accounts) tokenUse() db.Columns[tokenUse] {
	return append(tokenColumns(func(u *tokenUse) *Token { return &u.token }), db.Columns[tokenUse]{
		{SQL: terms.SQL(s.db, "t.used_at is null or t.used_at < :now - 60000"), Into: func(u *tokenUse) any { return &u.note }},
		{SQL: "a.id", Into: func(u *tokenUse) any { return &u.account.ID }},
		{SQL: "a.name", Into: func(u *tokenUse) any { return &u.account.Name }},
		{SQL: "a.email", Into: func(u *tokenUse) any { return &u.account.Email }},
		{SQL: "a.admin", Into: func(u *tokenUse) any { return &u.account.Admin }},
		{SQL: "a.created_at", Into: func(u *tokenUse) any { return db.Time(&u.account.Created) }},
	}...)
}

// tokenColumns are the columns of a token t within a T.
func tokenColumns[T any](of func(t *T) *Token) db.Columns[T] {
	return db.Columns[T]{
		{SQL: "t.id", Into: func(t *T) any { return &of(t).ID }},
		{SQL: "t.account_id", Into: func(t *T) any { return &of(t).AccountID }},
		{SQL: "t.name", Into: func(t *T) any { return &of(t).Name }},
		{SQL: "t.scopes", Into: func(t *T) any { return (*words)(&of(t).Scopes) }},
		{SQL: "t.created_at", Into: func(t *T) any { return db.Time(&of(t).Created) }},
		{SQL: "t.expires_at", Into: func(t *T) any { return db.Time(&of(t).Expires) }},
		{SQL: "t.used_at", Into: func(t *T) any { return db.Time(&of(t).Used) }},
	}
}

// words are stored as one text, separated by spaces.
type words []string

// Scan implements [sql.Scanner].
func (w *words) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("words are stored as %T, not as text", value)
	}
	*w = strings.Fields(text)
	return nil
}

// Tokens lists the tokens of an account, newest first.
func (s *Accounts) Tokens(ctx context.Context, account int64) ([]Token, error) {
	return tokenColumns(func(t *Token) *Token { return t }).List(ctx, s.db.Read, `
		from token t
		where t.account_id = $1
		order by t.id desc`, account)
}

// RemoveToken removes a token from an account.
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
