package access_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/teststore"
)

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

// cheap is the cost of test passwords.
var cheap = access.Cost{Memory: 8, Time: 1}

// desk is a control over its own store, with the accounts admin, jdoe (reads PAY/api) and gone (disabled). The password
// of each is its name followed by "-password". Nothing waits.
type desk struct {
	*access.Control
	store *store.Store
	held  time.Duration
}

func newDesk(t *testing.T, change ...func(o *access.Options)) *desk {
	t.Helper()
	st, err := store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	for _, name := range []string{"admin", "jdoe", "gone"} {
		a := &accounts.Account{Name: name, Password: cheap.Hash(name + "-password"), Admin: name == "admin", Disabled: name == "gone"}
		id, err := st.Accounts.Add(t.Context(), a)
		require.NoError(t, err)
		a.ID = id
		require.NoError(t, st.Accounts.Change(t.Context(), a), "a new account is not disabled")
		for text, scopes := range map[string][]string{"read": {"read"}, "export": {"export"}, "plain": {"export", "plaintext"}, "none": nil} {
			_, err := st.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: id, Name: text, Scopes: scopes}, access.TokenPrefix+name+"-"+text)
			require.NoError(t, err)
		}
		if name == "jdoe" {
			require.NoError(t, st.Accounts.Grant(t.Context(), id, "PAY/api", accounts.RoleRead))
		}
	}
	_, err = teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: "PAY", Name: "Payments", Repositories: []connection.Repository{{Slug: "api", Name: "api"}, {Slug: "web", Name: "web"}}})
	require.NoError(t, err)
	d := &desk{store: st}
	o := access.Options{
		Log: slog.New(slog.DiscardHandler), Rights: access.OwnRights{Roles: st.Accounts},
		Sleep: func(ctx context.Context, wait time.Duration) error { d.held += wait; return ctx.Err() },
	}
	for _, f := range change {
		f(&o)
	}
	d.Control = access.New(st.Accounts, st.Audit, o)
	return d
}

// actions are the actions of the audit log about an account.
func (d *desk) actions(t *testing.T, actor string) (list []string) {
	t.Helper()
	events, err := d.store.Audit.List(t.Context(), audit.Filter{Actor: actor}, db.Page{Limit: 100})
	require.NoError(t, err)
	for _, e := range events {
		list = append(list, e.Action)
	}
	return list
}

func TestEveryReasonNotToSignInHasAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	token := func(text string) access.Credentials {
		return access.Credentials{Secret: access.TokenPrefix + text, TokenOnly: true, Address: "192.0.2.1"}
	}
	read := access.Use{Scope: "read"}
	for what, x := range map[string]struct {
		given access.Credentials
		use   access.Use
		want  error
	}{
		"nothing":                     {access.Credentials{TokenOnly: true}, read, access.ErrNoCredentials},
		"a password as a token":       {access.Credentials{Secret: "jdoe-password", TokenOnly: true}, read, access.ErrNoCredentials},
		"a wrong password":            {access.Credentials{Name: "jdoe", Secret: "wrong"}, read, &access.WrongError{}},
		"an unknown account":          {access.Credentials{Name: "nobody", Secret: "jdoe-password"}, read, &access.WrongError{}},
		"a disabled account":          {access.Credentials{Name: "gone", Secret: "gone-password"}, read, &access.WrongError{}},
		"no name and no password":     {access.Credentials{}, read, &access.WrongError{}},
		"an unknown token":            {token("unknown"), read, &access.WrongError{Token: true}},
		"a token of a disabled one":   {token("gone-read"), read, &access.WrongError{Token: true}},
		"a token of another":          {access.Credentials{Name: "admin", Secret: access.TokenPrefix + "jdoe-read"}, read, &access.WrongError{Token: true}},
		"a token without scopes":      {token("jdoe-none"), read, &access.ScopeError{}},
		"a token with another scope":  {token("jdoe-export"), read, &access.ScopeError{Scope: "read"}},
		"a use without a scope":       {token("jdoe-read"), access.Use{}, &access.ScopeError{}},
		"a token that may not reveal": {token("jdoe-export"), access.Use{Scope: "export", Reveals: true}, &access.ScopeError{Scope: "plaintext", Reveals: true}},
	} {
		caller, err := d.SignIn(t.Context(), x.given, x.use)
		require.Equal(t, x.want, err, what)
		require.Nil(t, caller, what)
		require.NotContains(t, err.Error(), "password\"", what)
	}
	require.Equal(t, []string{"sign-in.failed"}, d.actions(t, "jdoe"), "the log tells of accounts that exist")
	require.Empty(t, d.actions(t, "nobody"))

	for what, given := range map[string]access.Credentials{
		"a password": {Name: "JDoe", Secret: "jdoe-password"}, "a token": token("jdoe-plain"), "a token for a password": {Name: "jdoe", Secret: access.TokenPrefix + "jdoe-plain"},
	} {
		caller, err := d.SignIn(t.Context(), given, access.Use{Scope: "export", Reveals: true})
		require.NoError(t, err, what)
		require.Equal(t, "jdoe", caller.Account.Name, what)
		require.Equal(t, what != "a password", caller.Token != nil, what)
		require.True(t, caller.MayReveal(), what)
	}
	caller, err := d.SignIn(t.Context(), token("jdoe-read"), read)
	require.NoError(t, err)
	require.False(t, caller.MayReveal())
}

