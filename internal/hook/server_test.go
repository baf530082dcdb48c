package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// network answers calls instead of a real network.
type network func(r *http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

func reply(status int, text string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: io.NopCloser(strings.NewReader(text))}
}

const canaryToken = "slu_canary"

func serverOf(t *testing.T, n network) *Server {
	t.Helper()
	u, err := ParseServer("https://sluice.example/base/")
	require.NoError(t, err)
	return &Server{URL: u, Token: func() (string, error) { return canaryToken, nil }, Cache: t.TempDir(), Unreachable: ModeBlock, Agent: "test", HTTP: n}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://sluice.example", "https://sluice.example:7080/base/", "http://127.0.0.1:7080", "http://localhost", "http://[::1]:1/"} {
		_, err := ParseServer(good)
		require.NoError(t, err, good)
	}
	for bad, want := range map[string]string{
		"": "https://sluice.example.com", "sluice.example": "https://sluice.example.com", "ftp://x": "https://sluice.example.com", "https://": "https://sluice.example.com", "https://canary@%": "https://sluice.example.com",
		"https://bob:canary@sluice.example": "--token-file", "https://sluice.example?token=canary": "there is a query", "https://sluice.example#canary": "there is a query",
		"http://sluice.example": "over plain http", "http://127.0.0.1.example": "over plain http", "http://10.0.0.1": "over plain http",
	} {
		_, err := ParseServer(bad)
		require.ErrorContains(t, err, want, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for repository, want := range map[string][2]string{"PAY/api": {"PAY", "api"}, "~ann/x": {"~ann", "x"}, "group/sub/shop": {"group/sub", "shop"}} {
		key, slug, err := split(repository)
		require.NoError(t, err)
		require.Equal(t, want, [2]string{key, slug})
	}
	for _, bad := range []string{"", "x", "/x", "x/", "x/..", "../x", "///", "./."} {
		_, _, err := split(bad)
		require.ErrorContains(t, err, "--repository", bad)
	}
}

// There is one call, to the address of the repository, with the token only in its header.
func TestServerAddress(t *testing.T) {
	t.Parallel()
	calls := 0
	s := serverOf(t, func(r *http.Request) (*http.Response, error) {
		calls++
		require.Equal(t, "https://sluice.example/base/rest/security/latest/hook/projects/group%2Fsub/repos/a%3Fb", r.URL.String())
		require.Equal(t, "Bearer "+canaryToken, r.Header.Get("Authorization"))
		return reply(200, `{"enabled":true,"mode":"WARN","bypass":false,"repositoryRules":true,"disabledRules":["X"],"new":1,"rules":[{"ruleName":"A","name":"a","regexp":"a{9}","blocking":true},{"ruleName":"B","name":"b","regexp":"b{9}"}]}`), nil
	})
	got, err := s.Settings(t.Context(), "group/sub/a?b")
	require.NoError(t, err)
	require.Equal(t, 1, calls)
	want := Settings{Enabled: true, Mode: ModeWarn, FailOn: scan.SeverityHigh, RepositoryRules: true, Disabled: []string{"X"}, Global: got.Global}
	require.Equal(t, want, got)
	require.Equal(t, []bool{false, true}, []bool{got.Global[0].WarnOnly, got.Global[1].WarnOnly})
}

// The cache returns what it stored for this repository and this server, and holds no token.
func TestServerKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	away := false
	s := serverOf(t, func(r *http.Request) (*http.Response, error) {
		if away {
			return nil, errors.New("away with " + canaryToken)
		}
		return reply(200, `{"enabled":false,"mode":"warn","bypass":false,"repositoryRules":true,"disabledRules":["X"],"rules":[{"ruleName":"A","name":"a","regexp":"a{9}<&>","blocking":false}]}`), nil
	})
	s.Now = func() time.Time { return time.Date(2026, 11, 24, 10, 30, 0, 0, time.FixedZone("x", 3600)) }
	given, err := s.Settings(t.Context(), "PAY/api")
	require.NoError(t, err)
	away = true
	kept, err := s.Settings(t.Context(), "PAY/api")
	require.NoError(t, err)
	require.Equal(t, "the server's settings of 2026-11-24 09:30 UTC apply, because it gave no new ones: sluice.example: away with (the token)", kept.Stale)
	kept.Stale = ""
	require.Equal(t, given, kept)
	files, err := filepath.Glob(filepath.Join(s.Cache, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NotContains(t, string(data), "canary")

	// The cache has nothing for another repository or another server.
	s.Unreachable = ModeWarn
	failing, err := s.Settings(t.Context(), "PAY/web")
	require.ErrorContains(t, err, "the cache has nothing of this repository")
	require.NotContains(t, err.Error(), "canary")
	require.Equal(t, ModeWarn, failing.Mode)
	s.URL, err = ParseServer("https://other.example")
	require.NoError(t, err)
	_, err = s.Settings(t.Context(), "PAY/api")
	require.ErrorContains(t, err, "the cache has nothing of this repository")
	require.NoError(t, os.Rename(files[0], s.cacheFile("PAY/api")))
	_, err = s.Settings(t.Context(), "PAY/api")
	require.ErrorContains(t, err, "not a settings cache")
}

// No call waits longer than its limit, in the time of the test.
func TestServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serverOf(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		started := time.Now()
		_, err := s.Settings(t.Context(), "PAY/api")
		require.ErrorContains(t, err, "sluice.example: no answer within 5s")
		require.Equal(t, settingsTime, time.Since(started))
		_, err = s.Reviewed(t.Context(), "PAY/api", []scan.Finding{{Secret: scan.NewSecret("canary")}})
		require.ErrorContains(t, err, "no answer within 5s")
		started = time.Now()
		reported, err := s.Report(t.Context(), "PAY/api", make([]Entry, 500))
		require.Error(t, err)
		require.Zero(t, reported)
		require.Equal(t, reportTime, time.Since(started), "all calls of a report together")
	})
}

