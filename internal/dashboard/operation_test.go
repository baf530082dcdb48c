package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// failMail makes a mail that was given up, and one that waits.
func (s *service) failMail(scope, why string) (batch string) {
	s.t.Helper()
	done, err := s.store.Queue.Enqueue(s.t.Context(), queue.Request{Scope: queue.Scope{ProjectID: -1}, Name: scope, Mail: []string{"a@example.com", "b@example.com"}})
	require.NoError(s.t, err)
	m, err := s.store.Mails.Take(s.t.Context(), true)
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Mails.Fail(s.t.Context(), m, why))
	return db.Key(done.Batch)
}

// TestHookOfEachPlace: what applies, whose setting that is, and each change as the API sees it.
func TestHookOfEachPlace(t *testing.T) {
	t.Parallel()
	databases(t, testHookOfEachPlace)
}

func testHookOfEachPlace(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("padmin")
	require.Contains(t, b.get("/projects/PAY").text, `href="/projects/PAY/hook"`)
	require.Contains(t, b.get("/projects/PAY/repos/api").text, `href="/projects/PAY/repos/api/hook"`)
	require.NotContains(t, s.browser("writer").get("/projects/PAY/repos/api").text, "/hook")
	require.Contains(t, b.get("/projects/PAY/repos/api/hook").text, "Nobody has switched it on.")
	set := func(path, mode string) string {
		t.Helper()
		return b.followed(b.post(path+"/hook", url.Values{"hook": {mode}})).text
	}
	text := set("/projects/PAY", "warn")
	require.Contains(t, text, "The hook warns of secrets and lets pushes pass.")
	require.Contains(t, text, `value="warn" checked`)
	text = b.get("/projects/PAY/repos/api/hook").text
	require.Contains(t, text, "<b>Warns: pushes with secrets pass.</b> The project says so.")
	require.Contains(t, text, `value="inherit" checked`)
	require.Contains(t, set("/projects/PAY/repos/api", "off"), "<b>Off: pushes are not checked.</b> The repository says so.")
	require.Contains(t, set("/projects/PAY/repos/web", "refuse"), "<b>Refuses pushes with secrets.</b> The repository says so.")
	require.Equal(t, http.StatusBadRequest, b.post("/projects/PAY/hook", url.Values{"hook": {"sometimes"}}).status)
	admin := s.browser("admin")
	text = admin.get("/settings/hook").text
	for _, words := range []string{`href="/projects/PAY/hook">PAY</a>`, `href="/projects/PAY/repos/api/hook">PAY/api</a>`, "Off: pushes are not checked", "Where pushes are checked"} {
		require.Contains(t, text, words)
	}
	require.Equal(t, "/projects/PAY/repos/web/hook", admin.get("/settings/hook?place=pay/WEB").header.Get("Location"))
	require.Contains(t, admin.get("/settings/hook?place=PAY/none").text, "There is no project or repository PAY/none")
	text = s.browser("grantee").get("/settings/hook").text
	require.Contains(t, text, "PAY/api</th>", "a grantee sees the places that the account may read, and changes none")
	require.NotContains(t, text, "PAY/web")
	require.Contains(t, set("/projects/PAY/repos/web", "inherit"), "The hook inherits its setting again.")
	a := admin.followed(admin.post("/settings/hook", url.Values{"was:hookPosition": {"EXPLICIT_ONLY"}, "hookPosition": {"ALWAYS"}}))
	require.Contains(t, a.text, "The settings are saved.")
	require.Contains(t, b.get("/projects/PAY/repos/api/hook").text, "The whole instance says so.", "nobody below can switch it off")
	require.Contains(t, s.browser("admin").get("/projects/~jdoe/hook").text, "Its repositories inherit nothing from it")

	// The API would have written the same.
	want := "PUT /rest/api/latest/projects/{projectKey}/repos/{repoSlug}/settings/hooks/com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook/enabled"
	require.Contains(t, strings.Join(s.audited(), "\n"), "padmin "+want+" PAY/web")
	require.Equal(t, http.StatusOK, s.browser("").do(http.MethodPut, strings.NewReplacer("PUT ", "", "{projectKey}", "PAY", "{repoSlug}", "web").Replace(want), nil, func(r *http.Request) { r.SetBasicAuth("padmin", testdashboard.Password("padmin")) }).status)
	require.Contains(t, s.audited()[0], "padmin "+want+" PAY/web")
}

