package server_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/server"
)

const hookPath = "/settings/hooks/com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"

func TestHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	repository, project := "/rest/api/latest/projects/PAY/repos/api"+hookPath, "/rest/api/latest/projects/PAY"+hookPath
	// state is what the hook's own API and the route for the hook return.
	state := func() string {
		hook := s.call("padmin", http.MethodGet, repository).json(t)
		e := s.call("writer", http.MethodGet, "/hook/projects/PAY/repos/api").json(t)
		require.Equal(t, hook["enabled"], e["enabled"])
		require.Equal(t, hook["settings"].(map[string]any)["warnOnVulnerabilities"], e["mode"] == "warn")
		return fmt.Sprintf("configured %v, enabled %v, warn %v by %v", hook["configured"], e["enabled"], e["mode"] == "warn", e["source"])
	}
	require.Equal(t, "configured false, enabled false, warn false by NONE", state())
	put := func(path, body string) answer { return s.call("padmin", http.MethodPut, path+"/enabled", body) }
	a := put(repository, `{"warnOnVulnerabilities":false}`)
	require.Equal(t, []any{http.StatusOK, true}, []any{a.status, a.json(t)["enabled"]})
	require.Equal(t, "configured true, enabled true, warn false by REPOSITORY", state())
	put(repository, `{"warnOnVulnerabilities":true,"odd":1}`)
	require.Equal(t, "configured true, enabled true, warn true by REPOSITORY", state())
	require.Equal(t, http.StatusOK, s.call("padmin", http.MethodPut, repository+"/enabled").status)
	require.Equal(t, "configured true, enabled true, warn true by REPOSITORY", state(), "without a body the mode stays")
	put(project, `{"warnOnVulnerabilities":false}`)
	a = s.call("padmin", http.MethodDelete, repository+"/enabled")
	require.Equal(t, []any{http.StatusOK, false}, []any{a.status, a.json(t)["enabled"]})
	require.Equal(t, "configured true, enabled false, warn false by REPOSITORY", state())
	a = s.call("padmin", http.MethodDelete, repository)
	require.Equal(t, []any{http.StatusNoContent, ""}, []any{a.status, a.text})
	require.Equal(t, "configured false, enabled true, warn false by PROJECT", state())
	require.Equal(t, true, s.call("padmin", http.MethodGet, project+"/enabled").json(t)["enabled"])
	require.Equal(t, http.StatusOK, s.call("padmin", http.MethodDelete, project+"/enabled").status)
	require.Equal(t, "configured false, enabled false, warn false by PROJECT", state())
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPut, "/settings", `{"hookPosition":"ALWAYS","hookWarnOnVulnerabilities":true}`).status)
	require.Equal(t, "configured false, enabled true, warn true by GLOBAL", state())
	for _, body := range []string{`{"warnOnVulnerabilities":"x"}`, `[]`, `{`} {
		require.Equal(t, http.StatusBadRequest, put(repository, body).status)
	}
	for as, status := range map[string]int{"writer": http.StatusForbidden, "grantee": http.StatusForbidden, "nobody": http.StatusNotFound, "": http.StatusUnauthorized} {
		require.Equal(t, status, s.call(as, http.MethodPut, repository+"/enabled", `{}`).status, as)
	}
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, "/hook/projects/PAY/repos/web").status)

	// Rules that only warn.
	s.call("admin", http.MethodPost, "/rules", `{"name":"mild","regexp":"mild_[0-9]+","enabled":true,"blocking":false}`)
	mild := s.call("writer", http.MethodGet, "/hook/projects/PAY/repos/api").json(t)["rules"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"MILD", false}, []any{mild["ruleName"], mild["blocking"]})
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) {
		o.Level = &loglevel.Override{}
		o.Log = slog.New(o.Level.Handler(slog.NewTextHandler(io.Discard, nil)))
	})
	require.Equal(t, map[string]any{"logLevelOverride": nil, "effective": "INFO"}, s.call("grantee", http.MethodGet, "/loglevel").json(t))
	for _, level := range []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR"} {
		a := s.call("admin", http.MethodPut, "/loglevel?logLevelOverride="+level)
		require.Equal(t, map[string]any{"logLevelOverride": level, "effective": level}, a.json(t))
		require.Equal(t, a.text, s.call("admin", http.MethodGet, "/loglevel").text)
	}
	for _, bad := range []string{"", "?logLevelOverride=LOUD", "?level=DEBUG"} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/loglevel"+bad).status)
	}
	require.Nil(t, s.call("admin", http.MethodDelete, "/loglevel").json(t)["logLevelOverride"])
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodGet, "/loglevel").status)

	// Another node applies it.
	s.call("admin", http.MethodPut, "/loglevel?logLevelOverride=DEBUG")
	override := &loglevel.Override{}
	var log bytes.Buffer
	logger := slog.New(override.Handler(slog.NewTextHandler(&log, nil))).With("node", "b")
	other := mustServe(t, s.store, server.Options{Log: logger, Level: override})
	logger.Debug("before")
	require.NoError(t, other.SyncLogLevel(t.Context()))
	logger.Debug("scanned", "files", 3)
	logger.Log(t.Context(), slog.LevelDebug-4, "too low")
	require.Contains(t, log.String(), `level=WARN msg=scanned node=b files=3`)
	require.NotContains(t, log.String(), "before")
	require.NotContains(t, log.String(), "too low")
	override.Set("ERROR")
	log.Reset()
	logger.Warn("dropped")
	logger.Error("kept")
	require.NotContains(t, log.String(), "dropped")
	require.Contains(t, log.String(), "kept")
	override.Set("WARN")
	logger.Info("as always")
	require.Contains(t, log.String(), "level=INFO msg=\"as always\"")
}

