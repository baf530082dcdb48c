package madeup_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/cli/serve"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// node is the program's server in this process.
type node struct {
	t             *testing.T
	url, password string
}

// startServer starts the server over a folder of repositories, and stops it at the end of the test.
func startServer(t *testing.T, repositories string) *node {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var problems bytes.Buffer
	ended := make(chan int, 1)
	program := cli.Program{
		Args:   []string{"serve", "--listen", "127.0.0.1:0", "--repos", repositories, "--data", filepath.Join(t.TempDir(), "data")},
		Server: serve.Commands, Stdin: strings.NewReader(""), Stdout: in, Stderr: &problems, Getenv: getenv([]string{"ENGINES=smells"}),
	}
	go func() {
		code := cli.Run(ctx, program)
		_ = in.CloseWithError(io.EOF)
		ended <- code
	}()
	t.Cleanup(func() {
		stop()
		require.Equal(t, scan.ExitOK, <-ended, "%s", &problems)
	})
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err, "it says where it is")
	password := ""
	for found := false; !found; {
		line, err := lines.ReadString('\n')
		require.NoError(t, err, "it says the password")
		_, password, found = strings.Cut(line, "with the password ")
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	_, rest, _ := strings.Cut(first, "at ")
	url, _, _ := strings.Cut(rest, "/ (")
	return &node{t, url, strings.TrimSpace(password)}
}

// call makes a call as the administrator, and returns the answer as text.
func (n *node) call(method, path, body string) string {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), method, n.url+"/rest/security/latest"+path, strings.NewReader(body))
	require.NoError(n.t, err)
	request.SetBasicAuth("admin", n.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(n.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(n.t, err)
	return string(text)
}

func TestAMadeUpEngineIsOnTheServer(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "PAY", "api")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	git(t, dir, "init", "-q", "-b", "main")
	commit(t, dir, "a.js", smelly)
	n := startServer(t, root)

	var result struct {
		Actual       bool
		InvalidLines []struct{ Path, RuleID, Engine string }
	}
	const branch = "/scan/PAY/repos/api?branch=main&engine=smell"
	testwait.Until(t, func() bool {
		require.NoError(t, json.Unmarshal([]byte(n.call(http.MethodGet, branch, "")), &result))
		if !result.Actual {
			n.call(http.MethodPost, branch, "")
		}
		return result.Actual
	})
	require.Len(t, result.InvalidLines, 1)
	require.Equal(t, [3]string{"a.js", "SMELL_EVAL", "smells"}, [3]string{result.InvalidLines[0].Path, result.InvalidLines[0].RuleID, result.InvalidLines[0].Engine})
	require.Contains(t, n.call(http.MethodGet, "/scan/PAY/repos/api?branch=main&engine=odd", ""), "not secrets, dependencies, code, smells or all")
	require.Contains(t, n.call(http.MethodGet, "/findings?engine=smells", ""), `"engine":"smells"`)
	require.Contains(t, n.call(http.MethodGet, "/status/projects/PAY/repos/api", ""), "VULNERABLE")
	require.Contains(t, n.call(http.MethodGet, "/export-report/projects/PAY?confirmExpensiveOperation=true", ""), ",smells,")

	n.call(http.MethodPut, "/settings", `{"codeFloor":"HIGH"}`)
	require.Contains(t, n.call(http.MethodGet, "/status/projects/PAY/repos/api", ""), "SECURE", "its floor is the one that its row names")
}