// TestSchedulesOnAPage: next times before and after saving, and what is wrong at its field.
func TestSchedulesOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testSchedulesOnAPage)
}

func testSchedulesOnAPage(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("grantee")
	require.Contains(t, b.get("/settings/schedule").text, "Nothing is scanned on a schedule.")
	a := b.post("/settings/schedule", url.Values{"scope": {"NONE"}, "cron": {"every day"}, "mode": {"twice"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"is not a cron expression of five fields", "it must be rescan or outdated", "there is no project NONE", `value="every day"`} {
		require.Contains(t, a.text, words)
	}
	require.Contains(t, b.post("/settings/schedule", url.Values{"scope": {"SHOP"}, "cron": {"@daily"}}).text, "there is no project SHOP", "which a grantee may not read")
	a = b.post("/settings/schedule", url.Values{"do": {"show"}, "cron": {"30 4 1 1 *"}})
	require.Contains(t, a.text, "-01-01 04:30 UTC</li>")
	require.Contains(t, a.text, "Nothing is scanned on a schedule.", "it only shows")
	require.Contains(t, b.post("/settings/schedule", url.Values{"do": {"show"}, "cron": {"0 3 30 2 *"}}).text, "it would never run")
	a = b.followed(b.post("/settings/schedule", url.Values{"scope": {"pay/API"}, "cron": {" 30 4 1 1 * "}, "mode": {"rescan"}}))
	for _, words := range []string{"The schedule is saved.", "<code>30 4 1 1 *</code>", `<th scope="row">PAY/api</th>`, "Rescan all", "-01-01 04:30 UTC", "never"} {
		require.Contains(t, a.text, words)
	}
	_, list := s.rest("admin", "/schedules")
	require.Equal(t, "PAY/api", list["values"].([]any)[0].(map[string]any)["scope"])
	ran, err := s.store.Queue.RunSchedules(t.Context(), time.Now().AddDate(2, 0, 0))
	require.NoError(t, err)
	require.Equal(t, 1, ran)
	require.Contains(t, b.get("/settings/schedule").text, `data-name="Last run"><time`)
	admin := s.browser("admin")
	require.Equal(t, http.StatusSeeOther, admin.post("/settings/schedule", url.Values{"scope": {"instance"}, "cron": {"@weekly"}}).status)
	require.NotContains(t, b.followed(b.post("/settings/schedule/remove", url.Values{"scope": {"PAY/api"}})).text, "PAY/api</th>")
	require.Equal(t, http.StatusBadRequest, b.post("/settings/schedule/remove", url.Values{"scope": {"a b"}}).status)
	require.Contains(t, strings.Join(s.audited(), "\n"), "grantee PUT /schedules  cron=30 4 1 1 * scope=PAY/api")
}

// TestMailsOnAPage: what could not be delivered, sent again or dropped; a test; and who may see none of it.
func TestMailsOnAPage(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil, func(o *testdashboard.Options) { o.Mail = testdashboard.Postman{} })
	batch := s.failMail("Payments", "550 no such user")
	b := s.browser("admin")
	text := b.get("/settings/notifications").text
	for _, words := range []string{"a@example.com", "given up", "550 no such user", "b@example.com", "waits", "Payments", "Domains that mail may go to"} {
		require.Contains(t, text, words)
	}
	grantee := s.browser("grantee").get("/settings/notifications").text
	require.Contains(t, grantee, "Domains that mail may go to")
	require.NotContains(t, grantee, "a@example.com")
	a := b.followed(b.post("/settings/notifications/retry", url.Values{"batch": {batch}, "address": {"a@example.com"}}))
	require.Contains(t, a.text, "sent again")
	require.NotContains(t, a.text, "given up</span>")
	a = b.followed(b.post("/settings/notifications/drop", url.Values{"batch": {batch}, "address": {"a@example.com"}}))
	require.NotContains(t, a.text, `<th scope="row">a@example.com</th>`)
	require.Contains(t, a.text, `<th scope="row">b@example.com</th>`)
	require.Contains(t, b.followed(b.post("/settings/notifications/drop", url.Values{"batch": {batch}, "address": {"a@example.com"}})).text, "no such undelivered mail")
	require.Contains(t, b.post("/settings/notifications/test", url.Values{"email": {"admin@example.com"}}).text, "A mail went to admin@example.com.")
	for to, says := range map[string]string{"x@example.com": "550 not this one", "": "not a plain address", "a@b\r\nBcc: c@d": "not a plain address"} {
		a := b.post("/settings/notifications/test", url.Values{"email": {to}})
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.text, says)
	}
	require.Equal(t, http.StatusSeeOther, b.post("/settings/notifications", url.Values{"mailDomains": {"Example.org, example.net"}}).status)
	require.Contains(t, b.post("/settings/notifications/test", url.Values{"email": {"admin@example.com"}}).text, "mail may go to example.org, example.net only")
	require.Contains(t, newService(t, "", nil).browser("admin").get("/settings/notifications").text, "This server sends no mail.")
}

