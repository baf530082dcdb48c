package connected_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/scan"
)

const cloudCallback = "https://sluice.example.com/s/sign-in/bitbucket-acme/callback"

// scriptedCloud issues tokens by the authorization code flow, and says what one user may see. It checks what a careful server
// checks: the client, the exact callback, PKCE, and that codes and refresh tokens are used once.
type scriptedCloud struct {
	t *testing.T
	// user is the nickname, id the account id.
	user, id string
	// may are the permissions by uuid.
	may map[string]string
	// away is the status of every answer; 0 works. closed answers 403 for the workspace.
	away   int
	closed bool

	codes    map[string]url.Values
	refresh  string
	access   string
	issued   int
	requests int
}

// RoundTrip is the network.
func (c *scriptedCloud) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	c.requests++
	require.Contains(c.t, []string{"bitbucket.org", "api.bitbucket.org"}, r.URL.Host)
	require.Equal(c.t, "https", r.URL.Scheme)
	switch {
	case c.away != 0:
		w.WriteHeader(c.away)
	case r.URL.Host == "bitbucket.org" && r.URL.Path == "/site/oauth2/access_token":
		c.token(w, r)
	case r.URL.Host == "api.bitbucket.org" && r.Header.Get("Authorization") != "Bearer "+c.access:
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/2.0/user":
		_ = json.NewEncoder(w).Encode(map[string]string{"account_id": c.id, "nickname": c.user, "uuid": "{u}"})
	case r.URL.Path == "/2.0/user/workspaces/acme/permissions/repositories":
		c.list(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return w.Result(), nil
}

// list answers one repository a page.
func (c *scriptedCloud) list(w http.ResponseWriter, r *http.Request) {
	if c.closed {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var rows []map[string]any
	for _, uuid := range []string{"{1}", "{2}", "{3}"} {
		if p := c.may[uuid]; p != "" {
			rows = append(rows, map[string]any{"permission": p, "repository": map[string]string{"uuid": uuid}})
		}
	}
	n := 0
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &n)
	body := map[string]any{"values": []any{}}
	if n < len(rows) {
		body["values"] = rows[n : n+1]
		body["next"] = fmt.Sprintf("https://api.bitbucket.org%s?page=%d", r.URL.Path, n+1)
	}
	_ = json.NewEncoder(w).Encode(body)
}

// authorize is the page on which the user agrees. It returns the query with which the browser comes back.
func (c *scriptedCloud) authorize(address string) url.Values {
	c.t.Helper()
	u, err := url.Parse(address)
	require.NoError(c.t, err)
	q := u.Query()
	require.Equal(c.t, []string{"bitbucket.org", "/site/oauth2/authorize", "key", "code", cloudCallback, "S256"}, []string{u.Host, u.Path, q.Get("client_id"), q.Get("response_type"), q.Get("redirect_uri"), q.Get("code_challenge_method")})
	code := fmt.Sprintf("code-%d", len(c.codes))
	c.codes[code] = q
	return url.Values{"state": {q.Get("state")}, "code": {code}}
}

func (c *scriptedCloud) token(w http.ResponseWriter, r *http.Request) {
	key, secret, _ := r.BasicAuth()
	_ = r.ParseForm()
	given, ok := c.codes[r.PostForm.Get("code")]
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case key != "key" || secret != "canary-consumer":
		ok = false
	case r.PostForm.Get("grant_type") == "refresh_token":
		ok = c.refresh != "" && r.PostForm.Get("refresh_token") == c.refresh
	default:
		ok = ok && r.PostForm.Get("redirect_uri") == given.Get("redirect_uri") && base64.RawURLEncoding.EncodeToString(sum[:]) == given.Get("code_challenge")
		delete(c.codes, r.PostForm.Get("code"))
	}
	w.Header().Set("Content-Type", "application/json")
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error": "invalid_grant", "error_description": "canary"}`))
		return
	}
	c.issued++
	c.access, c.refresh = fmt.Sprintf("canary-access-%d", c.issued), fmt.Sprintf("canary-refresh-%d", c.issued)
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": c.access, "refresh_token": c.refresh, "token_type": "bearer", "expires_in": 7200})
}

// newCloudPeople is a server over a workspace with three repositories.
func newCloudPeople(t *testing.T, p *product) (x *people, cloud *scriptedCloud) {
	t.Helper()
	cloud = &scriptedCloud{t: t, user: "ada", id: "557058:ada", may: map[string]string{"{1}": "read", "{2}": "admin"}, codes: map[string]url.Values{}}
	x = &people{product: p, log: &lockedLog{}}
	p.admin.Log, p.admin.Transport = slog.New(slog.NewTextHandler(x.log, nil)), cloud
	id, err := p.store.Connections.Put(t.Context(), "acme", "cloud", `{"url": "https://bitbucket.org/acme", "signIn": true}`, func(place string) string { return p.admin.Box.Seal("x", place) })
	require.NoError(t, err)
	project := &connection.Project{Key: "PAY", Name: "Payments", Identity: "cloud:{p}"}
	for i, slug := range []string{"api", "web", "tool"} {
		project.Repositories = append(project.Repositories, connection.Repository{Slug: slug, Name: slug, Location: slug, Identity: fmt.Sprintf("cloud:{%d}", i+1)})
	}
	_, err = p.store.Catalog.Sync(id).Apply(t.Context(), project)
	require.NoError(t, err)
	x.set = connected.New(connected.Options{Admin: p.admin, Node: "a", Consumer: &connected.Consumer{Key: "key", Secret: scan.NewSecret("canary-consumer")}})
	require.NoError(t, x.set.Reload(t.Context()))
	x.control = access.New(p.store.Accounts, p.store.Audit, access.Options{Log: p.admin.Log, Rights: x.set.Rights(access.OwnRights{Roles: p.store.Accounts}), Rate: -1, Sleep: func(context.Context, time.Duration) error { return nil }})
	return x, cloud
}

