package git_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// server is a git server on the loopback interface: git's own http-backend.
type server struct {
	*httptest.Server
	repo string

	mu   sync.Mutex
	auth []string
}

func gitServer(t *testing.T, dir string) *server {
	t.Helper()
	program, err := exec.LookPath("git")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		dir = filepath.Join(dir, ".git")
	}
	s := &server{}
	backend := &cgi.Handler{Path: program, Args: []string{"http-backend"}, Stderr: io.Discard, Env: []string{
		"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		"GIT_CONFIG_KEY_1=uploadpack.allowReachableSHA1InWant", "GIT_CONFIG_VALUE_1=true",
	}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.auth = append(s.auth, r.Header.Get("Authorization"))
		s.mu.Unlock()
		http.StripPrefix("/team/shop", backend).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	s.repo = s.URL + "/team/shop"
	return s
}

// forwardProxy is a proxy that accepts absolute requests for bitbucket.org, adds credentials and forwards them to
// target, as the proxy of Pipelines does.
func forwardProxy(t *testing.T, target string) (url string, seen func() []string) {
	t.Helper()
	var mu sync.Mutex
	var requests []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r.Method+" "+r.RequestURI)
		mu.Unlock()
		if !strings.HasPrefix(r.RequestURI, "http://bitbucket.org/") {
			http.Error(w, "this proxy knows only bitbucket.org", http.StatusForbidden)
			return
		}
		out, err := http.NewRequestWithContext(r.Context(), r.Method, target+r.URL.RequestURI(), r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		out.Header = r.Header.Clone()
		out.ContentLength = r.ContentLength
		out.Header.Set("Authorization", "Bearer from-the-proxy")
		resp, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for key, values := range resp.Header {
			w.Header()[key] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return requests
	}
}

// pullRequest makes an origin in which the branch feature left main a while ago, and both have new commits.
func pullRequest(t *testing.T) (origin *clone, base, main, feature string) {
	t.Helper()
	origin = initRepo(t)
	base = origin.write("a.txt", strings.Repeat("shared line\n", 50), "old.txt", "old\n").commit("base")
	origin.git("checkout", "-q", "-b", "feature")
	origin.write("f.txt", "feature\n").commit("feature 1")
	origin.write("f.txt", "feature 2\n").commit("feature 2")
	feature = origin.write("f.txt", "feature 3\n").commit("feature 3")
	origin.git("checkout", "-q", "main")
	origin.write("m.txt", "main\n").commit("main 1")
	main = origin.write("m.txt", "main 2\n").commit("main 2")
	return origin, base, main, feature
}

func TestFetchDestinationAndDeepen(t *testing.T) {
	t.Parallel()
	origin, base, main, feature := pullRequest(t)
	for name, want := range map[string]string{"by branch": "main", "by reference": "refs/heads/main", "by hash": main} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := origin.cloneTo("--depth=2", "--single-branch", "--branch=feature")
			before := fingerprint(t, c.dir)
			r := c.open()
			require.False(t, r.HasCommit(main))
			_, err := r.Commit(t.Context(), main)
			require.ErrorIs(t, err, git.ErrUnknownRevision)
			require.ErrorContains(t, err, "clone: depth: full")

			s := gitServer(t, origin.dir)
			require.NoError(t, r.Fetch(t.Context(), git.FetchOptions{URL: s.repo, Want: []string{want}, Depth: 1}))
			commit, err := r.Commit(t.Context(), main)
			require.NoError(t, err)
			require.Equal(t, "main 2\n", contents(t, commit)["m.txt"])
			_, err = r.MergeBase(t.Context(), feature, main)
			require.ErrorIs(t, err, git.ErrNoMergeBase)

			require.NoError(t, r.Fetch(t.Context(), git.FetchOptions{URL: s.repo, Want: []string{want, feature}, Depth: 50}))
			got, err := r.MergeBase(t.Context(), feature, main)
			require.NoError(t, err)
			require.Equal(t, base, got)
			texts := []string{}
			for _, f := range files(t, r.History(feature, git.HistoryOptions{Since: []string{main}})) {
				text, err := content(f)
				require.NoError(t, err)
				texts = append(texts, text)
			}
			require.Equal(t, []string{"feature\n", "feature 2\n"}, texts)
			require.Equal(t, before, fingerprint(t, c.dir))
		})
	}
}

