package cli_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestHookOfAServer: settings of the server apply to the next push.
func TestHookOfAServer(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	commit := c.leak(1)
	require.Empty(t, c.accepted("main"), "nobody has switched it on")
	c.back()

	c.leak(1)
	c.admin(http.MethodPut, shopHook+"/enabled", blocks)
	require.Contains(t, c.refused("main"), "Sluice refused this push: 1 secret in 1 of its 1 commit.")
	c.admin(http.MethodPut, shopHook+"/enabled", warns)
	require.Contains(t, c.accepted("main"), "WARNING: Sluice accepted this push, but found 1 secret")
	c.back()

	c.leak(1)
	c.admin(http.MethodPut, acmeHook+"/enabled", blocks)
	c.admin(http.MethodDelete, shopHook+"/enabled", "")
	require.Empty(t, c.accepted("main"), "the repository's word goes before the project's")
	c.back()

	c.leak(1)
	c.admin(http.MethodDelete, shopHook, "")
	require.Contains(t, c.refused("main"), "refused", "it inherits of its project")
	c.admin(http.MethodPut, acmeHook+"/settings", warns)
	require.Contains(t, c.accepted("main"), "WARNING: Sluice accepted")
	c.back()

	c.leak(1)
	c.admin(http.MethodPut, "/rest/security/latest/settings", `{"hookPosition":"ALWAYS"}`)
	c.admin(http.MethodDelete, shopHook+"/enabled", "")
	require.Contains(t, c.refused("main"), "refused", "decision 25: ALWAYS cannot be switched off below")

	const what = ", to refs/heads/main, commit "
	const rest = `, author "A <a@example.com>", committer "A <a@example.com>", 1 finding, by GITHUB_CLASSIC_PAT, at a.env:1`
	require.Equal(t, []string{
		"push.blocked: refused" + what + commit + rest, "push.warned: accepted" + what + commit + rest, "push.blocked: refused" + what + commit + rest,
		"push.warned: accepted" + what + commit + rest, "push.blocked: refused" + what + commit + rest,
	}, c.events())
	require.Len(t, c.entries(), 5, "the audit file has them too")
	for _, e := range c.entries() {
		require.Empty(t, e.Unreported)
	}
}

// TestHookCallsOfAPush: a clean push makes one call.
func TestHookCallsOfAPush(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	c.called()
	c.say("clean", "b.txt", "b\n")
	require.Empty(t, c.accepted("main"))
	require.Equal(t, []string{"GET "}, c.called())
	c.leak(1)
	c.refused("main")
	require.Equal(t, []string{"GET ", "POST /reviewed", "POST /events"}, c.called())
}

