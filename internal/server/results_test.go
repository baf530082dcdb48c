package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// files is a repository's text: lines by path.
type files map[string][]string

func (f files) Line(_ context.Context, location, commit, path string, line int) (string, error) {
	lines := f[location+"@"+commit+":"+path]
	if line > len(lines) {
		return "", errors.New("no such line")
	}
	return lines[line-1], nil
}

const canary = "canary-5f1d0c9e-text"

// at makes a finding of a text on a line; columns count UTF-16 units from 1.
func at(rule, path string, line int, text, match string) scan.Finding {
	before, _, ok := strings.Cut(text, match)
	if !ok {
		panic("the text lacks the match")
	}
	start := len(utf16.Encode([]rune(before))) + 1
	return scan.Finding{
		Engine: "secrets", RuleID: rule, Title: "A " + rule, Severity: scan.SeverityHigh, Fingerprint: fmt.Sprintf("%s-%s-%d", rule, path, line), Path: path, Occurrence: 1,
		Position: scan.Position{StartLine: line, StartColumn: start, EndLine: line, EndColumn: start + len(utf16.Encode([]rune(match)))}, Excerpt: strings.ReplaceAll(text, match, "••••••••"),
		Secret: scan.NewSecret(match),
	}
}

const (
	plainLine = `password = "` + canary + `" # the database`
	wideLine  = `schlüssel😀 = "` + canary + `é" // 😀`
)

// withText is a service with one scanned branch whose findings have text.
func withText(t *testing.T, change ...func(o *server.Options)) *service {
	t.Helper()
	long := strings.Repeat("a=1;", 1000) + `key="` + canary + `";` + strings.Repeat("b=2;", 1000)
	text := files{"PAY/api@1:a.env": {plainLine + "\r", wideLine, long, "-----BEGIN KEY-----", canary, "-----END KEY----- tail"}}
	s := newService(t, append([]func(o *server.Options){func(o *server.Options) { o.Lines = text }}, change...)...)
	s.list("PAY", "api: main=1 x=1")
	block := at("RSA_PRIVATE_KEY", "a.env", 4, "-----BEGIN KEY-----", "-----BEGIN KEY-----")
	block.EndLine, block.EndColumn = 6, 18
	allowed := at("PASSWORD", "b.env", 9, plainLine, canary)
	allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline, Reason: "a sample"}
	dependency := scan.Finding{
		Engine: "dependencies", RuleID: "CVE-1", Title: "=cmd", Severity: scan.SeverityLow, Fingerprint: "dep", Path: "go.mod", Occurrence: 1,
		Dependency: &scan.Dependency{Package: scan.Package{Name: "example.com/x", Version: "v1"}, IDs: []string{"CVE-1", "GHSA-1"}, Fix: "v2"},
	}
	s.call("writer", http.MethodPost, "/scan/PAY/repos/api")
	s.end(s.work(), at("PASSWORD", "a.env", 1, plainLine, canary), at("PASSWORD", "a.env", 2, wideLine, canary+"é"), at("PASSWORD", "a.env", 3, long, canary), block, allowed, dependency)
	return s
}

func lines(t *testing.T, a answer) []map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.text)
	var list []map[string]any
	for _, v := range a.json(t)["invalidLines"].([]any) {
		list = append(list, v.(map[string]any))
	}
	slices.SortFunc(list, func(a, b map[string]any) int { return int(a["line"].(float64) - b["line"].(float64)) })
	return list
}

const scanPath = "/rest/security/1.0/scan/PAY/repos/api"

func TestStartAScan(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1", "empty:")
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodPost, scanPath).status)
	first := s.call("writer", http.MethodPost, scanPath)
	require.Equal(t, http.StatusOK, first.status)
	require.Equal(t, true, first.json(t)["scheduled"])
	key := first.json(t)["scanKey"].(string)
	require.Equal(t, key, s.call("writer", http.MethodPost, scanPath+"?branch=main").json(t)["scanKey"], "the default branch; merged")
	j := s.work()
	require.Equal(t, key, db.Key(j.ID))
	s.end(j)
	require.JSONEq(t, `{"scheduled":false}`, s.call("writer", http.MethodPost, scanPath).text, "up to date")
	s.list("PAY", "api: main=2 x=1", "empty:")
	require.Equal(t, true, s.call("writer", http.MethodPost, scanPath).json(t)["scheduled"])
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodPost, scanPath+"?branch=none").status)
	require.Equal(t, http.StatusNotFound, s.call("padmin", http.MethodPost, "/scan/PAY/repos/empty").status, "no default branch")
}

