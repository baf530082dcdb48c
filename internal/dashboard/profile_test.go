package dashboard_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

var (
	tokenText   = regexp.MustCompile(`slu_[A-Za-z0-9_-]{20,}`)
	hiddenToken = regexp.MustCompile(`name="token" value="([^"]+)"`)
	hiddenEnd   = regexp.MustCompile(`name="session" value="([^"]+)"`)
)

// TestATokenIsShownOnce to the one who made it, works as far as its scopes reach, and is revoked.
func TestATokenIsShownOnce(t *testing.T) {
	t.Parallel()
	databases(t, testATokenIsShownOnce)
}

func testATokenIsShownOnce(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("reader")
	require.Contains(t, b.get("/profile").text, "You have no API tokens.")
	a := b.post("/profile/tokens", url.Values{"name": {" "}, "days": {"-5"}, "scope": {"everything"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"it must have from 1 to 200 bytes", "it must list some of read, scan", "it must be from 1 to 3650"} {
		require.Contains(t, a.text, words)
	}
	require.NotRegexp(t, tokenText, a.text)
	a = b.post("/profile/tokens", url.Values{"name": {"ci <b>"}, "days": {"90"}, "scope": {"export", "read"}})
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Len(t, tokenText.FindAllString(a.text, -1), 1)
	text := tokenText.FindString(a.text)
	page := b.get("/profile").text
	require.NotRegexp(t, tokenText, page)
	require.NotContains(t, page, accounts.HashToken(text))
	require.Contains(t, page, "ci &lt;b&gt;")
	require.Contains(t, page, time.Now().UTC().AddDate(0, 0, 90).Format(time.DateOnly))
	call := func(method, path string) int {
		return s.browser("").do(method, path, nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }).status
	}
	require.Equal(t, http.StatusOK, call(http.MethodGet, "/rest/security/latest/status/projects"))
	require.Equal(t, http.StatusForbidden, call(http.MethodPut, "/rest/security/latest/status/projects/PAY"))
	require.NotContains(t, b.get("/profile").text, `data-name="Last used"><span class="unknown">never`, "a use is noted")
	id := hiddenToken.FindStringSubmatch(page)[1]
	require.Equal(t, http.StatusSeeOther, s.browser("writer").post("/profile/tokens/revoke", url.Values{"token": {id}}).status)
	require.Equal(t, http.StatusOK, call(http.MethodGet, "/rest/security/latest/status/projects"), "nobody revokes another's here")
	for range 2 {
		require.Contains(t, b.followed(b.post("/profile/tokens/revoke", url.Values{"token": {id}})).text, "The token is revoked.")
	}
	require.Equal(t, http.StatusUnauthorized, call(http.MethodGet, "/rest/security/latest/status/projects"))
	log := strings.Join(s.audited(), "\n")
	require.Contains(t, log, "reader POST /tokens  token "+id+" scopes=export,read")
	require.Contains(t, log, "reader DELETE /tokens/{tokenId} "+id)
	require.NotContains(t, log, text)
}

// TestAPasswordIsChangedByItsOwner, who knows the old one. All sessions end but a new one.
func TestAPasswordIsChangedByItsOwner(t *testing.T) {
	t.Parallel()
	databases(t, testAPasswordIsChangedByItsOwner)
}

func testAPasswordIsChangedByItsOwner(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", testdashboard.Projects)
	b, other := s.browser("writer"), s.browser("writer")
	const fresh = "a-new-password-of-mine"
	old := testdashboard.Password("writer")
	for _, x := range []struct{ current, password, again, says string }{
		{"wrong-password", fresh, fresh, "it is wrong"},
		{old, fresh, fresh + "x", "it differs from the one above"},
		{old, "short", "short", "at least 12 characters"},
		{"slu_something", fresh, fresh, "it is wrong"},
		{"", "", "", "at least 12 characters"},
	} {
		a := b.post("/profile/password", url.Values{"current": {x.current}, "password": {x.password}, "again": {x.again}})
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.text, x.says)
		require.NotContains(t, a.text, fresh)
	}
	require.Equal(t, http.StatusOK, other.get("/profile").status)
	a := b.followed(b.post("/profile/password", url.Values{"current": {old}, "password": {fresh}, "again": {fresh}}))
	require.Contains(t, a.text, "Your password is changed.")
	require.Len(t, strings.Split(a.text, `<th scope="row">Go-http-client`), 2, "one session is left")
	require.Contains(t, other.get("/profile").header.Get("Location"), "/sign-in")
	require.Equal(t, http.StatusUnauthorized, s.browser("").post("/sign-in", url.Values{"name": {"writer"}, "password": {old}}).status)
	require.Equal(t, http.StatusSeeOther, s.browser("").post("/sign-in", url.Values{"name": {"writer"}, "password": {fresh}}).status)
	require.Contains(t, strings.Join(s.audited(), "\n"), "writer password.changed writer")
}

