package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testwait"
)

// call makes a call as the administrator and returns the answer.
func (n *node) call(method, path, body string) (int, string) {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), method, n.url+path, strings.NewReader(body))
	require.NoError(n.t, err)
	request.SetBasicAuth("admin", n.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(n.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(n.t, err)
	return response.StatusCode, string(text)
}

// scanned waits for an up-to-date result of a branch and returns its findings.
func (n *node) scanned(path string) (found []map[string]any) {
	n.t.Helper()
	testwait.Until(n.t, func() bool {
		_, text := n.call(http.MethodGet, path, "")
		var body struct {
			Actual       bool             `json:"actual"`
			InvalidLines []map[string]any `json:"invalidLines"`
		}
		if json.Unmarshal([]byte(text), &body) != nil || !body.Actual {
			n.call(http.MethodPost, path, "")
			return false
		}
		found = body.InvalidLines
		return true
	})
	return found
}

// TestServeRuleReviewAndKey follows one text through the whole server: an added rule finds it, accounts that may write
// see it, and a review settles it. No file of the server and no line of its log contains it. The server refuses another
// master key.
func TestServeRuleReviewAndKey(t *testing.T) {
	t.Parallel()
	const canary = "acme_490218837714"
	root, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	r := &repository{t, filepath.Join(root, "PAY", "api")}
	require.NoError(t, os.MkdirAll(r.dir, 0o755))
	r.git("init", "-q", "-b", "main")
	r.commit("a.py", "one\nkey = \""+canary+"\"\n")
	n := startNode(t, nil, "--repos", root, "--data", data)
	const path = "/rest/security/1.0/scan/PAY/repos/api?branch=main"
	require.Empty(t, n.scanned(path), "no rule knows it yet")

	status, text := n.call(http.MethodPost, "/rest/security/latest/rules", `{"name":"Acme key","regexp":"acme_[0-9]{12}","enabled":true}`)
	require.Equal(t, http.StatusCreated, status, text)
	var found []map[string]any
	_, text = n.call(http.MethodPost, path, "")
	require.Contains(t, text, `"scheduled":true`, "a new rule makes the result old")
	testwait.Until(t, func() bool { found = n.scanned(path); return len(found) == 1 })
	require.Equal(t, [3]any{canary, "a.py", 2.0}, [3]any{found[0]["matchText"], found[0]["path"], found[0]["line"]})

	status, text = n.call(http.MethodPost, "/rest/security/latest/review-lines/projects/PAY/repos/api/create", `{"matchText":"`+canary+`","ruleName":"ACME_KEY"}`)
	require.Equal(t, http.StatusOK, status, text)
	require.Empty(t, n.scanned(path), "what was reviewed is settled at once")
	_, text = n.call(http.MethodGet, "/rest/security/latest/status/projects/PAY/repos/api", "")
	require.Contains(t, text, "SECURE", text)

	require.NoError(t, n.cmd.Process.Kill())
	_ = n.cmd.Wait()
	require.NoError(t, filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		require.False(t, bytes.Contains(text, []byte(canary)), path)
		return err
	}))
	info, err := os.Stat(filepath.Join(data, "master.key"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	for key, want := range map[string]string{
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)): "created with another master key",
		"short": "SLUICE_MASTER_KEY",
	} {
		cmd, _ := process(t, []string{"SLUICE_MASTER_KEY=" + key}, "serve", "--listen", "127.0.0.1:0", "--repos", root, "--data", data)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = nil, &out
		err := cmd.Run()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, 2, exit.ExitCode(), out.String())
		require.Contains(t, out.String(), want)
		require.NotContains(t, out.String(), key)
	}
}