func TestCancelOne(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1", "web: main=1")
	key := func(path string) string {
		return s.call("padmin", http.MethodPost, path).json(t)["scanKey"].(string)
	}
	main := key(scanPath)
	require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodDelete, scanPath).status)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodDelete, scanPath+"?scanKey=NONE").status)
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodDelete, scanPath+"?scanKey="+main).status)
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodDelete, "/queue/"+main).status)
	require.Equal(t, http.StatusNoContent, s.call("writer", http.MethodDelete, scanPath+"?scanKey="+main).status)
	require.Zero(t, s.call("writer", http.MethodGet, "/queue").json(t)["size"], "it waited: gone")
	require.Equal(t, http.StatusNoContent, s.call("writer", http.MethodDelete, scanPath+"?scanKey="+main).status, "it has ended: nothing to do")

	running := key(scanPath)
	j := s.work()
	require.Equal(t, http.StatusNoContent, s.call("writer", http.MethodDelete, "/queue/"+running).status)
	stop, err := s.store.Queue.Beat(t.Context(), j, 1, "")
	require.NoError(t, err)
	require.True(t, stop)
	require.NoError(t, s.store.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Cancelled}))
	require.Equal(t, "CANCELLED", s.call("writer", http.MethodGet, "/scans/"+running).json(t)["state"])

	// A key of another repository is unknown here, and so it is to callers who may not read that repository.
	web := key("/scan/PAY/repos/web")
	require.Equal(t, http.StatusNotFound, s.call("padmin", http.MethodDelete, scanPath+"?scanKey="+web).status)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodDelete, "/queue/"+web).status)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, "/scans/"+web).status)
	// An account that requested a scan may cancel it, even with only the right to read.
	_, err = s.store.Queue.Enqueue(t.Context(), queue.Request{Force: true, By: "reader", Scope: queue.Scope{BranchID: j.BranchID}})
	require.NoError(t, err)
	mine := s.call("reader", http.MethodGet, "/queue").json(t)["values"].([]any)[0].(map[string]any)["scanKey"].(string)
	require.Equal(t, http.StatusNoContent, s.call("reader", http.MethodDelete, "/queue/"+mine).status)
}

func TestTheStateOfAScan(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1")
	state := func(query string) map[string]any {
		a := s.call("reader", http.MethodGet, scanPath+query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		return a.json(t)
	}
	check := func(body map[string]any, scanned, actual, running, scheduled bool, progress float64) {
		t.Helper()
		require.Equal(t, []any{scanned, actual, running, scheduled, progress}, []any{body["scanned"], body["actual"], body["running"], body["scheduled"], body["progress"]})
	}
	check(state(""), false, false, false, false, 0)
	first := s.call("writer", http.MethodPost, scanPath).json(t)["scanKey"].(string)
	check(state(""), false, false, false, true, 0)
	j := s.work()
	for _, p := range []int{10, 40, 30, 100} {
		_, err := s.store.Queue.Beat(t.Context(), j, p, j.Head)
		require.NoError(t, err)
		check(state("?branch=main"), false, false, true, false, map[int]float64{10: 10, 40: 40, 30: 40, 100: 99}[p])
	}
	require.NotContains(t, state(""), "invalidLines")
	require.Equal(t, first, state("")["scanKey"])
	s.end(j, at("PASSWORD", "a.env", 1, plainLine, canary))
	check(state(""), true, true, false, false, 100)
	require.Len(t, state("")["invalidLines"], 1)
	require.Equal(t, first, state("")["scanKey"])
	s.list("PAY", "api: main=2 x=1")
	check(state(""), true, false, false, false, 100)

	// The old key keeps working, with its findings.
	second := s.call("writer", http.MethodPost, scanPath).json(t)["scanKey"].(string)
	check(state(""), true, false, false, true, 0)
	check(state("?scanKey="+second), false, false, false, true, 0)
	s.end(s.work())
	require.Equal(t, second, state("")["scanKey"])
	require.Empty(t, state("")["invalidLines"])
	old := state("?scanKey=" + first)
	check(old, true, false, false, false, 100)
	require.Equal(t, []any{first, "1", nil, 1.0}, []any{old["scanKey"], old["commit"], old["superseded"], old["findingCount"]})
	require.Len(t, old["invalidLines"], 1)
	require.Equal(t, "a.env", old["invalidLines"].([]any)[0].(map[string]any)["path"])
	require.Contains(t, state("?scanKey="+second), "invalidLines")
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, scanPath+"?scanKey=NONE").status)
}

