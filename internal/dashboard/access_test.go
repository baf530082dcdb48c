package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestAccountsAreAddedAndChanged, with what is wrong at its field, and never a password on a page or in the log.
func TestAccountsAreAddedAndChanged(t *testing.T) {
	t.Parallel()
	databases(t, testAccountsAreAddedAndChanged)
}

func testAccountsAreAddedAndChanged(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", testdashboard.Projects)
	b := s.browser("admin")
	const password = "a-long-enough-password"
	a := b.post("/settings/access/accounts", url.Values{"user": {"No Name"}, "email": {"Jane <j@x>"}, "password": {"short-canary"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"it must consist of letters", "it must be an address such as", `value="No Name"`} {
		require.Contains(t, a.text, words)
	}
	require.NotContains(t, a.text, "short-canary")
	require.Contains(t, b.post("/settings/access/accounts", url.Values{"user": {"jane"}}).text, "it is missing")
	a = b.post("/settings/access/accounts", url.Values{"user": {"Jane"}, "email": {"jane@example.com"}, "password": {password}})
	require.Equal(t, "/sluice/settings/access/accounts/jane?done=account-added", a.header.Get("Location"))
	require.Contains(t, b.followed(a).text, "neither it nor its groups have a role")
	a = b.post("/settings/access/accounts", url.Values{"user": {"JANE"}, "password": {password}})
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text, "an account with that name exists")

	jane := s.browser("")
	signIn := url.Values{"name": {"jane"}, "password": {password}}
	require.Equal(t, http.StatusSeeOther, jane.post("/sign-in", signIn).status)
	a = b.followed(b.post("/settings/access/accounts/jane", url.Values{"password": {"another-long-password"}}))
	require.Contains(t, a.text, "All sessions of the account have ended.")
	require.Contains(t, jane.get("/projects").header.Get("Location"), "/sign-in", "her session has ended")
	require.Contains(t, a.text, `value="jane@example.com"`, "the rest stays")
	require.Contains(t, b.post("/settings/access/accounts/jane", url.Values{"password": {"jane"}}).text, "at least 12 characters")
	a = b.followed(b.post("/settings/access/accounts/Jane", url.Values{"email": {""}, "admin": {"true"}}))
	require.Contains(t, a.text, "Everything: it is an administrator.")
	require.Equal(t, http.StatusNotFound, b.post("/settings/access/accounts/nobody-here", url.Values{"email": {""}}).status)
	require.Equal(t, http.StatusNotFound, b.get("/settings/access/accounts/nobody-here").status)

	// Nobody locks out the last administrator, also not the two of them each other.
	require.Equal(t, http.StatusSeeOther, b.post("/settings/access/accounts/jane", url.Values{"email": {""}, "disabled": {"true"}, "admin": {"true"}}).status)
	for _, form := range []url.Values{{"email": {""}}, {"email": {""}, "admin": {"true"}, "disabled": {"true"}}} {
		a = b.post("/settings/access/accounts/admin", form)
		require.Equal(t, http.StatusConflict, a.status)
		require.Contains(t, a.text, "This is the last administrator who can sign in")
		require.Contains(t, a.text, `name="admin" value="true" checked`, "as it still is")
	}
	require.Contains(t, b.get("/settings/access?name=JAN").text, "disabled</span>")
	require.Contains(t, b.get("/settings/access?name=nothing").text, "No account matches.")
	log := strings.Join(s.audited(), "\n")
	for _, entry := range []string{"admin POST /accounts  jane password email admin=false", "admin PUT /accounts/{user} jane password\n", "admin PUT /accounts/{user} jane email admin=true disabled=false"} {
		require.Contains(t, log, entry)
	}
	for _, secret := range []string{password, "another-long-password", "$argon2id$"} {
		require.NotContains(t, log, secret)
		require.NotContains(t, b.get("/settings/access").text+b.get("/settings/access/accounts/jane").text, secret)
	}
}

// TestRolesOfAccountsAndGroups are given where the API would give them, and count at once.
func TestRolesOfAccountsAndGroups(t *testing.T) {
	t.Parallel()
	databases(t, testRolesOfAccountsAndGroups)
}

func testRolesOfAccountsAndGroups(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("admin")
	require.Contains(t, b.get("/settings/access/groups").text, "There are no groups yet.")
	a := b.post("/settings/access/groups", url.Values{"group": {"Team A"}, "members": {"nobody"}})
	require.Contains(t, a.text, "it must consist of letters")
	a = b.post("/settings/access/groups", url.Values{"group": {"team"}, "members": {"nobody\nghost"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "there is no account ghost")
	require.Contains(t, a.text, "nobody\nghost</textarea>")
	require.Contains(t, b.followed(b.post("/settings/access/groups", url.Values{"group": {"Team"}, "members": {"nobody, reader\r\n"}})).text, "The group is saved.")
	require.Contains(t, b.get("/settings/access/groups?group=team").text, "nobody\nreader</textarea>")
	a = b.followed(b.post("/settings/access/groups", url.Values{"group": {"devs"}, "members": {""}, "provider": {"All Developers"}}))
	require.Contains(t, a.text, "follows All Developers")
	require.Contains(t, b.get("/settings/access/groups?group=devs").text, `value="All Developers"`)
	require.Contains(t, b.post("/settings/access/groups", url.Values{"group": {"devs"}, "provider": {strings.Repeat("x", 256)}}).text, "it has at most 255 bytes")

	for name, x := range map[string]struct {
		form url.Values
		says string
	}{
		"nobody":           {url.Values{"scope": {"PAY"}, "role": {"READ"}}, "it is missing"},
		"a ghost":          {url.Values{"who": {"ghost"}, "scope": {"PAY"}, "role": {"READ"}}, "there is no account with that name"},
		"a ghost of many":  {url.Values{"kind": {"group"}, "who": {"ghost"}, "scope": {"PAY"}, "role": {"READ"}}, "there is no group with that name"},
		"nowhere":          {url.Values{"who": {"nobody"}, "scope": {"a b"}, "role": {"READ"}}, "it must be instance, a project&#39;s key, or key/slug"},
		"no role":          {url.Values{"who": {"nobody"}, "scope": {"PAY"}, "role": {"KING"}}, "it must be READ, WRITE, PROJECT_ADMIN or GRANTEE"},
		"the whole of one": {url.Values{"who": {"nobody"}, "scope": {"PAY"}, "role": {"GRANTEE"}}, "its scope is instance"},
		"a small project":  {url.Values{"who": {"nobody"}, "scope": {"PAY/api"}, "role": {"PROJECT_ADMIN"}}, "not for a repository"},
	} {
		a := b.post("/settings/access/roles", x.form)
		require.Equal(t, http.StatusBadRequest, a.status, name)
		require.Contains(t, a.text, x.says, name)
	}
	nobody := s.browser("nobody")
	require.Equal(t, http.StatusNotFound, nobody.get("/projects/PAY/repos/web").status)
	a = b.followed(b.post("/settings/access/roles", url.Values{"kind": {"group"}, "who": {"team"}, "scope": {"pay"}, "role": {"READ"}}))
	require.Contains(t, a.text, "The role is given.")
	require.Equal(t, http.StatusOK, nobody.get("/projects/PAY/repos/web").status, "it counts at once")
	require.Contains(t, b.get("/settings/access/accounts/nobody").text, `<th scope="row">PAY</th>`)
	require.Equal(t, http.StatusSeeOther, b.post("/settings/access/roles/remove", url.Values{"group": {"team"}, "scope": {"PAY"}}).status)
	require.Equal(t, http.StatusNotFound, nobody.get("/projects/PAY/repos/web").status)
	require.Equal(t, http.StatusSeeOther, b.post("/settings/access/roles/remove", url.Values{"user": {"grantee"}, "scope": {""}}).status)
	require.Equal(t, http.StatusForbidden, s.browser("grantee").get("/settings/general").status, "no longer a grantee")
	require.Equal(t, http.StatusBadRequest, b.post("/settings/access/roles/remove", url.Values{"user": {"a"}, "group": {"b"}, "scope": {"PAY"}}).status)
	for range 2 {
		require.Equal(t, http.StatusSeeOther, b.post("/settings/access/groups/remove", url.Values{"group": {"team"}}).status, "it is gone, or was")
	}
	log := strings.Join(s.audited(), "\n")
	for _, entry := range []string{"admin PUT /groups/{group} team 2 members", "admin PUT /access  group=team scope=PAY role=READ", "admin DELETE /access  group=team scope=PAY", "admin DELETE /access  user=grantee scope=instance", "admin DELETE /groups/{group} team"} {
		require.Contains(t, log, entry)
	}
}

// TestTokensOfAllAccounts are listed and revoked, and none is shown.
func TestTokensOfAllAccounts(t *testing.T) {
	t.Parallel()
	databases(t, testTokensOfAllAccounts)
}

func testTokensOfAllAccounts(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("admin")
	require.Contains(t, b.get("/settings/tokens").text, "There are no API tokens.")
	writer, err := s.store.Accounts.Get(t.Context(), "writer")
	require.NoError(t, err)
	text := access.TokenPrefix + "canary-of-a-token"
	id, err := s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: writer.ID, Name: "nightly", Scopes: []string{"read", "scan"}}, text)
	require.NoError(t, err)
	for _, path := range []string{"/settings/tokens", "/settings/tokens?account=Writer"} {
		page := b.get(path).text
		require.Contains(t, page, "nightly")
		require.NotContains(t, page, "canary-of-a-token")
		require.NotContains(t, page, accounts.HashToken(text))
	}
	require.Contains(t, b.get("/settings/tokens?account=reader").text, "reader has no token.")
	use := func() int {
		return s.browser("").do(http.MethodGet, "/rest/security/latest/status/projects", nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }).status
	}
	require.Equal(t, http.StatusOK, use())
	require.Equal(t, http.StatusSeeOther, b.post("/settings/tokens/revoke", url.Values{"account": {"reader"}, "token": {db.Key(id)}}).status)
	require.Equal(t, http.StatusOK, use(), "it is not the reader's")
	for range 2 {
		require.Contains(t, b.followed(b.post("/settings/tokens/revoke", url.Values{"account": {"writer"}, "token": {db.Key(id)}})).text, "The token is revoked.")
	}
	require.Equal(t, http.StatusUnauthorized, use())
	require.Contains(t, strings.Join(s.audited(), "\n"), "admin DELETE /accounts/{user}/tokens/{tokenId} writer "+db.Key(id))
}
