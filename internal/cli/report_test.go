package cli_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
	"github.com/sluice-scan/sluice/scan"
)

func TestReportCommands(t *testing.T) {
	t.Parallel()
	for name, connect := range map[string]func(*testing.T, *fakebitbucket.Server) []string{
		"cloud": func(t *testing.T, s *fakebitbucket.Server) []string { return []string{"PROXY_URL=" + proxy(t, s)} },
		"datacenter": func(t *testing.T, s *fakebitbucket.Server) []string {
			listener := httptest.NewServer(s)
			t.Cleanup(listener.Close)
			s.Set(fakebitbucket.WithDataCenter("/git"))
			return []string{"BITBUCKET_SERVER_URL=" + listener.URL + "/git", "BITBUCKET_ACCESS_TOKEN=dc", "BITBUCKET_PROJECT_KEY=acme"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			commit := r.commit("a.txt", tokens(0, 2))
			server := fakebitbucket.New()
			env := pipeline(r, "", commit, connect(t, server)...)
			got := inProcess(t, env, "report", "list", commit)
			require.Equal(t, scan.ExitOK, got.code, got.stderr)
			require.Contains(t, got.stdout, "none: no report on commit "+commit)
			got = inProcess(t, env, "report", "show", commit)
			require.Equal(t, scan.ExitError, got.code)
			require.Contains(t, got.stderr, "not found: ")

			require.Equal(t, scan.ExitFindings, inProcess(t, env).code)
			got = inProcess(t, env, "report", "list", commit[:12])
			require.Contains(t, got.stdout, "FAILED   sluice-security")
			got = inProcess(t, env, "report", "show", commit)
			require.Contains(t, got.stdout, "2 annotations")
			require.Contains(t, got.stdout, "a.txt:1")
			got = inProcess(t, env, "report", "delete", commit)
			require.Contains(t, got.stdout, "deleted: report sluice-security")
			require.Contains(t, inProcess(t, env, "report", "delete", commit).stderr, "not found: ")
		})
	}
}

func TestReportErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "clean\n")
	for want, effect := range map[string]fault.Effect{
		"forbidden: ": fault.MissingScopes{}, "not authenticated: ": fault.Status{Code: 401},
		"not found: ": fault.Status{Code: 404}, "server error: ": fault.Status{Code: 501},
	} {
		server := fakebitbucket.New()
		fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: effect})
		got := inProcess(t, pipeline(r, proxy(t, server), commit), "report", "list", commit)
		require.Equal(t, scan.ExitError, got.code)
		require.Contains(t, got.stderr, want)
	}
	got := inProcess(t, pipeline(r, "http://127.0.0.1:1", commit), "report", "list", commit)
	require.Contains(t, got.stderr, "unreachable: ")
	require.Equal(t, scan.ExitUsage, inProcess(t, nil, "report", "list").code)
}

func TestPublishWithCredentialsToDataCenter(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 130))
	server := fakebitbucket.New(fakebitbucket.WithDataCenter("/git"), fakebitbucket.WithBasic("ci", "dc-canary"))
	listener := httptest.NewServer(server)
	defer listener.Close()
	env := pipeline(r, "", commit, "BITBUCKET_SERVER_URL="+listener.URL+"/git/", "BITBUCKET_USERNAME=ci", "BITBUCKET_APP_PASSWORD=dc-canary",
		"BUILD_STATUS=true", "PR_COMMENT=true", "BITBUCKET_PR_ID=7", "DEBUG=true")
	got := inProcess(t, env)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Len(t, server.Annotations(commit, reportID), 130)
	require.Len(t, server.Statuses(commit), 1)
	require.Equal(t, "FAILED", server.Statuses(commit)[0].State)
	require.Len(t, server.Comments(7), 1)
	require.Contains(t, server.Comments(7)[0].Text, "Not safe to merge")
	require.NotContains(t, got.stdout+got.stderr, "canary")
	inProcess(t, env)
	require.Len(t, server.Comments(7), 1, "updated, not repeated")
	require.Len(t, server.Annotations(commit, reportID), 130)
}
