package server_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

const pushPath = "/hook/projects/PAY/repos/api"

// TestAllThatTheHookNeeds: one call returns everything that applies to a repository, including its rules.
func TestAllThatTheHookNeeds(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	all := func() map[string]any {
		a := s.call("reader", http.MethodGet, pushPath)
		require.Equal(t, http.StatusOK, a.status, a.text)
		return a.json(t)
	}
	require.Equal(t, map[string]any{
		"enabled": false, "mode": "block", "source": "NONE", "bypass": true, "rules": []any{}, "disabledRules": []any{}, "repositoryRules": false,
	}, all())
	s.call("padmin", http.MethodPut, "/rest/api/latest/projects/PAY"+hookPath+"/enabled", `{"warnOnVulnerabilities":true}`)
	s.call("admin", http.MethodPost, "/rules", `{"name":"acme key","regexp":"acme_[0-9]{8}"}`)
	s.call("admin", http.MethodPost, "/rules", `{"name":"hint","regexp":"hint_[0-9]{8}","blocking":false}`)
	s.call("admin", http.MethodPost, "/rules", `{"name":"off","regexp":"off_[0-9]{8}","enabled":false}`)
	s.call("admin", http.MethodPost, "/rules", `{"name":"failed","regexp":"failed_[0-9]{8}"}`)
	require.NoError(t, s.store.Policy.FailRule(t.Context(), "FAILED", "too slow"))
	s.call("admin", http.MethodDelete, "/hardcoded/RSA")
	s.call("admin", http.MethodPut, "/settings", `{"repositoryRules":true,"hookBypass":false}`)
	require.Equal(t, map[string]any{
		"enabled": true, "mode": "warn", "source": "PROJECT", "bypass": false, "disabledRules": []any{"RSA_PRIVATE_KEY"}, "repositoryRules": true,
		"rules": []any{
			map[string]any{"ruleName": "ACME_KEY", "name": "acme key", "regexp": "acme_[0-9]{8}", "blocking": true},
			map[string]any{"ruleName": "HINT", "name": "hint", "regexp": "hint_[0-9]{8}", "blocking": false},
			map[string]any{"ruleName": "FAILED", "name": "failed", "regexp": "failed_[0-9]{8}", "blocking": true},
		},
	}, all(), "but for the rules that do not run")
}

// TestATokenForTheHookCanDoNothingElse: its account may read, its scope is scan.
func TestATokenForTheHookCanDoNothingElse(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	account, err := s.store.Accounts.Get(t.Context(), "reader")
	require.NoError(t, err)
	_, err = s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: account.ID, Name: "hook", Scopes: []string{"scan"}}, access.TokenPrefix+"hook")
	require.NoError(t, err)
	var allowed []string
	for _, r := range s.server.TestRoutes() {
		if r.Needs == access.Anyone || strings.HasPrefix(r.Pattern, "/rest/security/1.0/") {
			continue
		}
		status, _ := s.ask(r.Method, concrete(r.Pattern), func(request *http.Request) { request.Header.Set("Authorization", "Bearer "+access.TokenPrefix+"hook") })
		if status != http.StatusForbidden {
			allowed = append(allowed, r.Method+" "+r.Pattern)
		}
	}
	const path = "/rest/security/latest/hook/projects/{projectKey}/repos/{repoSlug}"
	require.ElementsMatch(t, []string{
		"GET " + path, "POST " + path + "/reviewed", "POST " + path + "/events",
		// Scans that the account itself requested, of which there are none.
		"DELETE /rest/security/latest/scan/{projectKey}/repos/{repoSlug}", "DELETE /rest/security/latest/queue/{scanKey}",
	}, allowed)
}

// question asks which texts are reviewed.
func (s *service) question(as string, texts ...string) answer {
	s.t.Helper()
	key := bytes.Repeat([]byte{3}, 32)
	hashes := []string{}
	for _, text := range texts {
		hashes = append(hashes, keyed(key, text))
	}
	body, err := json.Marshal(map[string]any{"key": key, "hashes": hashes})
	require.NoError(s.t, err)
	return s.call(as, http.MethodPost, pushPath+"/reviewed", string(body))
}

