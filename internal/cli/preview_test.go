package cli_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestPreviewWritesAPageWithoutASecret(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("old.txt", "x\n"+tokens(3, 4), "keep.txt", "1\n")
	r.git("checkout", "-q", "-b", "feature")
	r.commit("old.txt", "x\n", "new.txt", "a\n"+tokens(1, 2)+"b\n")
	out := filepath.Join(t.TempDir(), "page")
	got := inProcess(t, nil, "preview", "--output", out, r.dir)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "new.txt")
	require.Contains(t, string(page), "FAILED")
	for _, n := range []int{1, 3} {
		require.NotContains(t, string(page), token(n)[8:])
	}
	require.Equal(t, scan.ExitUsage, inProcess(t, nil, "preview", "--output", out, t.TempDir()+"/nowhere").code)
}

func TestPreviewIsServed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", tokens(1, 2))
	cmd, _ := process(t, nil, "preview", "--listen", "127.0.0.1:0", r.dir)
	cmd.Stdout = nil
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(stdout)
	address := ""
	for address == "" && lines.Scan() {
		_, address, _ = strings.Cut(lines.Text(), "The preview is at ")
		address, _, _ = strings.Cut(address, " ")
	}
	require.NotEmpty(t, address)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(page), "a.txt")
	require.NotContains(t, string(page), token(1)[8:])
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil {
		require.ErrorAs(t, err, &exit)
	}
}
