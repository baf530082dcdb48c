package cli_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// jar returns an archive with one file.
func jar(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	require.NoError(t, err)
	_, err = io.WriteString(f, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestScanLooksIntoArchives(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("libs/app.jar", jar(t, "conf/app.properties", "a=b\n"+tokens(0, 1)), "clean.zip", jar(t, "x.txt", "clean\n"))
	got := inProcess(t, nil, "scan", r.dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stdout)
	require.Contains(t, got.stdout, "libs/app.jar!/conf/app.properties:2:")
	require.Contains(t, got.stdout, "2 archives")
	require.NotContains(t, got.stdout, token(0))
	require.Equal(t, scan.ExitOK, inProcess(t, nil, "scan", "--archives=false", r.dir).code)
	require.Equal(t, scan.ExitOK, inProcess(t, []string{"ARCHIVES=no"}, "scan", r.dir).code)
}

// TestArchivesAndTheCache: a file that was clean because archives were not opened is scanned again later.
func TestArchivesAndTheCache(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("app.jar", jar(t, "app.properties", tokens(0, 1)), "a.txt", "clean\n")
	env := "CACHE_DIR=" + filepath.Join(t.TempDir(), "cache")
	require.Equal(t, scan.ExitOK, inProcess(t, []string{env, "ARCHIVES=false"}, "scan", r.dir).code)
	first := inProcess(t, []string{env}, "scan", "--format", "json", r.dir)
	require.Equal(t, scan.ExitFindings, first.code)
	require.Equal(t, first, inProcess(t, []string{env}, "scan", "--format", "json", r.dir))
}

func TestPullRequestIsAnnotatedAtTheArchive(t *testing.T) {
	t.Parallel()
	old := jar(t, "old.properties", tokens(0, 1))
	p := newPullRequest(t, []string{"old.jar", old}, []string{"new.jar", jar(t, "new.properties", "\n"+tokens(1, 2))})
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server, "FAIL_SCOPE=new"))
	require.Equal(t, scan.ExitFindings, got.code, got.stdout)
	annotations := server.Annotations(p.source, reportID)
	require.Len(t, annotations, 2)
	for _, a := range annotations {
		require.Zero(t, a.Line, "an archive has no lines")
		switch a.Path {
		case "new.jar":
			require.Contains(t, a.Summary, "in new.jar!/new.properties")
			require.Contains(t, a.Details, "In new.jar!/new.properties, line 2.")
			require.Equal(t, "FAILED", a.Result)
		default:
			require.Equal(t, "old.jar", a.Path)
			require.Equal(t, "IGNORED", a.Result)
		}
	}
}