// TestAnAccountWithoutAPasswordChangesNone: it signs in at a provider.
func TestAnAccountWithoutAPasswordChangesNone(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	b := s.browser("reader")
	require.Contains(t, b.get("/profile").text, "/profile/password")
	_, err := s.store.Write.ExecContext(t.Context(), "update account set password = '' where name = 'reader'")
	require.NoError(t, err)
	require.NotContains(t, b.get("/profile").text, "/profile/password")
}

// TestSessionsAreEndedByTheirOwner: one, or all others.
func TestSessionsAreEndedByTheirOwner(t *testing.T) {
	t.Parallel()
	databases(t, testSessionsAreEndedByTheirOwner)
}

func testSessionsAreEndedByTheirOwner(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b, phone, train := s.browser("writer"), s.browser("writer"), s.browser("writer")
	text := b.get("/profile").text
	require.Len(t, hiddenEnd.FindAllString(text, -1), 2)
	require.Contains(t, text, "this one</span>")
	id := hiddenEnd.FindStringSubmatch(text)[1]
	require.Equal(t, http.StatusSeeOther, s.browser("reader").post("/profile/sessions/end", url.Values{"session": {id}}).status)
	require.Equal(t, http.StatusOK, train.get("/projects").status)
	require.Equal(t, http.StatusOK, phone.get("/projects").status, "nobody ends another's")
	require.Contains(t, b.followed(b.post("/profile/sessions/end", url.Values{"session": {id}})).text, "The session has ended.")
	ended := 0
	for _, x := range []*browser{phone, train} {
		if x.get("/projects").status == http.StatusSeeOther {
			ended++
		}
	}
	require.Equal(t, 1, ended)
	require.NotContains(t, b.followed(b.post("/profile/sessions/end-others", nil)).text, "End all other sessions")
	require.Equal(t, http.StatusSeeOther, phone.get("/projects").status)
	require.Equal(t, http.StatusSeeOther, train.get("/projects").status)
	require.Equal(t, http.StatusOK, b.get("/projects").status)
	require.Equal(t, http.StatusBadRequest, b.post("/profile/sessions/end", nil).status)
}

// TestTheAuditLogIsFiltered as the API filters it, page by page.
func TestTheAuditLogIsFiltered(t *testing.T) {
	t.Parallel()
	databases(t, testTheAuditLogIsFiltered)
}

func testTheAuditLogIsFiltered(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("admin")
	for range 30 {
		require.Equal(t, http.StatusSeeOther, b.post("/settings/logging", url.Values{"level": {"DEBUG"}}).status)
		require.Equal(t, http.StatusSeeOther, b.post("/projects/PAY/hook", url.Values{"hook": {"off"}}).status)
	}
	s.browser("grantee")
	shown := regexp.MustCompile(`, number (\d+)"`)
	for _, query := range []string{"", "actor=Grantee", "action=loglevel", "object=pay", "action=loglevel&actor=admin", "startDate=2026-01-01&endDate=2026-01-02", "startDate=2020-01-01", "object=%25", "action=nothing"} {
		for _, as := range []string{"admin", "grantee"} {
			_, list := s.rest(as, "/audit?limit=50&"+query)
			var want, got []string
			for _, v := range list["values"].([]any) {
				want = append(want, decodedNumber(v.(map[string]any)["number"]))
			}
			page := s.browser(as).get("/audit?" + query).text
			for _, m := range shown.FindAllStringSubmatch(page, -1) {
				got = append(got, m[1])
			}
			// Signing in to ask adds entries, which only the newest page shows.
			if query == "" || query == "actor=Grantee" || query == "startDate=2020-01-01" {
				require.NotEmpty(t, got)
				continue
			}
			require.Equal(t, want, got, query)
		}
	}
	page := b.get("/audit?action=hook").text
	require.Contains(t, b.get("/audit").text, `rel="next" href="/audit?page=2"`)
	require.Contains(t, page, "<td data-name=\"On what\">PAY</td>")
	require.Contains(t, b.get("/audit?action=nothing").text, "Nothing here matches.")
	a := b.get("/audit?startDate=yesterday")
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "it is not an ISO 8601 date")
	require.Contains(t, b.get("/audit/check").text, "It is intact.")
	_, err := s.store.Write.ExecContext(t.Context(), "update audit set object = 'SHOP' where seq = 5")
	require.NoError(t, err)
	require.Contains(t, b.get("/audit/check").text, "entry 5 does not follow")
}
