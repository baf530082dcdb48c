package dashboard_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/sessions"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

var everything = &scope.Visible{All: true}

// TestHostileNamesBreakOutOfNothing: names of projects, repositories and branches, and what the address says.
func TestHostileNamesBreakOutOfNothing(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{`"><script>alert(1)</script>`, `'onmouseover='alert(1)`, `</title></svg><img/src=x/onerror=alert(1)>`, `{{.Body}}`, "javascript:alert(1)", "\u202egnp.exe", `" autofocus onfocus="alert(1)`} {
		s := newService(t, "", []testdashboard.Project{{Key: "PAY", Name: evil, Repositories: []testdashboard.Repository{
			{Slug: "api", Name: evil, Branches: []string{strings.ReplaceAll(evil, "=", "~") + "=vulnerable", "main=error"}},
		}}}, func(o *testdashboard.Options) {
			o.Mail = testdashboard.Postman{}
			o.Connections = &testdashboard.Sources{List: []connection.Live{{ID: evil, Type: evil, Name: evil, Problem: evil, Skipped: []connection.Skipped{{Name: evil, Reason: evil}}}}}
		})
		s.addHostile(evil)
		admin, nobody := s.browser("admin"), s.browser("")
		q := "?name=" + url.QueryEscape(evil) + "&place=" + url.QueryEscape(evil) + "&status=" + url.QueryEscape(evil) + "&back=" + url.QueryEscape(evil) + "&next=" + url.QueryEscape(evil)
		for _, p := range append(slices.Clone(testdashboard.Pages), testdashboard.Page{As: "admin", Path: "/projects/" + url.PathEscape(evil)}) {
			path, _, _ := strings.Cut(s.sample.Replace(p.Path), "?")
			b := admin
			if p.As == "" {
				b = nobody
			}
			for _, query := range []string{"", q} {
				a := b.get(path + query)
				require.Contains(t, []int{http.StatusOK, http.StatusNotFound}, a.status, path)
				for _, broken := range []string{"<script", "<img/src", "onmouseover='", `onfocus="`, `href="javascript:`} {
					require.NotContains(t, s.withoutOwnScript(a.text), broken, path+query)
				}
			}
		}
		for path, form := range map[string]url.Values{
			"/settings/general": {"parallelScans": {evil}, "was:parallelScans": {evil}}, "/settings/access/accounts": {"user": {evil}, "email": {evil}, "password": {evil}},
			"/settings/access/groups": {"group": {evil}, "members": {evil}}, "/settings/access/roles": {"who": {evil}, "scope": {evil}, "role": {evil}, "kind": {evil}},
			"/settings/hook": {"hookPosition": {evil}}, "/settings/schedule": {"scope": {evil}, "cron": {evil}, "mode": {evil}}, "/settings/notifications": {"mailDomains": {evil}}, "/settings/notifications/test": {"email": {evil}}, "/settings/notifications/channels": {"name": {evil}, "kind": {evil}, "target": {evil}, "scope": {evil}, "news": {evil}}, "/projects/PAY/scanning": {"scanOnPush": {evil}}, "/settings/logging": {"level": {evil}}, "/settings/forge": {"code": {evil}}, "/settings/forge/confirm": {"installation": {evil}, "connection": {evil}}, "/settings/connections/new": {"id": {evil}, "url": {evil}, "include": {evil}, "exclude": {evil}, "user": {evil}, "every": {evil}, "calls": {evil}, "authorities": {evil}}, "/settings/connections/bitbucket/save": {"url": {evil}, "include": {evil}, "user": {evil}},
			"/profile/tokens": {"name": {evil}, "scope": {evil}, "days": {evil}}, "/profile/password": {"current": {evil}, "password": {evil}, "again": {evil}},
			"/rules/new": {"name": {evil}, "regexp": {evil}}, "/rules/own/1": {"regexp": {evil}, "do": {"test"}, "path": {evil}, "sample": {evil + "\n" + evil}}, "/rules/test": {"path": {evil}, "sample": {evil + " = pass" + "word " + evil}},
		} {
			a := admin.post(path, form)
			require.Less(t, a.status, 500, path)
			for _, broken := range []string{"<script", "<img/src", "onmouseover='", `onfocus="`, `href="javascript:`} {
				require.NotContains(t, s.withoutOwnScript(a.text), broken, path)
			}
		}
		busy := newService(t, "", nil, (*testdashboard.Options).Throttle).browser("reader")
		busy.get("/projects")
		for _, path := range []string{"/projects" + q, "/projects/" + url.PathEscape(evil), "//evil.example/projects"} {
			a := busy.get(path)
			require.Contains(t, []int{http.StatusTooManyRequests, http.StatusTemporaryRedirect}, a.status, path)
			for _, broken := range []string{"<script", "<img/src", "onmouseover='", `onfocus="`, `href="javascript:`, `href="//`} {
				require.NotContains(t, strings.Replace(a.text, `<script src="/assets/script-`, "", 1), broken, path)
			}
		}
		a := s.browser("").post("/sign-in", url.Values{"name": {evil}, "password": {evil}, "next": {evil}})
		require.NotContains(t, s.withoutOwnScript(a.text), "<script")
		require.NotContains(t, a.text, `onfocus="`)
	}
}