func TestLines(t *testing.T) {
	t.Parallel()
	s := withText(t)
	got := lines(t, s.call("writer", http.MethodGet, scanPath))
	require.Len(t, got, 4, "secrets that nothing allows")
	match := func(l map[string]any) string {
		text := utf16.Encode([]rune(l["text"].(string)))
		return string(utf16.Decode(text[int(l["lineOffsetStart"].(float64)):int(l["lineOffsetEnd"].(float64))]))
	}
	for i, want := range []struct {
		text, match string
		truncated   bool
	}{
		{plainLine, canary, false}, {wideLine, canary + "é", false}, {canary, canary, true},
		{"-----BEGIN KEY-----\n" + canary + "\n-----END KEY-----", "-----BEGIN KEY-----\n" + canary + "\n-----END KEY-----", true},
	} {
		require.Equal(t, want.text, got[i]["text"])
		require.Equal(t, want.match, match(got[i]), "text[start:end] in UTF-16 units")
		require.Equal(t, want.match, got[i]["matchText"])
		require.Equal(t, want.match, want.text[int(got[i]["lineByteStart"].(float64)):int(got[i]["lineByteEnd"].(float64))])
		require.Equal(t, want.truncated, got[i]["truncated"])
		require.Equal(t, false, got[i]["masked"])
	}
	events, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, [3]string{"writer", "finding.revealed", "4 texts"}, [3]string{events[0].Actor, events[0].Action, events[0].Detail})
}