func TestParallelScans(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, map[string]any{"value": 2.0, "effective": 2.0}, s.call("grantee", http.MethodGet, "/settings/parallel-scans").json(t))
	require.Equal(t, 4.0, s.call("admin", http.MethodPut, "/settings/parallel-scans?value=4").json(t)["effective"])
	n, err := s.store.Settings.Slots(t.Context())
	require.NoError(t, err)
	require.Equal(t, 4, n)
	a := s.call("admin", http.MethodPut, "/settings/parallel-scans?value=0").json(t)
	require.Zero(t, a["value"])
	require.Positive(t, a["effective"])
	for _, bad := range []string{"", "?value=-1", "?value=x", "?value=257"} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/settings/parallel-scans"+bad).status)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := newService(t)
	defaults := map[string]any{
		"clusterParallelScans": 0.0, "hookBypass": true, "hookPosition": "EXPLICIT_ONLY", "hookWarnOnVulnerabilities": false, "includePlaintextInExports": false, "mailDomains": []any{}, "parallelScans": 2.0,
		"repositoryRules": false, "codeFloor": "LOW", "dependencyFloor": "LOW", "rollupBranches": []any{"main", "master", "develop", "release/**"}, "rollupScope": "ALL", "scanOnPullRequest": false, "scanOnPush": false,
		"keepAuditDays": 400.0, "keepFindingDays": 400.0, "keepMailDays": 30.0, "keepRemovedDays": 30.0, "keepResultDays": 30.0, "keepResults": 5.0, "keepScanDays": 400.0, "keepTrendDays": 400.0,
		"suspiciousMinutes": 60.0, "suspiciousShare": 10.0,
	}
	require.Equal(t, defaults, s.call("grantee", http.MethodGet, "/settings").json(t))
	a := s.call("admin", http.MethodPut, "/settings", `{"parallelScans":"4","hookPosition":"NEVER","mailDomains":["a b"],"includePlaintextInExports":null,"rules.hash":"x","seal.check":"x","repositoryRules":true}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Len(t, a.json(t)["errors"], 6, "all problems at once: "+a.text)
	require.Equal(t, defaults, s.call("admin", http.MethodGet, "/settings").json(t), "nothing was set")
	a = s.call("admin", http.MethodPut, "/settings", `{"parallelScans":4,"mailDomains":["example.com","example.org"],"includePlaintextInExports":true}`)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Equal(t, []any{4.0, []any{"example.com", "example.org"}, true}, []any{a.json(t)["parallelScans"], a.json(t)["mailDomains"], a.json(t)["includePlaintextInExports"]})
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodGet, "/settings").status)
	require.Equal(t, http.StatusForbidden, s.call("writer", http.MethodPut, "/settings", `{}`).status)
}

func TestAuditOfEveryChange(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.call("writer", http.MethodPost, linesPath+"/create?odd=canary", `{"matchText":"canary"}`)
	s.call("reader", http.MethodPost, linesPath+"/create", `{"matchText":"canary"}`)
	s.call("padmin", http.MethodDelete, "/rest/api/latest/projects/PAY"+hookPath+"/enabled")
	s.call("grantee", http.MethodDelete, "/rest/security/1.0/hardcoded/RSA")
	s.call("admin", http.MethodPut, "/settings/parallel-scans?value=3")
	s.call("admin", http.MethodPut, "/settings/parallel-scans?value=x")
	s.call("admin", http.MethodGet, "/settings")
	a := s.call("grantee", http.MethodGet, "/audit")
	var entries []string
	for _, v := range a.json(t)["values"].([]any) {
		e := v.(map[string]any)
		require.Regexp(t, `^20..-..-..T.*Z$`, e["date"])
		entries = append(entries, fmt.Sprint(e["actor"], ": ", e["action"], " | ", e["object"], " | ", e["detail"]))
	}
	require.Equal(t, []string{
		"admin: PUT /settings/parallel-scans |  | value=3",
		"grantee: DELETE /hardcoded/{ruleName} | RSA | RSA_PRIVATE_KEY",
		"padmin: DELETE /rest/api/latest/projects/{projectKey}" + hookPath + "/enabled | PAY | ",
		"reader: refused: POST /review-lines/projects/{projectKey}/repos/{repoSlug}/create | PAY/api | ",
		"writer: POST /review-lines/projects/{projectKey}/repos/{repoSlug}/create | PAY/api | created 1",
	}, entries, "what was changed or refused, the newest first, and nothing else")
	require.Equal(t, false, s.call("admin", http.MethodGet, "/audit?limit=1").json(t)["isLastPage"])
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodGet, "/audit").status)
}

// The audit log can be searched, records each kind of refusal once, and proves that nobody has changed it.
func TestAudit(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, func(o *server.Options) { o.Now = func() time.Time { return now } })
	s.list("PAY", "api: main=1")
	for range 3 {
		s.call("reader", http.MethodPost, linesPath+"/create", `{"matchText":"canary"}`)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/queue", nil)
		require.NoError(t, err)
		request.SetBasicAuth("Writer", "canary-password")
		require.Equal(t, http.StatusUnauthorized, s.do(request).status)
		request.SetBasicAuth("canary-name", "canary-password")
		require.Equal(t, http.StatusUnauthorized, s.do(request).status)
	}
	s.call("admin", http.MethodPut, "/settings/parallel-scans?value=3")
	entries := func(query string) (list []string) {
		t.Helper()
		a := s.call("grantee", http.MethodGet, "/audit"+query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.NotContains(t, a.text, "canary")
		for _, v := range a.json(t)["values"].([]any) {
			e := v.(map[string]any)
			list = append(list, fmt.Sprint(e["number"], " ", e["actor"], ": ", e["action"]))
		}
		return list
	}
	all := []string{"3 admin: PUT /settings/parallel-scans", "2 writer: sign-in.failed", "1 reader: refused: POST /review-lines/projects/{projectKey}/repos/{repoSlug}/create"}
	require.Equal(t, all, entries(""))
	require.Equal(t, all[1:2], entries("?actor=WRITER"))
	require.Equal(t, all[:1], entries("?action=parallel&startDate=2020-01-01"))
	require.Equal(t, all[2:], entries("?object=pay/api"))
	require.Empty(t, entries("?endDate=2020-01-01"))
	require.Equal(t, http.StatusBadRequest, s.call("grantee", http.MethodGet, "/audit?startDate=x").status)
	now = now.Add(time.Minute)
	s.call("reader", http.MethodPost, linesPath+"/create", `{"matchText":"canary"}`)
	require.Len(t, entries(""), 4)
	check := s.call("grantee", http.MethodGet, "/audit/check").json(t)
	require.Equal(t, []any{4.0, true, nil, 4.0}, []any{check["entries"], check["intact"], check["brokenAt"], check["headNumber"]})
}

// TestWithoutAMasterKey: everything except reviewing works.
func TestWithoutAMasterKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	listener := httptest.NewServer(mustServe(t, s.store, server.Options{Log: slog.New(slog.DiscardHandler)}).Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/rules").status)
	a := s.call("admin", http.MethodGet, "/export/reviewed")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Contains(t, a.text, "master key")
	require.NotEmpty(t, s.call("admin", http.MethodPut, "/loglevel?logLevelOverride=DEBUG").json(t)["logLevelOverride"])
}
