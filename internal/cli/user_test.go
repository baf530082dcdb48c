package cli_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// Commands next to the server's data manage accounts, groups, roles and tokens, and the audit log records that.
func TestUsersGroupsAndTokens(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	run := func(code int, args ...string) ran {
		t.Helper()
		r := inProcess(t, nil, append(args, "--data", data)...)
		require.Equal(t, code, r.code, r.stderr)
		return r
	}
	run(0, "user", "add", "ada", "--email", "ada@example.com")
	require.Contains(t, run(2, "user", "add", "a:b").stderr, "letters, digits")
	require.Contains(t, run(2, "user", "add", "ada").stderr, "already")
	run(0, "user", "add", "bob")
	run(0, "user", "group", "Devs", "ada", "bob")
	require.Contains(t, run(2, "user", "group", "devs", "ada", "eve").stderr, "eve")
	run(0, "user", "grant", "@devs", "WRITE", "PAY/api")
	require.Contains(t, run(2, "user", "grant", "@none", "WRITE", "PAY").stderr, "sluice user group none")
	require.Contains(t, run(2, "user", "grant", "ada", "GRANTEE", "PAY").stderr, "whole instance")
	require.Contains(t, run(2, "user", "grant", "ada", "PROJECT_ADMIN", "PAY/api").stderr, "not for a repository")
	require.Contains(t, run(2, "user", "grant", "ada", "READ", "PAY/../x").stderr, "key/slug")
	run(0, "user", "grant", "ada", "GRANTEE", "instance")
	run(0, "user", "grant", "ada", "NONE", "PAY/../x")
	list := run(0, "user", "list").stdout
	require.Regexp(t, `(?m)^@devs +ada, bob$`, list)

	added := run(0, "token", "add", "ada", "nightly", "--scopes", "scan,read", "--days", "90").stdout
	m := regexp.MustCompile(`^token (\w+): (slu_[\w-]{43})\n$`).FindStringSubmatch(added)
	require.NotNil(t, m, added)
	wrong := run(2, "token", "add", "ada", "", "--scopes", "all", "--days", "-1").stderr
	for _, words := range []string{"name:", "scopes:", "expiryDays:"} {
		require.Contains(t, wrong, words, "all problems at once")
	}
	list = run(0, "token", "list", "ada").stdout
	require.Regexp(t, `^`+m[1]+` +nightly +read,scan +valid until 20..-..-.., used never\n$`, list)
	refused := run(2, "token", "remove", "ada", m[2]).stderr
	require.NotContains(t, refused, m[2], "the error does not repeat the token")
	run(0, "token", "remove", "ada", m[1])
	require.Empty(t, run(0, "token", "list", "ada").stdout)
	run(0, "user", "disable", "bob")
	run(0, "user", "group", "devs", "--remove")

	st, err := store.Open(t.Context(), filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	events, err := st.Audit.List(t.Context(), audit.Filter{Actor: "command line"}, db.Page{Limit: 100})
	require.NoError(t, err)
	var actions []string
	for _, e := range events {
		actions = append(actions, e.Action+" "+e.Object)
		require.NotContains(t, e.Detail, m[2])
	}
	require.Equal(t, []string{
		"group.removed devs", "account.changed bob", "token.removed ada", "token.added ada", "access.changed ada", "access.changed ada", "access.changed @devs", "group.changed devs", "account.added bob", "account.added ada",
	}, actions)
}

func TestARoleNamesItsPlaceAsTheCatalogDoes(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	teststore.SQLiteAt(t, filepath.Join(data, "sluice.db"))
	st, err := store.Open(t.Context(), filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	_, err = teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: "PAY", Name: "Payments", Repositories: []connection.Repository{{Slug: "api", Name: "API"}}})
	require.NoError(t, err)
	require.Zero(t, inProcess(t, nil, "user", "add", "ada", "--data", data).code)
	for _, scope := range []string{"pay/API", "Pay", "later/web", "instance"} {
		r := inProcess(t, nil, "user", "grant", "ada", "READ", scope, "--data", data)
		require.Zero(t, r.code, r.stderr)
	}
	roles, err := st.Accounts.AllAccess(t.Context(), db.Page{Limit: 10})
	require.NoError(t, err)
	var scopes []string
	for _, r := range roles {
		scopes = append(scopes, r.Scope)
	}
	require.ElementsMatch(t, []string{"PAY/api", "PAY", "later/web", ""}, scopes)
}