func TestGuessesWaitAndAreToldOf(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	wrong := access.Credentials{Name: "admin", Secret: "wrong", Address: "192.0.2.1"}
	for range 8 {
		_, err := d.SignIn(t.Context(), wrong, access.Use{})
		require.ErrorAs(t, err, new(*access.WrongError))
	}
	require.Positive(t, d.held)
	right := wrong
	right.Secret = "admin-password"
	_, err := d.SignIn(t.Context(), right, access.Use{})
	require.NoError(t, err)
	require.Contains(t, d.actions(t, "admin"), "sign-in.after-failures")
}

func TestCallsOfAnAccountAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := access.New(nil, nil, access.Options{Now: func() time.Time { return now }, Rate: 1, Burst: 2, Sleep: func(context.Context, time.Duration) error { return nil }})
	caller, other := &access.Caller{Account: &accounts.Account{ID: 1, Name: "jdoe"}}, &access.Caller{Account: &accounts.Account{ID: 2}}
	for range 4 {
		require.NoError(t, c.Throttle(t.Context(), caller), "two at once, two held up")
	}
	err := c.Throttle(t.Context(), caller)
	require.Equal(t, &access.WaitError{Wait: 3 * time.Second, Account: "jdoe"}, err)
	require.NoError(t, c.Throttle(t.Context(), other))
}