// TestConnectionsOnAPage: their state, what was held back, and a person who says that it is gone.
func TestConnectionsOnAPage(t *testing.T) {
	t.Parallel()
	f := &testdashboard.Sources{List: []connection.Live{{ID: "directory", Type: "DIRECTORY", Name: "/git", Synced: time.Now()}, {ID: "other", Type: "DIRECTORY", Name: "/more", Problem: "the folder cannot be read", Syncing: true, Skipped: []connection.Skipped{{Name: "PAY/link", Reason: "a link"}}}}}
	s := newService(t, "", testdashboard.Projects, func(o *testdashboard.Options) { o.Connections = f })
	from, err := s.store.Connections.Ensure(t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(t, err)
	f.List[0].Key = from.ID
	b := s.browser("admin")
	text := b.get("/settings/connections").text
	for _, words := range []string{"/git", "Active</span>", "Failing</span>", "the folder cannot be read", "1 place skipped", "PAY/link", "a link", "syncing</span>"} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "held back")
	sync := s.store.Catalog.Sync(from.ID)
	missing, err := sync.Missing(t.Context(), nil, true)
	require.NoError(t, err)
	_, err = sync.Hold(t.Context(), missing)
	require.NoError(t, err)
	text = b.get("/settings/connections").text
	require.Contains(t, text, "Suspicious</span>")
	require.Contains(t, text, "PAY/api")
	require.Contains(t, text, "Confirm that they are gone")
	a := b.followed(b.post("/settings/connections/confirm", url.Values{"connection": {"directory"}}))
	require.Contains(t, a.text, "confirmed as gone")
	require.Contains(t, a.text, "the next listing removes it")
	require.NotContains(t, a.text, "Confirm that they are gone")
	require.Equal(t, http.StatusSeeOther, b.post("/settings/connections/sync", url.Values{"connection": {"other"}}).status)
	require.Equal(t, []string{"directory", "other"}, f.Asked)
	require.Equal(t, http.StatusBadRequest, b.post("/settings/connections/sync", url.Values{"connection": {"none"}}).status)
	require.Contains(t, newService(t, "", nil).browser("admin").get("/settings/connections").text, "There are no connections yet.")
}

// TestLogLevelOnAPage: every node has what a person chooses.
func TestLogLevelOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testLogLevelOnAPage)
}

func testLogLevelOnAPage(t *testing.T, address string) {
	s := newServiceOn(t, address, "", nil)
	b := s.browser("grantee")
	require.Contains(t, b.get("/settings/logging").text, "There is no override.")
	require.Contains(t, b.followed(b.post("/settings/logging", url.Values{"level": {"debug"}})).text, "An override is set: <b>DEBUG</b>.")
	_, state := s.rest("admin", "/loglevel")
	require.Equal(t, "DEBUG", state["logLevelOverride"])
	a := b.post("/settings/logging", url.Values{"level": {"LOUD"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "it must be one of TRACE, DEBUG, INFO, WARN, ERROR")
	require.Contains(t, b.followed(b.post("/settings/logging", nil)).text, "There is no override.")
	log := strings.Join(s.audited(), "\n")
	require.Contains(t, log, "grantee PUT /loglevel  logLevelOverride=DEBUG")
	require.Contains(t, log, "grantee DELETE /loglevel")
}
