package cli_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testwait"
)

// pages gives a function that opens pages of a server as a person who has signed in.
func (n *node) pages(name, password string) func(path string) (status int, text string) {
	n.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(n.t, err)
	client := &http.Client{Jar: jar}
	ask := func(method, path string, form url.Values) (int, string) {
		n.t.Helper()
		r, err := http.NewRequestWithContext(n.t.Context(), method, n.url+path, strings.NewReader(form.Encode()))
		require.NoError(n.t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := client.Do(r)
		require.NoError(n.t, err)
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		require.NoError(n.t, err)
		return response.StatusCode, string(text)
	}
	status, text := ask(http.MethodPost, "/sign-in", url.Values{"name": {name}, "password": {password}})
	require.Equal(n.t, http.StatusOK, status)
	require.Contains(n.t, text, `/sign-out"`)
	return func(path string) (int, string) { return ask(http.MethodGet, path, nil) }
}

// TestServeWithoutAFolder starts and says on the first page how to go on; then the person does that, with the same data.
func TestServeWithoutAFolder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	n := startNode(t, nil, "--data", data)
	require.NotEmpty(t, n.password)
	status, text := n.pages("admin", n.password)("/")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "sluice serve --repos")
	status, body := n.get("/rest/security/latest/connections", n.password)
	require.Equal(t, http.StatusOK, status)
	require.Empty(t, body["values"])
	require.NoError(t, n.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, n.cmd.Wait())

	again := startNode(t, nil, "--data", data, "--repos", repositories(t, 1, 2))
	open := again.pages("admin", n.password)
	testwait.Until(t, func() bool {
		_, text := open("/")
		return strings.Contains(text, "Scan everything")
	}, "the repository is listed")
	again.password = n.password
	status, _ = again.call(http.MethodPut, "/rest/security/latest/status/total_rescan", "")
	require.Equal(t, http.StatusAccepted, status)
	testwait.Until(t, func() bool {
		_, text := open("/projects/PAY")
		return strings.Contains(text, "Branches: secure 2, vulnerable 0")
	}, "it is scanned")
	require.NoError(t, again.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, again.cmd.Wait())

	// A server without the folder shows what an earlier one has found, and leaves scans to one that has it.
	last := startNode(t, nil, "--data", data)
	_, text = last.pages("admin", n.password)("/projects/PAY")
	require.Contains(t, text, "Branches: secure 2, vulnerable 0")
	_, text = last.pages("admin", n.password)("/")
	require.Contains(t, text, "started without <code>--repos</code>")
	last.password = n.password
	status, _ = last.call(http.MethodPut, "/rest/security/latest/status/total_rescan", "")
	require.Equal(t, http.StatusAccepted, status)
	_, queue := last.get("/rest/security/latest/queue", n.password)
	require.Len(t, queue["values"], 2)
	for _, v := range queue["values"].([]any) {
		require.Equal(t, "QUEUED", v.(map[string]any)["state"])
	}
}

// TestServeDemo shows every state within seconds, to both accounts, and leaves nothing behind.
func TestServeDemo(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	// What a real server on this machine is configured with does not matter.
	n := startNode(t, []string{
		"TMPDIR=" + temporary, "DATABASE_URL=postgres://nobody@203.0.113.1/nothing", "SMTP_URL=smtp://203.0.113.1?from=a@example.com", "SLUICE_REPOS=/nowhere", "SLUICE_LINK=https://sluice.example.com",
		"SLUICE_PASSWORDS=administrators", "SLUICE_OIDC_ISSUER=https://203.0.113.1", "SLUICE_OIDC_CLIENT_ID=sluice", "SLUICE_OIDC_CLIENT_SECRET=made-up",
	}, "--demo")
	require.Len(t, n.accounts, 2, "%s", n.first)
	require.Len(t, entries(t, temporary), 1)
	for _, account := range n.accounts {
		open := n.pages(account[0], account[1])
		status, text := open("/projects/PAY/repos/api")
		require.Equal(t, http.StatusOK, status)
		for _, words := range []string{"Up To Date", "Scanned 3 Commits Ago", "Scanned 1 Commit Ago", "Cancelled", "Internal Error", "Not Scanned", "Scanned In Part", "Scanned With Older Rules"} {
			require.Contains(t, text, words)
		}
	}
	admin, password := n.accounts[0][0], n.accounts[0][1]
	require.Equal(t, "admin", admin)
	moved := map[string]bool{}
	waited, ended := false, false
	testwait.Until(t, func() bool {
		_, queue := n.get("/rest/security/latest/queue?limit=100", password)
		running := map[string]bool{}
		for _, v := range queue["values"].([]any) {
			scan := v.(map[string]any)
			waited = waited || scan["state"] == "QUEUED"
			if scan["state"] == "RUNNING" && scan["progress"].(float64) > 0 {
				running[scan["scanKey"].(string)], moved[scan["scanKey"].(string)] = true, true
			}
		}
		for key := range moved {
			ended = ended || !running[key]
		}
		return waited && ended && len(moved) > 2
	}, "scans wait, run and end by themselves")
	require.Equal(t, http.StatusForbidden, func() int { status, _ := n.pages(n.accounts[1][0], n.accounts[1][1])("/"); return status }(), "the developer does not see everything")
	require.NoError(t, n.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, n.cmd.Wait(), "%s", n.log)
	require.Empty(t, entries(t, temporary), "nothing stays")
	require.Empty(t, n.log.String(), "what people need does not scroll away")
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// TestADemoTakesNoData that somebody may want to keep, and no address that others can reach.
func TestADemoTakesNoData(t *testing.T) {
	t.Parallel()
	for flags, says := range map[string]string{
		"--data " + t.TempDir():  "--data: leave it out",
		"--repos " + t.TempDir(): "--repos: leave it out",
		"--listen 0.0.0.0:0":     "--listen: --demo listens on this machine alone",
		"--listen :0":            "--listen: --demo listens on this machine alone",
		"--listen [::]:0":        "--listen: --demo listens on this machine alone",
		"--listen example.com:0": "--listen: --demo listens on this machine alone",
	} {
		got := inProcess(t, nil, append([]string{"serve", "--demo"}, strings.Fields(flags)...)...)
		require.Equal(t, 2, got.code, flags)
		require.Contains(t, got.stderr, says, flags)
		require.Empty(t, got.stdout)
	}
}