// arrive signs in by the flow. change may spoil what comes back.
func (x *people) arrive(cloud *scriptedCloud, change func(a *access.Attempt, q url.Values)) (*access.Caller, error) {
	x.t.Helper()
	ways := x.set.Ways()
	require.Len(x.t, ways, 1)
	a := &access.Attempt{State: "state", Nonce: "nonce", Verifier: strings.Repeat("v", 43)}
	address, err := ways[0].Begin(x.t.Context(), cloudCallback, a)
	require.NoError(x.t, err)
	q := cloud.authorize(address)
	if change != nil {
		change(a, q)
	}
	person, err := ways[0].Finish(x.t.Context(), cloudCallback, a, q)
	if err != nil {
		return nil, err
	}
	return x.control.Arrive(x.t.Context(), &ways[0], person, "192.0.2.1")
}

// TestPeopleOfCloudSeeHereWhatTheySeeThere: the whole flow with PKCE, the rights by the list of the workspace, asked again by
// the refresh token, and gone with the membership.
func TestPeopleOfCloudSeeHereWhatTheySeeThere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		x, cloud := newCloudPeople(t, p)
		ada, err := x.arrive(cloud, nil)
		require.NoError(t, err)
		require.LessOrEqual(t, cloud.requests, 5, "a bounded number of questions")
		require.Equal(t, "PAY/api PAY/web", x.sees(ada))
		require.Equal(t, []accounts.Role{accounts.RoleRead, accounts.RoleWrite, accounts.RoleNone}, []accounts.Role{ada.Grants.Role("PAY", "api"), ada.Grants.Role("PAY", "web"), ada.Grants.Role("PAY", "")})
		for name, change := range map[string]func(a *access.Attempt, q url.Values){
			"no code": func(_ *access.Attempt, q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, "a foreign code": func(_ *access.Attempt, q url.Values) { q.Set("code", "code-of-another") },
			"another verifier": func(a *access.Attempt, _ url.Values) { a.Verifier = strings.Repeat("w", 43) },
		} {
			_, err := x.arrive(cloud, change)
			require.ErrorAs(t, err, new(*access.NotAdmittedError), name)
			require.NotContains(t, err.Error(), "canary")
		}
		// A new nickname is the same person; the old nickname is not.
		cloud.user = "ada.l"
		same, err := x.arrive(cloud, nil)
		require.NoError(t, err)
		require.Equal(t, ada.Account.ID, same.Account.ID)

		// Asked again by the refresh token, which changes each time.
		for range 2 {
			cloud.may = map[string]string{"{3}": "write"}
			x.later(6 * time.Minute)
			ada, err = x.again(ada)
			require.NoError(t, err)
			require.Equal(t, "PAY/tool", x.sees(ada))
		}
		cloud.away = http.StatusServiceUnavailable
		x.later(6 * time.Minute)
		ada, err = x.again(ada)
		require.NoError(t, err)
		require.Equal(t, "PAY/tool", x.sees(ada))
		_, err = x.arrive(cloud, nil)
		require.ErrorAs(t, err, new(*access.UnavailableError))
		x.later(16 * time.Minute)
		_, err = x.again(ada)
		require.ErrorAs(t, err, new(*access.StaleError))
		cloud.away, cloud.closed = 0, true
		x.later(0)
		_, err = x.again(ada)
		var stale *access.StaleError
		require.ErrorAs(t, err, &stale)
		require.Contains(t, stale.Problem, "not open to the user")
		_, err = x.arrive(cloud, nil)
		require.ErrorAs(t, err, new(*access.NotAdmittedError))

		// Somebody else gets the freed nickname, and nothing of the rights.
		cloud.closed, cloud.id, cloud.user, cloud.may = false, "557058:other", "ada", nil
		other, err := x.arrive(cloud, nil)
		require.NoError(t, err)
		require.NotEqual(t, ada.Account.ID, other.Account.ID)
		require.Empty(t, x.sees(other))
		// A revoked consent ends everything at once.
		cloud.refresh = ""
		x.later(6 * time.Minute)
		_, err = x.again(other)
		require.ErrorAs(t, err, &stale)
		require.Contains(t, stale.Problem, "does not work any longer")
		require.NotContains(t, x.log.String(), "canary")
		list, err := p.store.Rights.Of(t.Context(), other.Account.ID)
		require.NoError(t, err)
		require.Empty(t, list[0].Token)
	})
}
