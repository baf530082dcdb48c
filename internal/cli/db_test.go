package cli_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// advisoryZip returns a database with one advisory for the npm package left below 1.2.0.
func advisoryZip(t testing.TB, id string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create(id + ".json")
	require.NoError(t, err)
	_, err = fmt.Fprintf(w, `{"id":%q,"summary":"bad padding","modified":"2026-11-20T00:00:00Z","database_specific":{"severity":"HIGH"},"affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}`, id)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return packed.Bytes()
}

// leftLock returns a lock file that pins left.
func leftLock(version string) string {
	return `{"lockfileVersion":3,"packages":{"":{"dependencies":{"left":"^1.0.0"}},` + "\n" + `"node_modules/left":{"version":"` + version + `"}}}`
}

// TestAKilledUpdateLeavesTheOldFile kills the update at different points of the download.
func TestAKilledUpdateLeavesTheOldFile(t *testing.T) {
	t.Parallel()
	data := advisoryZip(t, "GHSA-new")
	started, finish := make(chan bool, 8), make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data[:len(data)/2])
		w.(http.Flusher).Flush()
		started <- true
		select {
		case <-finish:
			_, _ = w.Write(data[len(data)/2:])
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	zipFile, db := filepath.Join(dir, "all.zip"), filepath.Join(dir, "advisories.db")
	require.NoError(t, os.WriteFile(zipFile, advisoryZip(t, "GHSA-old"), 0o600))
	require.Zero(t, inProcess(t, nil, "db", "build", "--output", db, zipFile).code)
	before, err := os.ReadFile(db)
	require.NoError(t, err)

	args := []string{"db", "update", "--ecosystem", "npm", "--db", db, "--db-url", server.URL}
	for range 3 {
		cmd, out := process(t, nil, args...)
		require.NoError(t, cmd.Start())
		<-started
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait(), out.String())
		after, err := os.ReadFile(db)
		require.NoError(t, err)
		require.True(t, bytes.Equal(before, after))
	}
	// The next update works. It removes the files of killed updates once they are old.
	left, err := filepath.Glob(filepath.Join(dir, ".download-*"))
	require.NoError(t, err)
	require.Len(t, left, 3)
	for _, name := range left {
		long := time.Now().Add(-3 * time.Hour)
		require.NoError(t, os.Chtimes(name, long, long))
	}
	close(finish)
	done := inProcess(t, nil, args...)
	require.Zero(t, done.code, done.stderr)
	require.Contains(t, done.stdout, "npm                       1           1  2026-11-20")
	left, err = filepath.Glob(filepath.Join(dir, ".download-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestTwoUpdatesAtOnce: concurrent updates do not harm each other.
func TestTwoUpdatesAtOnce(t *testing.T) {
	t.Parallel()
	data := advisoryZip(t, "GHSA-new")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }))
	t.Cleanup(server.Close)
	db := filepath.Join(t.TempDir(), "advisories.db")
	type started struct {
		wait func() error
		out  *bytes.Buffer
	}
	var all []started
	for range 4 {
		cmd, out := process(t, nil, "db", "update", "--ecosystem", "npm", "--db", db, "--db-url", server.URL)
		require.NoError(t, cmd.Start())
		all = append(all, started{cmd.Wait, out})
	}
	for _, s := range all {
		require.NoError(t, s.wait(), s.out.String())
	}
	require.Zero(t, inProcess(t, nil, "db", "info", "--verify", "--db", db).code)
}

// TestPipeReportsDependencies runs the pipe for a pull request that adds a vulnerable package. The report has one new
// annotation, on the right line, and the date of the data.
func TestPipeReportsDependencies(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("package.json", "{\n  \"dependencies\": {\n    \"left\": \"^1.0.0\"\n  }\n}\n", "package-lock.json", leftLock("1.2.0"))
	base := r.git("rev-parse", "HEAD")
	r.git("checkout", "-q", "-b", "feature")
	commit := r.commit("package-lock.json", leftLock("1.0.0"))
	var asked []string
	data := advisoryZip(t, "GHSA-left")
	osv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		_, _ = w.Write(data)
	}))
	t.Cleanup(osv.Close)
	server := fakebitbucket.New()
	ran := inProcess(t, pipeline(r, proxy(t, server), commit, "DB_URL="+osv.URL, "BITBUCKET_BRANCH=feature", "BITBUCKET_PR_ID=1",
		"BITBUCKET_PR_DESTINATION_BRANCH=main", "BITBUCKET_PR_DESTINATION_COMMIT="+base), "pipe")
	require.Equal(t, 3, ran.code, ran.stdout+ran.stderr)
	require.Equal(t, []string{"/npm/all.zip"}, asked, "once, for the commit and its base")
	require.Contains(t, ran.stdout, "NEW")
	annotations := server.Annotations(commit, reportID)
	require.Len(t, annotations, 1)
	a := annotations[0]
	require.Equal(t, "New: left 1.0.0: bad padding", a.Summary)
	require.Equal(t, "package.json", a.Path)
	require.Equal(t, 3, a.Line)
	require.Contains(t, a.Details, "Upgrade left to 1.2.0.")
	require.Contains(t, a.Details, "Locked at: package-lock.json:2")
	report, found := server.Report(commit, reportID)
	require.True(t, found)
	require.Equal(t, "FAILED", report.Result)
	dated := false
	for _, item := range report.Data {
		if item.Title == "Advisories of" {
			dated = true
			require.Equal(t, "DATE", item.Type)
			require.EqualValues(t, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli(), item.Value)
		}
	}
	require.True(t, dated)
}

// TestHugeLockFile: a lock file of 500 MB is reported as not checked, without reading it. The other files count.
func TestHugeLockFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(t.TempDir(), "advisories.db")
	zipFile := filepath.Join(t.TempDir(), "all.zip")
	require.NoError(t, os.WriteFile(zipFile, advisoryZip(t, "GHSA-left"), 0o600))
	require.Zero(t, inProcess(t, nil, "db", "build", "--output", db, zipFile).code)
	for _, name := range []string{"huge", "small"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	f, err := os.Create(filepath.Join(dir, "huge", "package-lock.json"))
	require.NoError(t, err)
	require.NoError(t, f.Truncate(500<<20))
	require.NoError(t, f.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "small", "package-lock.json"), []byte(leftLock("1.0.0")), 0o600))
	ran := inProcess(t, nil, "scan", "--worktree", dir, "--db", db, "--engines", "dependencies")
	require.Equal(t, 3, ran.code, ran.stderr)
	require.Contains(t, ran.stdout, "huge/package-lock.json: dependencies: larger than 32 MB")
	require.Contains(t, ran.stdout, "left 1.0.0")
}
