package cli_test

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

func TestValuesInQuotesAndBlanksWorkEverywhere(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", tokens(0, 1)}, []string{"new.txt", tokens(5, 6)})
	server := fakebitbucket.New(fakebitbucket.WithBearer("dc-canary"))
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	server.Set(fakebitbucket.WithDataCenter("/git"))
	env := []string{
		"BITBUCKET_SERVER_URL=\" " + listener.URL + "/git \"", "BITBUCKET_ACCESS_TOKEN=' Bearer dc-canary '", "BITBUCKET_PROJECT_KEY=acme\n", "BITBUCKET_REPO_SLUG=\"shop\"", "BITBUCKET_CLONE_DIR='" + p.dir + "'",
		"BITBUCKET_COMMIT=\" " + p.source + "\n\"", "BITBUCKET_PR_ID=' 7 '", "BITBUCKET_PR_DESTINATION_COMMIT=\"" + p.destination[:12] + "\"", "BITBUCKET_PR_DESTINATION_BRANCH='main'", "FAIL_ON=\"low\"", "DB_UPDATE='off'",
	}
	got := inProcess(t, env, "pipe")
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "1 new finding")
	require.Len(t, server.Annotations(p.source, reportID), 2, got.stderr)
}

func TestALiteralNameIsNotSetAndNoted(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 1))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit, "FAIL_ON=$FAIL_ON", "BITBUCKET_ACCESS_TOKEN=${BITBUCKET_ACCESS_TOKEN}", "DB_UPDATE=off")
	got := inProcess(t, env)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stderr, "FAIL_ON counts as not set, because its value is the text $FAIL_ON")
	report, _ := server.Report(commit, reportID)
	require.Contains(t, report.Details, "BITBUCKET_ACCESS_TOKEN counts as not set")
	got = inProcess(t, env, "publish", sarifFile(t, "Lint", results()))
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Contains(t, got.stdout, "FAIL_ON counts as not set")
}

func TestFlagsOfListsParseWhatTheirVariablesParse(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", tokens(0, 1))
	dir := t.TempDir()
	inProcess(t, []string{"DB_UPDATE=off"}, "scan", "--format", "json="+dir+"/a.json,csv="+dir+"/b.csv", "--format", "\"sarif="+dir+"/c.sarif\"", "--engines", "secrets,dependencies", r.dir)
	for _, name := range []string{"a.json", "b.csv", "c.sarif"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	server := fakebitbucket.New()
	one, other := sarifFile(t, "One", results()), filepath.Join(t.TempDir(), "with, comma.sarif")
	text, err := os.ReadFile(one)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(other, []byte(strings.Replace(string(text), "One", "Other", 1)), 0o600))
	got := inProcess(t, pipeline(r, proxy(t, server), ""), "publish", "--sarif", one+","+one, other)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Equal(t, []string{"sluice-one", "sluice-other"}, reportIDs(server, r.git("rev-parse", "HEAD")), "an argument is one file, commas and all")
}

func TestPipeNamesTheCauseOfALostReport(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "clean\n")
	server := fakebitbucket.New()
	server.Set(fakebitbucket.WithDataCenter("/git"))
	secure := httptest.NewTLSServer(server)
	t.Cleanup(secure.Close)
	env := pipeline(r, "", commit, "BITBUCKET_SERVER_URL="+secure.URL+"/git", "BITBUCKET_ACCESS_TOKEN=dc", "BITBUCKET_PROJECT_KEY=acme", "PUBLISH_TIMEOUT=5s", "DB_UPDATE=off")
	got := inProcess(t, env)
	require.Equal(t, scan.ExitOK, got.code)
	require.Contains(t, got.stderr, "THE REPORT WAS NOT PUBLISHED")
	require.Contains(t, got.stderr, "SSL_CERT_FILE")
	authority := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(authority, pemOf(secure.Certificate().Raw), 0o600))
	cmd, out := process(t, append(env, "SSL_CERT_FILE="+authority))
	require.NoError(t, cmd.Run(), out.String())
	require.Equal(t, []string{reportID}, reportIDs(server, commit))
	plain := httptest.NewServer(server)
	t.Cleanup(plain.Close)
	got = inProcess(t, append(env, "BITBUCKET_SERVER_URL="+plain.URL))
	require.Contains(t, got.stderr, "sub path")
	got = inProcess(t, append(env, "BITBUCKET_SERVER_URL="+plain.URL+"/git/projects/acme/repos/shop/browse"))
	require.Equal(t, scan.ExitUsage, got.code)
	require.Contains(t, got.stderr, "write the address of the server itself, "+plain.URL+"/git")
}

func TestPullRequestSaysWhyItsDestinationCouldNotBeFetched(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", "one\n"}, []string{"new.txt", "two\n"})
	clone, _, server := shallow(t, p, "1")
	env := append(p.env(t, server), "BITBUCKET_CLONE_DIR="+clone.dir, "BITBUCKET_GIT_HTTP_ORIGIN=http://bitbucket.org/acme/shop", "DB_UPDATE=off")
	inProcess(t, env)
	report, _ := server.Report(p.source, reportID)
	require.Contains(t, report.Details, "all findings count as new, because the clone does not contain the destination of the pull request; fetching it (DEEPEN) did not work: ")
	inProcess(t, append(env, "DEEPEN=off"))
	report, _ = server.Report(p.source, reportID)
	require.Contains(t, report.Details, "DEEPEN is off")
}

// pemOf encodes a certificate.
func pemOf(der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}) }