// TestTokensShowNoPlaintextWithoutTheScope: whatever their accounts may see in results, reports and reviewed texts. The
// audit log records the tokens that do.
func TestTokensShowNoPlaintextWithoutTheScope(t *testing.T) {
	t.Parallel()
	s := withText(t)
	account, err := s.store.Accounts.Get(t.Context(), "admin")
	require.NoError(t, err)
	require.NoError(t, s.store.Policy.Set(t.Context(), map[*settings.Known]string{settings.PlaintextInExports: "true"}))
	require.Equal(t, http.StatusOK, s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"`+canary+`-reviewed"}`).status)
	all := []string{"read", "scan", "triage", "export", "settings"}
	for name, scopes := range map[string][]string{"masked": all, "plain": append([]string{"plaintext"}, all...)} {
		_, err = s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: account.ID, Name: name, Scopes: scopes}, access.TokenPrefix+name)
		require.NoError(t, err)
	}
	ask := func(token, path string) answer {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest"+path, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+access.TokenPrefix+token)
		return s.do(request)
	}
	revealed := func() (n int) {
		events, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 1000})
		require.NoError(t, err)
		for _, e := range events {
			if e.Action == "finding.revealed" || strings.HasPrefix(e.Action, "GET") {
				n++
			}
		}
		return n
	}
	for i, path := range []string{"/scan/PAY/repos/api", "/export-report/projects/PAY", "/export-report/PAY/repos/api", "/export/reviewed/projects/PAY", "/export/reviewed/projects/PAY/repos/api"} {
		masked := ask("masked", path)
		require.NotContains(t, masked.text, canary, path)
		if strings.HasPrefix(path, "/export/reviewed") {
			require.Equal(t, http.StatusForbidden, masked.status)
			require.Contains(t, masked.text, "the token lacks the scope plaintext")
		}
		require.Equal(t, i, revealed(), path)
		require.Contains(t, ask("plain", path).text, canary, path)
		require.Equal(t, i+1, revealed(), path)
	}
}

func TestMaskedForReaders(t *testing.T) {
	t.Parallel()
	s := withText(t)
	for _, as := range []string{"reader", "grantee"} {
		a := s.call(as, http.MethodGet, scanPath+"?includeAllowlisted=true&engine=all")
		require.NotContains(t, a.text, canary)
		for _, l := range lines(t, a) {
			require.Equal(t, []any{true, true, 0.0}, []any{l["masked"], l["truncated"], l["lineOffsetStart"]})
			require.NotContains(t, l, "matchText")
		}
	}
	bare := withText(t, func(o *server.Options) { o.Lines = nil })
	require.NotContains(t, bare.call("admin", http.MethodGet, scanPath).text, canary, "without the seam nobody gets text")
	broken := withText(t, func(o *server.Options) { o.Lines = files{} })
	require.Equal(t, true, lines(t, broken.call("admin", http.MethodGet, scanPath))[0]["masked"], "a line that cannot be read is no error")
}

func TestResultsOfAScanAreFiltered(t *testing.T) {
	t.Parallel()
	s := withText(t)
	get := func(query string) []map[string]any { return lines(t, s.call("reader", http.MethodGet, scanPath+query)) }
	require.Len(t, get("?includeAllowlisted=true"), 5)
	require.Len(t, get("?rule=RSA_PRIVATE_KEY"), 1)
	require.Empty(t, get("?rule=AWS_ACCESS_KEY_ID"), "D15: known, and nothing found")
	_, err := s.store.Policy.AddRule(t.Context(), &policy.Rule{Name: "Our word", DetectorID: "PASSWORD_2", Regexp: "word"})
	require.NoError(t, err)
	require.Empty(t, get("?rule=our%20word"), "known by the name that people gave it")
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, scanPath+"?rule=NONE").status)
	require.Len(t, get("?engine=all"), 5, "D16")
	require.Len(t, get("?engine=dependencies"), 1)
	for _, bad := range []string{"?engine=odd", "?includeAllowlisted=yes", "?includeReviewed=1"} {
		require.Equal(t, http.StatusBadRequest, s.call("reader", http.MethodGet, scanPath+bad).status, bad)
	}
}

// TestNoTextGetsOut: whatever anybody calls, neither the log nor the database contains the text of a secret.
func TestNoTextGetsOut(t *testing.T) {
	t.Parallel()
	s := withText(t)
	require.NoError(t, s.store.Settings.Set(t.Context(), settings.PlaintextInExports.Name, "true"))
	for _, r := range s.server.TestRoutes() {
		if strings.HasSuffix(r.Pattern, "/events") {
			continue
		}
		for _, query := range []string{"", "?branch=main", "?rule=" + canary, "?name=" + canary + "&email=" + canary, "?confirmExpensiveOperation=true", "?startDate=" + canary} {
			if r.Method != http.MethodGet {
				continue
			}
			a := s.call("reader", r.Method, s.relative(concrete(r.Pattern))+query)
			if query == "" || query == "?branch=main" {
				require.NotContains(t, a.text, canary, r.Pattern)
			}
			_ = s.call("admin", r.Method, s.relative(concrete(r.Pattern))+query)
		}
		_ = s.call("admin", r.Method, s.relative(concrete(r.Pattern))+"?scanKey="+canary, `{"state":`+canary)
	}
	require.NotEmpty(t, s.log.String())
	require.NotContains(t, s.log.String(), canary)
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(s.path + suffix)
		require.NoError(t, err)
		require.NotContains(t, string(data), canary)
	}
}

// relative makes a path one that call takes as it is.
func (s *service) relative(path string) string {
	if strings.HasPrefix(path, "/rest/") {
		return path
	}
	return "/rest/.." + path
}