func TestFetchThroughAuthProxy(t *testing.T) {
	t.Parallel()
	origin, _, main, _ := pullRequest(t)
	c := origin.cloneTo("--depth=1", "--single-branch", "--branch=feature")
	s := gitServer(t, origin.dir)
	proxy, seen := forwardProxy(t, s.URL)
	r := c.open()
	o := git.FetchOptions{URL: "http://bitbucket.org/team/shop", Proxy: proxy, Want: []string{"main"}, Depth: 50}
	require.NoError(t, r.Fetch(t.Context(), o))
	require.True(t, r.HasCommit(main))
	require.Equal(t, []string{
		"GET http://bitbucket.org/team/shop/info/refs?service=git-upload-pack",
		"POST http://bitbucket.org/team/shop/git-upload-pack",
	}, seen())
	require.Equal(t, []string{"Bearer from-the-proxy", "Bearer from-the-proxy"}, s.auth)
}

func TestFetchWhatIsThere(t *testing.T) {
	t.Parallel()
	origin, _, main, _ := pullRequest(t)
	s := gitServer(t, origin.dir)
	r := origin.cloneTo().open()
	require.NoError(t, r.Fetch(t.Context(), git.FetchOptions{URL: s.repo, Want: []string{"main", main}}))
}

func TestFetchCleansUp(t *testing.T) {
	origin, _, _, _ := pullRequest(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	s := gitServer(t, origin.dir)
	r, err := git.Open(origin.cloneTo("--depth=1", "--branch=feature").dir)
	require.NoError(t, err)
	require.NoError(t, r.Fetch(t.Context(), git.FetchOptions{URL: s.repo, Want: []string{"main"}, Depth: 1}))
	left, err := filepath.Glob(filepath.Join(temp, "sluice-fetch-*"))
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.NoError(t, r.Close())
	require.NoDirExists(t, left[0])
}

func TestFetchErrors(t *testing.T) {
	t.Parallel()
	origin, _, main, _ := pullRequest(t)
	s := gitServer(t, origin.dir)
	locked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(locked.Close)
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>sign in</html>") }))
	t.Cleanup(html.Close)
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, "0008NAK\n0023\x01PACK\x00\x00\x00\x02\x00\x00\x00\x09 and nothing more")
			return
		}
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.repo+"/info/refs?service=git-upload-pack", nil)
		if err != nil {
			panic(err)
		}
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(cut.Close)
	password := "hunter" + "-of-secrets"
	for name, test := range map[string]struct {
		o    git.FetchOptions
		text string
		is   error
	}{
		"no such branch":        {git.FetchOptions{URL: s.repo, Want: []string{"gone"}}, "no such branch or tag", git.ErrUnknownRevision},
		"no such hash":          {git.FetchOptions{URL: s.repo, Want: []string{strings.Repeat("12", 20)}}, "name the branch", git.ErrUnknownRevision},
		"nothing wanted":        {git.FetchOptions{URL: s.repo}, "nothing is wanted", nil},
		"no such repository":    {git.FetchOptions{URL: s.URL + "/other", Want: []string{"main"}}, "not found", nil},
		"unauthorised":          {git.FetchOptions{URL: locked.URL + "/r", Want: []string{"main"}}, "authentication required", nil},
		"a page of HTML":        {git.FetchOptions{URL: html.URL + "/r", Want: []string{"main"}}, "fetch main from", nil},
		"a pack that is cut":    {git.FetchOptions{URL: cut.URL + "/r", Want: []string{main}}, "fetch", nil},
		"ssh":                   {git.FetchOptions{URL: "git@bitbucket.org:team/shop.git", Want: []string{"main"}}, "not http or https", nil},
		"a file":                {git.FetchOptions{URL: origin.dir, Want: []string{"main"}}, "not http or https", nil},
		"bad proxy":             {git.FetchOptions{URL: s.repo, Proxy: "29418", Want: []string{"main"}}, "proxy is not valid", nil},
		"credentials over http": {git.FetchOptions{URL: s.repo, Want: []string{"main"}, Username: "ada", Password: scan.NewSecret(password)}, "not sent over http", nil},
		"password in the URL":   {git.FetchOptions{URL: "http://ada:" + password + "@127.0.0.1:1/r", Want: []string{"main"}}, "refused", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := origin.cloneTo("--depth=1", "--branch=feature").open()
			err := r.Fetch(t.Context(), test.o)
			require.ErrorContains(t, err, test.text)
			require.NotContains(t, err.Error(), password)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			require.False(t, r.HasCommit(main))
		})
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	origin, _, _, _ := pullRequest(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the build was stopped")
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel(why)
		<-r.Context().Done()
	}))
	t.Cleanup(stuck.Close)
	err := origin.open().Fetch(ctx, git.FetchOptions{URL: stuck.URL + "/r", Want: []string{"main"}})
	require.ErrorIs(t, err, why)
}
