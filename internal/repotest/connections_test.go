package repotest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
)

// TestEveryCommandOfTheConnectionsPage runs the page from top to bottom, with the real program, against a whole made-up Data
// Center. The token is in no output.
func TestEveryCommandOfTheConnectionsPage(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			require.Empty(t, os.Getenv("CI"), "the page needs "+tool)
			t.Skip("no " + tool)
		}
	}
	const token = "canary-token-of-the-page"
	dc, err := site.New(t.TempDir(), "")
	require.NoError(t, err)
	base, stop := dc.Serve()
	t.Cleanup(stop)
	dc.AddProject("PAY", "Payments")
	require.NoError(t, dc.AddRepository("PAY", "api", nil))
	_, err = dc.Push("PAY", "api", "main", "", "a.txt", "nothing")
	require.NoError(t, err)
	dc.Allow(site.Credential{Secret: token, User: "scanner", Level: site.Read})
	dc.Grant("scanner", "PAY", site.Read)

	root := t.TempDir()
	for _, dir := range []string{"etc/sluice", "git", "data", "bin"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc/sluice/bitbucket.token"), []byte(token+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "body.json"), []byte("{}"), 0o600))
	require.NoError(t, os.Symlink(program(t), filepath.Join(root, "bin", "sluice")))
	address, password := startServer(t, filepath.Join(root, "git"), "--data", filepath.Join(root, "data"))
	replaced := strings.NewReplacer("https://bitbucket.example.com", base, "/etc/", root+"/etc/")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readText(t, "docs/connections.md"), -1)
	require.Greater(t, len(blocks), 5)
	script := "set -euo pipefail\n"
	for i, b := range blocks {
		script += fmt.Sprintf("echo \"== block %d\"\n%s\n", i+1, replaced.Replace(b[1]))
		if i == 0 {
			script += "until curl -fsS -u \"admin:$PASSWORD\" \"$SLUICE/rest/security/latest/status/projects/PAY/repos/api\" > listed 2>&1; do sleep 0.2; done\n"
		}
	}
	out, code := run(t, root, []string{
		"PATH=" + filepath.Join(root, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + root, "SLUICE_DATA=" + filepath.Join(root, "data"), "SLUICE=" + address, "PASSWORD=" + password,
		"TIMESTAMP=1700000000", "DELIVERY=A-B", "SECRET=x",
	}, "bash", "-c", script+"echo 'The page is through.'\n")
	require.Zero(t, code, out)
	for _, words := range []string{"accepts the credential of the user scanner", "The page is through.", `"every":"30m0s"`, `"kind":"webhook"`, "is removed with 1 repository"} {
		require.Contains(t, out, words)
	}
	require.NotContains(t, out, token)
}