// TestPermissions is the whole table: the permissions of each role at PAY/api: there, at PAY, and at the instance.
func TestPermissions(t *testing.T) {
	t.Parallel()
	project := &catalog.Project{Key: "PAY"}
	places := []access.Place{{Project: project, Repository: &catalog.Repository{ProjectKey: "PAY", Slug: "api"}}, {Project: project}, {}}
	all := map[string]access.Permission{
		"anyone": access.Anyone, "signedIn": access.SignedIn, "reader": access.Reader, "writer": access.Writer, "scanner": access.Scanner, "projectAdmin": access.ProjectAdmin,
		"projectScanner": access.ProjectScanner, "grantee": access.Grantee, "admin": access.Admin,
	}
	grants := func(scope string, role accounts.Role) access.Caller {
		return access.Caller{Account: &accounts.Account{}, Grants: accounts.Grants{Roles: map[string]accounts.Role{scope: role}}}
	}
	administrator, grantee := access.Caller{Account: &accounts.Account{Admin: true}}, access.Caller{Account: &accounts.Account{}, Grants: accounts.Grants{Grantee: true}}
	const everything = "anyone signedIn reader writer scanner projectAdmin projectScanner grantee admin"
	for what, x := range map[string]struct {
		caller access.Caller
		want   [3]string
	}{
		"reads a repository":     {grants("PAY/api", accounts.RoleRead), [3]string{"anyone signedIn reader", "anyone signedIn reader", "anyone signedIn"}},
		"writes to a repository": {grants("PAY/api", accounts.RoleWrite), [3]string{"anyone signedIn reader writer scanner", "anyone signedIn reader", "anyone signedIn"}},
		"writes to another":      {grants("PAY/web", accounts.RoleWrite), [3]string{"anyone signedIn reader", "anyone signedIn reader", "anyone signedIn"}},
		"administers a project": {
			grants("PAY", accounts.RoleProjectAdmin),
			[3]string{"anyone signedIn reader writer scanner projectAdmin projectScanner", "anyone signedIn reader writer scanner projectAdmin projectScanner", "anyone signedIn"},
		},
		"reads everything": {grants("", accounts.RoleRead), [3]string{"anyone signedIn reader", "anyone signedIn reader", "anyone signedIn reader"}},
		"a grantee": {
			grantee, [3]string{"anyone signedIn reader scanner projectScanner grantee", "anyone signedIn reader scanner projectScanner grantee", "anyone signedIn reader scanner projectScanner grantee"},
		},
		"an administrator": {administrator, [3]string{everything, everything, everything}},
	} {
		for i, at := range places {
			for name, permission := range all {
				require.Equal(t, contains(x.want[i], name), x.caller.May(permission, at), "%s: %s at %q", what, name, at.PlaceName())
			}
		}
		for _, unknown := range []access.Permission{0, -1, access.Admin + 1} {
			require.False(t, x.caller.May(unknown, access.Place{}), "%s: an unknown permission denies", what)
		}
	}
	var anonymous *access.Caller
	for name, permission := range all {
		require.Equal(t, name == "anyone", anonymous.May(permission, access.Place{}), name)
	}
}

func contains(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

func TestPlacesThatACallerMayNotReadDoNotExist(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	places := access.NewPlaces(d.store.Catalog)
	caller, err := d.SignIn(t.Context(), access.Credentials{Name: "jdoe", Secret: "jdoe-password"}, access.Use{})
	require.NoError(t, err)
	for _, x := range []struct{ name, want string }{{"PAY", "PAY"}, {"pay/API", "PAY/api"}, {"PAY/api", "PAY/api"}} {
		at, err := places.FindNamed(t.Context(), caller.Visible, x.name)
		require.NoError(t, err, x.name)
		require.Equal(t, x.want, at.PlaceName())
		canonical, err := places.Canonical(t.Context(), caller.Visible, x.name)
		require.NoError(t, err)
		require.Equal(t, x.want, canonical)
	}
	for name, says := range map[string]string{"PAY/web": "there is no repository PAY/web", "PAY/none": "there is no repository PAY/none", "NONE": "there is no project NONE", "NONE/api": "there is no repository NONE/api", "PAY/": "there is no project PAY/"} {
		at, err := places.FindNamed(t.Context(), caller.Visible, name)
		require.EqualError(t, err, says)
		require.ErrorIs(t, err, db.ErrNotFound)
		require.Zero(t, at, "nothing of the project comes with the error")
		canonical, err := places.Canonical(t.Context(), caller.Visible, name)
		require.NoError(t, err)
		require.Equal(t, name, canonical, "a role may come before its place")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = places.FindNamed(ended, caller.Visible, "PAY")
	require.NotErrorIs(t, err, db.ErrNotFound, "a failing database is not a missing project")
	require.Error(t, err)
}

func TestNamesOfPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"instance": "", "PAY": "PAY", "~jdoe": "~jdoe", "PAY/api": "PAY/api", "a.b_c-1/x": "a.b_c-1/x"} {
		name, err := access.ParsePlaceName(text)
		require.NoError(t, err, text)
		require.Equal(t, want, name)
		require.Equal(t, text, access.PlaceWord(name))
	}
	for _, text := range []string{"", "/", "PAY/", "/api", "PAY/api/x", "~", "-x", "a b", "PAY\x00", "PAY\n", strings.Repeat("a", 129)} {
		_, err := access.ParsePlaceName(text)
		require.Error(t, err, "%q", text)
	}
}