func keyed(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// TestReviewedTextsForTheHook: the repository's own and the global reviews count; those of other repositories and
// expired ones do not. The answer says only yes or no for each text.
func TestReviewedTextsForTheHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	everything := &scope.Visible{All: true}
	add := func(slug string, r reviews.NewReview) {
		id := int64(0)
		if slug != "" {
			repository, err := s.store.Catalog.Repository(t.Context(), everything, "PAY", slug)
			require.NoError(t, err)
			id = repository.ID
		}
		_, err := s.store.Reviews.Add(t.Context(), sealKeys, id, "admin", []reviews.NewReview{r})
		require.NoError(t, err)
	}
	add("api", reviews.NewReview{Text: "canary-own"})
	add("", reviews.NewReview{Text: "canary-global"})
	add("web", reviews.NewReview{Text: "canary-other"})
	add("api", reviews.NewReview{Text: "canary-ended", Expires: time.UnixMilli(1_000)})
	add("api", reviews.NewReview{Text: "canary-lasting", Expires: time.UnixMilli(99_999_999_999_999)})
	a := s.question("reader", "canary-own", "canary-global", "canary-other", "canary-ended", "canary-lasting", "canary", "canary-own")
	require.Equal(t, http.StatusOK, a.status, a.text)
	key := bytes.Repeat([]byte{3}, 32)
	require.ElementsMatch(t, []any{keyed(key, "canary-own"), keyed(key, "canary-global"), keyed(key, "canary-lasting")}, a.json(t)["reviewed"])
	require.Empty(t, s.question("reader", "unknown").json(t)["reviewed"])
	for _, text := range []string{"canary-own", "canary-global"} {
		require.NotContains(t, a.text, sealKeys.Hash(text), "the hash under the server's own key stays there")
	}
	require.Equal(t, []any{}, s.call("admin", http.MethodGet, "/audit").json(t)["values"], "a question is no change")

	for body, want := range map[string]string{
		`{"key":"AAAA","hashes":["` + strings.Repeat("a", 64) + `"]}`:                                                      "key: it must be 32 bytes",
		`{"key":"` + base64.StdEncoding.EncodeToString(key) + `","hashes":[]}`:                                             "hashes: there must be 1 to 1000",
		`{"key":"` + base64.StdEncoding.EncodeToString(key) + `","hashes":["canary"]}`:                                     "hashes: each must be 64 hex digits",
		`{"key":"` + base64.StdEncoding.EncodeToString(key) + `","hashes":["` + strings.Repeat(`x","`, 1000) + `canary"]}`: "hashes: there must be 1 to 1000",
		`{"key":7}`: "key must be",
	} {
		a := s.call("reader", http.MethodPost, pushPath+"/reviewed", body)
		require.Equal(t, http.StatusBadRequest, a.status, body)
		require.Contains(t, a.text, want)
		require.NotContains(t, a.text, "canary")
	}
	require.NotContains(t, s.log.String(), "canary")
}

// TestEventsOfTheHook: each action of the hook gets an entry with the reporter and the pusher.
func TestEventsOfTheHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	commit := strings.Repeat("ab", 20)
	report := func(body string) answer { return s.call("reader", http.MethodPost, pushPath+"/events", body) }
	a := report(`{"entries":[
		{"decision":"bypass","refused":false,"pusher":"bob","ref":"refs/heads/main","commit":"` + commit + `","author":"A, pushed by eve <a@example.com>\u202e\n","committer":"x","odd":1},
		{"decision":"block","refused":true,"pusher":"bob","ref":"refs/heads/main","commit":"` + commit + `","findings":2,"rules":["ACME_KEY","B"],"places":["a b.env:2","c:3"]},
		{"decision":"warn"},
		{"decision":"error","refused":true,"error":"` + strings.Repeat("x", 5000) + `"}]}`)
	require.Equal(t, []any{http.StatusNoContent, ""}, []any{a.status, a.text})
	var entries []string
	for _, v := range s.call("admin", http.MethodGet, "/audit").json(t)["values"].([]any) {
		e := v.(map[string]any)
		require.Equal(t, []any{"reader", "PAY/api"}, []any{e["actor"], e["object"]})
		entries = append(entries, e["action"].(string)+": "+e["detail"].(string))
	}
	require.Equal(t, []string{
		"push.unchecked: refused, because \"" + strings.Repeat("x", 200) + "…\"",
		"push.warned: accepted",
		"push.blocked: refused, pushed by bob, to refs/heads/main, commit " + commit + `, 2 findings, by ACME_KEY B, at "a b.env:2" c:3`,
		"push.bypassed: accepted, pushed by bob, to refs/heads/main, commit " + commit + `, author "A, pushed by eve <a@example.com>\u202e\n", committer x`,
	}, entries, "one an entry, and what somebody chose is in quotes")

	for body, want := range map[string]string{
		`{"entries":[]}`: "entries: there must be 1 to 1000",
		`{"entries":[{"decision":"pass"},{"decision":"warn"}]}`:                                 "entries[0].decision",
		`{"entries":[{"decision":"warn","commit":"canary"}]}`:                                   "entries[0].commit",
		`{"entries":[` + strings.Repeat(`{"decision":"warn"},`, 1000) + `{"decision":"warn"}]}`: "entries: there must be 1 to 1000",
	} {
		a := report(body)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.text, want)
		require.NotContains(t, a.text, "canary")
	}
	require.Len(t, s.call("admin", http.MethodGet, "/audit?limit=100").json(t)["values"], 4, "all of a report or nothing")
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodPost, pushPath+"/events", `{"entries":[{"decision":"warn"}]}`).status)
}