// addHostile makes what people name as they like: a token. The store takes what the pages would refuse.
func (s *service) addHostile(evil string) {
	s.t.Helper()
	admin, err := s.store.Accounts.Get(s.t.Context(), "admin")
	require.NoError(s.t, err)
	admin.Email = evil
	require.NoError(s.t, s.store.Accounts.Change(s.t.Context(), admin))
	_, err = s.store.Accounts.AddToken(s.t.Context(), &accounts.Token{AccountID: admin.ID, Name: evil, Scopes: []string{evil}}, evil)
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Accounts.Grant(s.t.Context(), admin.ID, evil, accounts.RoleRead))
	require.NoError(s.t, s.store.Accounts.SetGroup(s.t.Context(), evil, []string{"admin"}))
	require.NoError(s.t, s.store.Accounts.GrantGroup(s.t.Context(), evil, evil, accounts.RoleRead))
	require.NoError(s.t, s.store.Settings.SetHook(s.t.Context(), evil, true, nil))
	require.NoError(s.t, s.store.Queue.SetSchedule(s.t.Context(), &queue.Schedule{Scope: evil, Cron: "@daily"}, time.Now()))
	s.failMail(evil, evil)
	_, err = s.store.Mails.AddChannel(s.t.Context(), &mails.Channel{Name: evil, Kind: evil, Scope: evil, News: evil, Target: evil, Enabled: true}, func(text, _ string) string { return text })
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Sessions.Start(s.t.Context(), &sessions.Fresh{Account: admin.ID, Text: evil, Agent: evil, Address: evil}, sessions.Limits{Idle: time.Hour, Absolute: time.Hour}))
	require.NoError(s.t, s.store.Audit.Add(s.t.Context(), &audit.Event{Actor: evil, Action: evil, Object: evil, Detail: evil}))
	way, err := json.Marshal([]map[string]any{{"kind": evil, "path": evil, "line": 1, "text": evil}, {"kind": "sink", "path": evil, "text": evil}})
	require.NoError(s.t, err)
	for statement, args := range map[string][]any{
		"update occurrence set flow = $1, path = $2, excerpt = $2, related = $2, allowed = '', archive = '', author = $2, author_email = $2, origin_commit = $2":                               {string(way), evil},
		"update finding set rule_name = $1, title = $1, package = $1, version = $1, fixed_version = $1, advisories = $1, link = $1, comment = $1, reason = $1, assignee = $1, changed_by = $1": {evil},
	} {
		_, err = s.store.Write.ExecContext(s.t.Context(), statement, args...)
		require.NoError(s.t, err)
	}
	_, err = s.store.Policy.AddRule(s.t.Context(), &policy.Rule{Name: evil, DetectorID: evil, Regexp: evil, Enabled: true})
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Policy.FailRule(s.t.Context(), evil, evil))
}

// TestTheAPIAndThePagesShareAnAddress with and without a base path.
func TestTheAPIAndThePagesShareAnAddress(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/sluice"} {
		s := newService(t, base, testdashboard.Projects)
		b := s.browser("admin")
		home := b.get("/")
		require.Equal(t, http.StatusOK, home.status)
		require.Contains(t, home.text, `href="`+base+`/projects/PAY"`)
		for _, start := range strings.Split(home.text, `href="`)[1:] {
			require.True(t, strings.HasPrefix(start, base+"/") || strings.HasPrefix(start, "#"), start[:20])
		}
		require.Equal(t, http.StatusOK, b.get("/projects/").status, "a slash too many")
		require.Contains(t, b.get("/rest").text, "The API as a page")
		require.Equal(t, "application/json; charset=utf-8", b.get("/rest/nothing").header.Get("Content-Type"))
		require.Equal(t, http.StatusOK, b.get("/healthz").status)
		require.Equal(t, http.StatusMethodNotAllowed, b.post("/healthz", nil).status)
		_, style, _ := strings.Cut(home.text, `<link rel="stylesheet" href="`+base)
		style, _, _ = strings.Cut(style, `"`)
		a := b.get(style)
		require.Equal(t, "text/css; charset=utf-8", a.header.Get("Content-Type"))
		require.Contains(t, a.header.Get("Cache-Control"), "immutable")
		require.Equal(t, http.StatusUnauthorized, b.get("/rest/security/latest/status/projects").status, "the API takes no cookie")
	}
}