// JSON that lacks a deciding field is not a set of settings.
func TestHalfAnAnswerIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"mode":"block","bypass":true}`, `{"enabled":true,"bypass":true}`, `{"enabled":true,"mode":"block"}`, `{"enabled":null,"mode":"block","bypass":true}`, `null`} {
		s := serverOf(t, func(*http.Request) (*http.Response, error) { return reply(200, text), nil })
		_, err := s.Settings(t.Context(), "PAY/api")
		require.ErrorContains(t, err, "it lacks enabled, mode or bypass", text)
		files, err := filepath.Glob(filepath.Join(s.Cache, "*"))
		require.NoError(t, err)
		require.Empty(t, files, "it is not kept")
	}
}

// A server that echoes the token does not get it printed, in any form.
func TestServerThatEchoes(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"as it is": "Bearer " + canaryToken, "in pieces": `slu_can\u0000a\u200bry`, "at the end of what is shown": strings.Repeat("x", maxReason-8) + canaryToken,
	} {
		for _, status := range []int{302, 401, 403, 404, 500} {
			s := serverOf(t, func(*http.Request) (*http.Response, error) {
				return reply(status, `{"errors":[{"message":"`+message+`"}]}`), nil
			})
			_, err := s.Settings(t.Context(), "PAY/api")
			require.ErrorContains(t, err, fmt.Sprintf("answer %d", status))
			require.NotContains(t, err.Error(), "slu_", name)
		}
	}
}

// Only hashes are sent, with a new key each time.
func TestReviewedSendsNoText(t *testing.T) {
	t.Parallel()
	keys, sizes := map[string]bool{}, []int{}
	answer := func(hashes []string) []string { return hashes[:1] }
	s := serverOf(t, func(r *http.Request) (*http.Response, error) {
		data, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NotContains(t, string(data), "canary")
		var q struct {
			Key    string
			Hashes []string
		}
		require.NoError(t, json.Unmarshal(data, &q))
		require.False(t, keys[q.Key])
		keys[q.Key] = true
		sizes = append(sizes, len(q.Hashes))
		told, err := json.Marshal(map[string]any{"reviewed": append(answer(q.Hashes), "of another question")})
		require.NoError(t, err)
		return reply(200, string(told)), nil
	})
	findings := []scan.Finding{{Secret: scan.NewSecret("canary-1")}, {Secret: scan.NewSecret("canary-2")}, {}, {Secret: scan.NewSecret("canary-1")}}
	for range 2 {
		reviewed, err := s.Reviewed(t.Context(), "PAY/api", findings)
		require.NoError(t, err)
		require.Equal(t, []bool{true, false, false, true}, reviewed)
	}
	var many []scan.Finding
	for i := range 2*maxAsked + 1 {
		many = append(many, scan.Finding{Secret: scan.NewSecret(fmt.Sprintf("canary-%d", i))})
	}
	reviewed, err := s.Reviewed(t.Context(), "PAY/api", many)
	require.NoError(t, err)
	require.Equal(t, []bool{true, true, true}, []bool{reviewed[0], reviewed[maxAsked], reviewed[2*maxAsked]})
	require.Equal(t, []int{2, 2, maxAsked, maxAsked, 1}, sizes)
}

// Texts and calls are bounded, and the server learns how many entries it does not have.
func TestReportOfALongPush(t *testing.T) {
	t.Parallel()
	var told []Entry
	largest := 0
	s := serverOf(t, func(r *http.Request) (*http.Response, error) {
		data, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		largest = max(largest, len(data))
		var body struct{ Entries []Entry }
		require.NoError(t, json.Unmarshal(data, &body))
		told = append(told, body.Entries...)
		return reply(204, ""), nil
	})
	long := strings.Repeat(`"`, 1<<20)
	entry := Entry{Decision: DecisionBypass, Commit: one, Author: long, Committer: long, Ref: long, Pusher: "bob"}
	for range 100 {
		entry.Places = append(entry.Places, long)
	}
	entries := make([]Entry, maxReported+7)
	for i := range entries {
		entries[i] = entry
	}
	reported, err := s.Report(t.Context(), "PAY/api", entries)
	require.ErrorContains(t, err, "1,007 entries are more than a push may report; the server has the first 1000")
	require.Equal(t, maxReported, reported)
	require.Len(t, told, maxReported+1)
	require.Less(t, largest, 1<<20, "what the server takes")
	last := told[maxReported]
	require.Equal(t, Entry{Decision: DecisionBypass, Ref: last.Ref, Author: last.Author, Committer: last.Committer, Pusher: "bob", Error: "7 more entries of this push are only in the git server's own audit file"}, last)
	require.Len(t, told[0].Places, maxPlaces)
	require.Len(t, entries[0].Places, 100, "the caller's are as they were")

	told = nil
	reported, err = s.Report(t.Context(), "PAY/api", entries[:maxReported])
	require.NoError(t, err)
	require.Equal(t, []int{maxReported, maxReported}, []int{reported, len(told)})
}

func FuzzServerAnswer(f *testing.F) {
	for _, seed := range []string{"", "{}", "[]", `{"enabled":true,"mode":"block","bypass":true}`, `{"enabled":true,"mode":"block","bypass":true,"rules":[{}]}`, `{"enabled":1}`} {
		f.Add(200, seed)
	}
	f.Add(401, `{"errors":[{"message":"slu_canary \u001b[31m"}]}`)
	f.Add(302, "")
	f.Fuzz(func(t *testing.T, status int, text string) {
		s := serverOf(t, func(*http.Request) (*http.Response, error) { return reply(status, text), nil })
		settings, err := s.Settings(t.Context(), "PAY/api")
		if err == nil {
			require.Contains(t, []Mode{ModeBlock, ModeWarn}, settings.Mode)
			return
		}
		require.Equal(t, ModeBlock, settings.Mode)
		require.NotContains(t, err.Error(), canaryToken)
		require.NotContains(t, err.Error(), "\x1b")
	})
}