// TestSettingsOfTheHook: Bitbucket's own route for hook settings changes only the mode.
func TestSettingsOfTheHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	repository, project := "/rest/api/latest/projects/PAY/repos/api"+hookPath, "/rest/api/latest/projects/PAY"+hookPath
	mode := func(path string) string {
		return strings.TrimSpace(s.call("reader", http.MethodGet, path+"/settings").text)
	}
	put := func(path, body string) answer { return s.call("padmin", http.MethodPut, path+"/settings", body) }
	holds := func() []any {
		e := s.call("reader", http.MethodGet, pushPath).json(t)
		return []any{e["enabled"], e["mode"], e["source"]}
	}
	const warns, blocks = `{"warnOnVulnerabilities":true}`, `{"warnOnVulnerabilities":false}`
	require.Equal(t, blocks, mode(repository))
	a := put(repository, warns)
	require.Equal(t, http.StatusConflict, a.status, "it has no setting that could store the mode")
	require.Contains(t, a.text, "PUT .../enabled")
	require.Equal(t, []any{false, "block", "NONE"}, holds())

	s.call("padmin", http.MethodPut, project+"/enabled", blocks)
	a = put(project, warns)
	require.Equal(t, []any{http.StatusOK, warns}, []any{a.status, strings.TrimSpace(a.text)})
	require.Equal(t, []any{true, "warn", "PROJECT"}, holds())
	require.Equal(t, warns, mode(repository), "the inherited value")
	require.Equal(t, http.StatusOK, put(repository, blocks).status)
	require.Equal(t, []any{true, "block", "REPOSITORY"}, holds(), "where it is on it stays on, with a word of its own")
	require.Equal(t, []string{blocks, warns}, []string{mode(repository), mode(project)})

	s.call("padmin", http.MethodDelete, repository+"/enabled")
	require.Equal(t, http.StatusOK, put(repository, warns).status)
	require.Equal(t, []any{false, "block", "REPOSITORY"}, holds(), "a disabled hook stays disabled")
	require.Equal(t, warns, mode(repository))
	s.call("padmin", http.MethodPut, repository+"/enabled")
	require.Equal(t, []any{true, "warn", "REPOSITORY"}, holds(), "and has the mode when it is switched on")
	for _, body := range []string{`{"warnOnVulnerabilities":"x"}`, `{}`, `[]`} {
		require.Equal(t, http.StatusBadRequest, put(repository, body).status)
	}
	require.Equal(t, http.StatusForbidden, s.call("writer", http.MethodPut, repository+"/settings", warns).status)
	page := s.call("admin", http.MethodGet, "/audit?limit=1&actor=padmin").json(t)
	require.Equal(t, "PUT "+strings.Replace(project, "PAY", "{projectKey}", 1)+"/enabled", strings.Replace(page["values"].([]any)[0].(map[string]any)["action"].(string), "/repos/{repoSlug}", "", 1))
}

// TestNoTextOfAPushIsStored: the calls of the hook leave no trace of a text in any file of the server.
func TestNoTextOfAPushIsStored(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	require.Equal(t, http.StatusOK, s.question("reader", "canary-text").status)
	entries, err := os.ReadDir(s.dir)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		require.NoError(t, err)
		require.NotContains(t, string(data), "canary-text")
		require.NotContains(t, string(data), keyed(bytes.Repeat([]byte{3}, 32), "canary-text"))
	}
	require.NotContains(t, s.log.String(), keyed(bytes.Repeat([]byte{3}, 32), "canary-text"))
}