// TestRulesOfTheServer: added rules find secrets, warning rules refuse nothing, disabled built-in rules find nothing,
// and the repository's own configuration applies if the server says so.
func TestRulesOfTheServer(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	const rules = "/rest/security/latest/rules"
	c.admin(http.MethodPost, rules, `{"name":"Acme key","regexp":"acme_[a-z0-9]{20}"}`)
	c.admin(http.MethodPost, rules, `{"name":"look behind","regexp":"(?<=hint=)[a-z0-9]{20}","blocking":false}`)
	c.say("own", "a.txt", "acme_a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, c.refused("main"), "Acme key (HIGH)")
	c.back()
	c.say("hint", "a.txt", "hint=a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, c.accepted("main"), "look behind (HIGH), only a warning")
	c.back()

	c.say("nothing but a built-in rule finds it", "a.txt", token(1)+"\n")
	require.Contains(t, c.refused("main"), "GitHub personal access token")
	c.admin(http.MethodDelete, "/rest/security/1.0/hardcoded/GITHUB_CLASSIC_PAT", "")
	require.Empty(t, c.accepted("main"))
	c.admin(http.MethodPost, "/rest/security/1.0/hardcoded/GITHUB_CLASSIC_PAT", "")
	c.back()

	c.say("the repository's own", "soteri-security.yml", "allowlist_paths: ['^docs/']\ncustom_rules: {acme key: 'other_[a-z0-9]{20}'}\n")
	c.accepted("main")
	c.say("files", "docs/a.env", "TOKEN="+token(2)+"\n", "a.txt", "acme_a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, c.refused("main"), "2 secrets", "it does not count")
	c.admin(http.MethodPut, "/rest/security/latest/settings", `{"repositoryRules":true}`)
	require.Empty(t, c.accepted("main"), "it counts: docs is allowed, and its rule has the place of the server's")
	c.say("its rule", "b.txt", "other_a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, c.refused("main"), "1 secret")
}

// TestReviewedTextsPass: a reviewed text does not refuse a push. Another text does.
func TestReviewedTextsPass(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	c.leak(1)
	c.refused("main")
	const review = "/rest/security/latest/review-lines/projects/acme/repos/shop/"
	c.admin(http.MethodPost, review+"create", `{"matchText":"`+token(1)+`","ruleName":"GITHUB_CLASSIC_PAT"}`)
	require.Empty(t, c.accepted("main"))
	c.say("another", "b.env", "TOKEN="+token(1)+"\nTOKEN="+token(2)+"\n")
	said := c.refused("main")
	require.Contains(t, said, "1 secret in")
	require.Contains(t, said, "b.env:2")

	c.answers(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/reviewed") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	said = c.refused("main")
	require.Contains(t, said, "2 secrets in")
	require.Contains(t, one(said), "note: the reviews are not known, so no text counts as reviewed: 127.0.0.1:")
	require.Contains(t, one(said), "answer 503: service unavailable")
	c.answers(nil)
	c.admin(http.MethodDelete, review+"delete?confirm=true", "")
	require.Contains(t, c.refused("main"), "2 secrets in")
}

// TestBypassOnTheServer: a bypass of the check creates an entry in the server's audit log, and the server can forbid it.
func TestBypassOnTheServer(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	c.env = []string{"BB_USER_NAME=bob"}
	c.say("a test key "+token(3)+"\n\n"+hook.BypassPhrase, "a.env", "TOKEN="+token(1)+"\n")
	c.git("commit", "-q", "--amend", "--no-edit", "--author", "eve "+token(4)+" <a@example.com>")
	commit := c.git("rev-parse", "HEAD")
	require.Contains(t, c.accepted("main"), "WARNING: not checked, because the commit's message says so (recorded): "+commit[:12])
	events := c.events()
	require.Len(t, events, 1)
	require.Contains(t, events[0], "push.bypassed: accepted, pushed by bob, to refs/heads/main, commit "+commit+`, author "eve ••••••••`)
	requireNoSecret(t, events[0])
	c.back()

	c.admin(http.MethodPut, "/rest/security/latest/settings", `{"hookBypass":false}`)
	c.say(hook.BypassPhrase, "b "+token(5)+".env", "TOKEN="+token(2)+"\n")
	require.Contains(t, c.refused("main"), "the message asks for no check, which is not allowed here")
	events = c.events()
	require.Len(t, events, 2)
	require.Contains(t, events[1], "push.blocked: refused, pushed by bob")
	requireNoSecret(t, events[1])
}

// TestHookWhileTheServerIsAway: the last settings apply, and the message says so. Without any, --when-unreachable
// decides.
func TestHookWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	c.admin(http.MethodPost, "/rest/security/latest/rules", `{"name":"Acme key","regexp":"acme_[a-z0-9]{20}"}`)
	c.say("clean", "b.txt", "b\n")
	require.Empty(t, c.accepted("main"), "now it is known that the hook is on")
	c.listener.Close()

	c.say("clean", "c.txt", "c\n")
	said := one(c.accepted("main"))
	require.Regexp(t, `^WARNING: the server's settings of 20\d\d-\d\d-\d\d \d\d:\d\d UTC apply, because it gave no new ones: 127\.0\.0\.1:\d+: .*connection refused$`, said)
	c.say("own", "a.txt", "acme_a1b2c3d4e5a1b2c3d4e5\n", "a.env", "TOKEN="+token(1)+"\n")
	said = one(c.refused("main"))
	require.Contains(t, said, "refused this push: 2 secrets in 1 of its 1 commit")
	require.Contains(t, said, "no text counts as reviewed: the server is away")
	require.Contains(t, said, "what the hook did is not in the server's audit log, it is only in the audit file of this git server: it is away")
	entries := c.entries()
	require.Len(t, entries, 1)
	require.Equal(t, []any{hook.DecisionBlock, "it is away"}, []any{entries[0].Decision, entries[0].Unreported})

	names := must(filepath.Glob(filepath.Join(c.cache, "*")))
	require.Len(t, names, 1, "one file, and nothing beside it")
	info, err := os.Stat(names[0])
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, os.WriteFile(names[0], []byte("{}"), 0o600))
	said = one(c.refused("main"))
	require.Contains(t, said, "is damaged, or not a settings cache")
	require.NoError(t, os.Remove(names[0]))

	c.git("reset", "-q", "--hard", "HEAD~1")
	c.say("clean", "d.txt", "d\n")
	said = one(c.refused("main"))
	require.Contains(t, said, "Sluice refused this push, because it could not be checked: settings: 127.0.0.1:")
	require.Contains(t, said, "and there are none of an earlier push: the cache has nothing of this repository")
	require.Contains(t, said, "tell the administrator")
	c.use("--when-unreachable", "warn")
	require.Contains(t, one(c.accepted("main")), "WARNING: Sluice accepted this push UNCHECKED, because the check failed: settings: ")
	entries = c.entries()
	require.Equal(t, hook.DecisionError, entries[len(entries)-1].Decision)
	require.False(t, entries[len(entries)-1].Refused)
}

// TestHookKeepsThatItIsOff: if the hook was off, it stays off while the server is away, and says so.
func TestHookKeepsThatItIsOff(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.listener.Close()
	c.leak(1)
	require.Contains(t, c.accepted("main"), "WARNING: the server's settings of 2")
}

// TestHookCacheInTheRepository: without --cache the git folder has the settings. An error names a folder that is not
// writable.
func TestHookCacheInTheRepository(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.hook("--server", c.listener.URL+"/", "--token-file", c.token)
	c.say("clean", "b.txt", "b\n")
	require.Empty(t, c.accepted("main"))
	require.Len(t, must(filepath.Glob(filepath.Join(c.bare, "sluice-hook-*.json"))), 1)
	c.use("--cache", filepath.Join(c.cache, "gone"))
	c.say("clean", "c.txt", "c\n")
	require.Contains(t, one(c.accepted("main")), "WARNING: the settings could not be kept for when the server is away: open ")
}

// TestHookTokens: an error says what is wrong with a token, but does not show the token.
func TestHookTokens(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	for _, name := range must(filepath.Glob(filepath.Join(c.cache, "*"))) {
		require.NoError(t, os.Remove(name))
	}
	c.say("clean", "b.txt", "b\n")
	for text, want := range map[string]string{
		access.TokenPrefix + "wrong-canary": "answer 401: the token is not valid or has expired (check --token-file or SLUICE_TOKEN, or make another token)",
		"canary":                            "answer 401:",
		hookToken + "-read":                 "answer 403: the token lacks the scope scan",
		"two canary":                        "--token-file: it must contain one API token and nothing else",
		"":                                  "--token-file: it must contain one API token and nothing else",
		"canary\x00":                        "--token-file: it must contain one API token and nothing else",
	} {
		require.NoError(t, os.WriteFile(c.token, []byte(text), 0o600))
		said := one(c.refused("main"))
		require.Contains(t, said, want)
		require.NotContains(t, said, "canary")
	}
	require.NoError(t, os.Remove(c.token))
	said := one(c.refused("main"))
	require.Contains(t, said, "settings: --token-file: open ")
	require.Contains(t, said, "no such file or directory")
	audit := must(os.ReadFile(c.audit))
	require.NotContains(t, string(audit), "canary")

	// The token is in the variable, and the server does not know the repository.
	c.env = []string{"SLUICE_TOKEN=" + hookToken}
	c.hook("--server", c.listener.URL, "--cache", c.cache, "--repository", "acme/none")
	require.Contains(t, one(c.refused("main")), "answer 404: there is no repository acme/none (the server lists repositories every minute;")
	c.hook("--server", c.listener.URL, "--cache", c.cache, "--repository", "none")
	require.Contains(t, one(c.refused("main")), `"none" is not a repository of the server: --repository names it as KEY/slug`)
	c.hook("--server", c.listener.URL, "--cache", c.cache)
	require.Empty(t, c.accepted("main"))
}

// TestHookOfAnotherServer: an endpoint that is not a Sluice server, or is hostile, changes nothing and learns no more
// than necessary.
func TestHookOfAnotherServer(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	for _, name := range must(filepath.Glob(filepath.Join(c.cache, "*"))) {
		require.NoError(t, os.Remove(name))
	}
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	c.say("clean", "b.txt", "b\n")
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		want   string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, "answer 302: it redirects (name the address that it redirects to with --server)"},
		"page":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>log in</html>") }, "a web page came instead of the server's answer"},
		"no settings": {func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"enabled":false}`) },
			"gave no settings: it lacks enabled, mode or bypass"},
		"unknown mode": {func(w http.ResponseWriter, _ *http.Request) {
			jsonAnswer(w, 200, `{"enabled":true,"bypass":true,"mode":"maybe"}`)
		}, "not the JSON that is expected"},
		"half": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			jsonAnswer(w, 200, `{"enabled":`)
		}, "the answer broke off"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, strings.Repeat(" ", 5<<20)) }, "the answer is larger than 4 MB"},
		"echo": {func(w http.ResponseWriter, r *http.Request) {
			jsonAnswer(w, 400, fmt.Sprintf(`{"errors":[{"message":"what is %s?\u001b[31m"}]}`, r.Header.Get("Authorization")))
		}, "answer 400: what is Bearer (the token)?"},
		"broken": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "answer 502: bad gateway"},
		"bad rule": {func(w http.ResponseWriter, _ *http.Request) {
			jsonAnswer(w, 200, `{"enabled":true,"bypass":true,"mode":"block","rules":[{"ruleName":"BAD","name":"bad","regexp":"("}]}`)
		}, "rules: BAD of the server:"},
	} {
		c.answers(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				test.answer(w, r)
				return true
			}
			return false
		})
		said := one(c.refused("main"))
		require.Contains(t, said, test.want, name)
		require.NotContains(t, said, hookToken, name)
	}
	require.False(t, reached, "the token goes to the server that was named, and to no other")
	c.answers(nil)
	require.Empty(t, c.accepted("main"))
}

func jsonAnswer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// TestHookReportThatIsNotTaken: a server that does not take a report blocks no push. The audit file has what happened,
// or a warning says that nothing does.
func TestHookReportThatIsNotTaken(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	c.on()
	c.answers(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/events") {
			jsonAnswer(w, http.StatusTooManyRequests, `{"errors":[{"message":"git calls too often"}]}`)
			return true
		}
		return false
	})
	c.say(hook.BypassPhrase, "a.env", "TOKEN="+token(1)+"\n")
	said := one(c.accepted("main"))
	require.Contains(t, said, "WARNING: what the hook did is not in the server's audit log, it is only in the audit file of this git server: 127.0.0.1:")
	entries := c.entries()
	require.Len(t, entries, 1)
	require.Equal(t, hook.DecisionBypass, entries[0].Decision)
	require.Contains(t, entries[0].Unreported, "answer 429: git calls too often")
	c.hook("--server", c.listener.URL, "--token-file", c.token, "--cache", c.cache)
	c.say(hook.BypassPhrase, "b.env", "TOKEN="+token(2)+"\n")
	require.Contains(t, one(c.accepted("main")), "and there is no --audit file to keep it")
	require.Empty(t, c.events())
}

// TestHookTLS: the hook refuses an untrusted certificate, and accepts one of an authority that the machine trusts.
func TestHookTLS(t *testing.T) {
	t.Parallel()
	c := newCentral(t)
	secure := httptest.NewUnstartedServer(c.listener.Config.Handler)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	c.hook("--server", secure.URL, "--token-file", c.token, "--cache", c.cache)
	c.say("clean", "b.txt", "b\n")
	c.called()
	require.Regexp(t, `settings: 127\.0\.0\.1:\d+: .*certificate`, one(c.refused("main")))
	require.Empty(t, c.called(), "the token was not sent")
	authority := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600))
	c.env = []string{"SSL_CERT_FILE=" + authority}
	require.Empty(t, c.accepted("main"))
}

// TestServeHook follows docs/hook.md: the real server as a process, an account and a token for the hook, and a push.
func TestServeHook(t *testing.T) {
	t.Parallel()
	root, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	s := emptyServer(t)
	bare := filepath.Join(root, "PAY", "api.git")
	require.NoError(t, os.MkdirAll(filepath.Dir(bare), 0o755))
	require.NoError(t, os.Rename(s.bare, bare))
	s.bare = bare
	s.git("remote", "set-url", "origin", bare)
	n := startNode(t, nil, "--repos", root, "--data", data)
	out := inProcess(t, nil, "user", "add", "git", "--data", data).stdout
	require.Zero(t, inProcess(t, nil, "user", "grant", "git", "READ", "--data", data).code)
	password := regexp.MustCompile(`password: (\S+)`).FindStringSubmatch(out)
	require.NotNil(t, password, out)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.url+"/rest/security/latest/tokens", strings.NewReader(`{"name":"hook","scopes":["scan"],"expiryDays":90}`))
	require.NoError(t, err)
	request.SetBasicAuth("git", password[1])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	body := must(io.ReadAll(response.Body))
	require.NoError(t, response.Body.Close())
	found := regexp.MustCompile(access.TokenPrefix + `[A-Za-z0-9_-]+`).Find(body)
	require.NotNil(t, found, string(body))
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, found, 0o600))

	s.hook("--server", n.url, "--token-file", file, "--audit", s.audit)
	testwait.Until(t, func() bool {
		status, _ := n.call(http.MethodGet, "/rest/security/latest/hook/projects/PAY/repos/api", "")
		return status == http.StatusOK
	}, "an empty repository is known too")
	s.say("clean", "README", "hello\n")
	require.Empty(t, s.accepted("main"))
	status, text := n.call(http.MethodPut, "/rest/api/latest/projects/PAY"+hookKey+"/enabled", blocks)
	require.Equal(t, http.StatusOK, status, text)
	s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	require.Contains(t, s.refused("main"), "Sluice refused this push")
	_, text = n.call(http.MethodGet, "/rest/security/latest/audit", "")
	require.Contains(t, text, `"push.blocked"`)
	requireNoSecret(t, text)
	require.NoError(t, n.cmd.Process.Kill())
	_ = n.cmd.Wait()
	require.Contains(t, one(s.refused("main")), "apply, because it gave no new ones")
}
