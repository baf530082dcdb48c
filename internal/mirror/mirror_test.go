package mirror_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/testgit"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}

const canary = "canary-token-of-a-mirror"

// server is a Data Center with the repository PAY/api.
type server struct {
	*site.Site
	base string
	t    *testing.T
}

func newServer(t *testing.T) *server {
	s, err := site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	base, stop := s.Serve()
	t.Cleanup(stop)
	s.AddProject("PAY", "Payments")
	require.NoError(t, s.AddRepository("PAY", "api", nil))
	s.Allow(site.Credential{Secret: canary, Project: "PAY", Level: site.Read})
	x := &server{s, base, t}
	x.push("main", "a.txt", "one\n")
	return x
}

func (s *server) push(branch string, files ...string) string {
	s.t.Helper()
	hash, err := s.Push("PAY", "api", branch, "main", files...)
	require.NoError(s.t, err)
	return hash
}

func (s *server) remote() mirror.Remote {
	return mirror.Remote{URL: s.base + "/scm/PAY/api.git", Scope: s.base, Ask: func(context.Context) (mirror.Credential, error) {
		return credential.NewGit([]byte("Bearer " + canary)), nil
	}}
}

// TestACredentialIsAskedForWhenGitNeedsIt and is dropped when git has ended, also after an error.
func TestACredentialIsAskedForWhenGitNeedsIt(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, _ := mirrors(t, nil)
	from := s.remote()
	var given []*credential.Git
	header := "Bearer " + canary
	from.Ask = func(context.Context) (mirror.Credential, error) {
		given = append(given, credential.NewGit([]byte(header)))
		return given[len(given)-1], nil
	}
	open(t, m, from)
	require.Len(t, given, 1)
	open(t, m, from)
	header = "Bearer wrong"
	_, _, err := m.Open(t.Context(), "other", from)
	require.ErrorIs(t, err, mirror.ErrDenied)
	header = "Bearer a\nX-Other: b"
	_, _, err = m.Open(t.Context(), "other", from)
	require.ErrorContains(t, err, "control character")
	require.Len(t, given, 4, "each time another one")
	for _, g := range given {
		require.Empty(t, g.Authorization())
	}
	broken := errors.New("nobody gives it")
	from.Ask = func(context.Context) (mirror.Credential, error) { return nil, broken }
	_, _, err = m.Open(t.Context(), "other", from)
	require.ErrorIs(t, err, broken)
	from.URL = "https://elsewhere.example/scm/PAY/api.git"
	from.Ask = func(context.Context) (mirror.Credential, error) { panic("asked for a foreign address") }
	_, _, err = m.Open(t.Context(), "other", from)
	require.ErrorContains(t, err, "not below the address of the server")
}

func mirrors(t *testing.T, change func(*mirror.Options)) (*mirror.Mirrors, string) {
	t.Helper()
	o := mirror.Options{Dir: filepath.Join(t.TempDir(), "mirrors")}
	if change != nil {
		change(&o)
	}
	m, err := mirror.New(o)
	require.NoError(t, err)
	return m, o.Dir
}

// open opens a mirror and returns its branches.
func open(t *testing.T, m *mirror.Mirrors, from mirror.Remote) map[string]string {
	t.Helper()
	dir, release, err := m.Open(t.Context(), "bitbucket/1", from)
	require.NoError(t, err)
	defer release()
	return heads(t, dir)
}

func heads(t *testing.T, dir string) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "--git-dir="+dir, "for-each-ref", "--format=%(refname) %(objectname)").Output()
	require.NoError(t, err)
	list := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		list[name] = hash
	}
	return list
}

func TestAMirrorFollowsItsRemote(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, dir := mirrors(t, nil)
	first := s.Head("PAY", "api", "main")
	require.Equal(t, map[string]string{"refs/heads/main": first}, open(t, m, s.remote()))
	moved := s.push("main", "a.txt", "two\n")
	side := s.push("side/way", "b.txt", "x\n")
	require.Equal(t, map[string]string{"refs/heads/main": moved, "refs/heads/side/way": side}, open(t, m, s.remote()))
	// History is rewritten, and a branch goes where another one was a folder.
	require.NoError(t, s.DeleteBranch("PAY", "api", "side/way"))
	require.NoError(t, s.DeleteBranch("PAY", "api", "main"))
	rewritten, err := s.Push("PAY", "api", "main", "", "a.txt", "other\n")
	require.NoError(t, err)
	file := s.push("side", "c.txt", "x\n")
	require.Equal(t, map[string]string{"refs/heads/main": rewritten, "refs/heads/side": file}, open(t, m, s.remote()))

	asked := len(s.Requests())
	kept, release, ok := m.Kept("bitbucket/1")
	require.True(t, ok)
	require.Len(t, heads(t, kept), 2)
	release()
	require.Len(t, s.Requests(), asked, "a kept mirror asks no server")
	_, _, ok = m.Kept("bitbucket/2")
	require.False(t, ok)
	// The next process finds it.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "tmp-killed"), 0o700))
	again, _ := mirrors(t, func(o *mirror.Options) { o.Dir = dir })
	_, release, ok = again.Kept("bitbucket/1")
	require.True(t, ok)
	release()
	require.NoDirExists(t, filepath.Join(dir, "tmp-killed"))
}

// TestTheCredentialReachesGitAlone looks for it in arguments, in the address, in the configuration and in every file, and for
// variables of this process in the environment of git.
func TestTheCredentialReachesGitAlone(t *testing.T) {
	t.Setenv("SECRET_OF_THE_SERVER", "canary-of-the-environment")
	s := newServer(t)
	git, err := exec.LookPath("git")
	require.NoError(t, err)
	folder := t.TempDir()
	arguments, environment := filepath.Join(folder, "arguments"), filepath.Join(folder, "environment")
	wrapper := filepath.Join(folder, "git")
	require.NoError(t, os.WriteFile(wrapper, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\" >> "+arguments+"\nenv >> "+environment+"\nulimit -c >> "+arguments+"\nexec "+git+" \"$@\"\n"), 0o700))
	m, dir := mirrors(t, func(o *mirror.Options) { o.Git = wrapper })
	open(t, m, s.remote())
	s.push("main", "a.txt", "two\n")
	open(t, m, s.remote())
	text := func(path string) string {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(data)
	}
	require.Contains(t, text(arguments), "fetch\n", "the search itself works")
	require.Contains(t, text(arguments), s.base)
	require.NotContains(t, text(arguments), canary)
	require.Equal(t, 2, strings.Count(text(environment), canary), "only the two fetches know it")
	require.NotContains(t, text(environment), "canary-of-the-environment")
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files++
			require.NotContains(t, text(path), canary, path)
			require.NotContains(t, text(path), s.base, "no address is kept: %s", path)
		}
		return err
	}))
	require.Greater(t, files, 3)
	config := text(filepath.Join(dir, "m"+fmt.Sprintf("%x", "bitbucket/1"), "config"))
	require.NotContains(t, config, "remote")
	require.NoDirExists(t, filepath.Join(dir, "m"+fmt.Sprintf("%x", "bitbucket/1"), "hooks"))
}

// TestNothingOfARepositoryRuns fetches a repository that tries to run a command in every way that its content can name.
func TestNothingOfARepositoryRuns(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	marker := filepath.Join(t.TempDir(), "marker")
	run := "touch " + marker
	s.push("main",
		".gitmodules", "[submodule \"a\"]\n\tpath = a\n\turl = ext::sh -c "+strings.ReplaceAll(run, " ", "% ")+"\n\tupdate = !"+run+"\n",
		".gitattributes", "* filter=run diff=run merge=run\n",
		".gitconfig", "[filter \"run\"]\n\tsmudge = "+run+"\n\tclean = "+run+"\n[core]\n\tfsmonitor = "+run+"\n",
		"hooks/post-checkout", "#!/bin/sh\n"+run+"\n",
		".lfsconfig", "[lfs]\n\turl = http://127.0.0.1:1/\n",
	)
	// What an administrator of a machine may have configured applies to nothing here.
	m, dir := mirrors(t, nil)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "home", ".gitconfig"), []byte("[core]\n\tfsmonitor = "+run+"\n\thooksPath = "+dir+"\n[credential]\n\thelper = \"!"+run+"\"\n"), 0o600))
	open(t, m, s.remote())
	// Hooks and settings in the folder of a mirror, as an older version of git or a person may leave them.
	folder := filepath.Join(dir, "m"+fmt.Sprintf("%x", "bitbucket/1"))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "hooks"), 0o700))
	for _, name := range []string{"reference-transaction", "post-update", "post-fetch", "pre-auto-gc"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "hooks", name), []byte("#!/bin/sh\n"+run+"\n"), 0o700))
	}
	s.push("main", "b.txt", "x\n")
	open(t, m, s.remote())
	require.NoFileExists(t, marker)
}

// TestTheCredentialStaysAtTheServer: a redirect is not followed, and an address elsewhere is refused before git starts.
func TestTheCredentialStaysAtTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var seen []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusOK)
	}))
	defer elsewhere.Close()
	m, _ := mirrors(t, nil)
	for _, address := range []string{
		elsewhere.URL + "/scm/PAY/api.git", "ext::sh -c id", "file:///etc", "ssh://git@127.0.0.1/x.git", "git://127.0.0.1/x.git", "/etc", "--upload-pack=id", s.base + "/../scm/x.git?service=x", strings.Replace(s.base, "://", "://ada:pw@", 1) + "/scm/PAY/api.git", s.base + "x/scm/PAY/api.git", "",
	} {
		from := s.remote()
		from.URL = address
		_, _, err := m.Open(t.Context(), "other", from)
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), canary)
	}
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path+"?"+r.URL.RawQuery, http.StatusFound)
		return true
	})
	_, _, err := m.Open(t.Context(), "other", s.remote())
	require.Error(t, err)
	require.Empty(t, seen, "nothing was sent elsewhere")
}

func TestErrorsHaveAKind(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, dir := mirrors(t, nil)
	fail := func(status int, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, text, status)
			return true
		}
	}
	for name, test := range map[string]struct {
		intercept func(http.ResponseWriter, *http.Request) bool
		want      error
	}{
		"refused credential": {fail(http.StatusUnauthorized, "no"), mirror.ErrDenied},
		"no right":           {fail(http.StatusForbidden, "no"), mirror.ErrDenied},
		"no repository":      {fail(http.StatusNotFound, "no"), mirror.ErrMissing},
		"rate limit":         {fail(http.StatusTooManyRequests, "no"), mirror.ErrTemporary},
		"server error":       {fail(http.StatusInternalServerError, "no"), mirror.ErrTemporary},
		"bad gateway":        {fail(http.StatusBadGateway, "no"), mirror.ErrTemporary},
		"closed connection": {func(http.ResponseWriter, *http.Request) bool {
			panic(http.ErrAbortHandler)
		}, mirror.ErrTemporary},
		"pack that breaks off": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost {
				return false
			}
			w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
			_, _ = w.Write([]byte("0008NAK\n0"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, mirror.ErrTemporary},
	} {
		t.Run(name, func(t *testing.T) {
			s.Intercept(test.intercept)
			_, _, err := m.Open(t.Context(), "x", s.remote())
			require.ErrorIs(t, err, test.want)
			require.NotContains(t, err.Error(), canary)
		})
	}
	// A server may repeat what it was sent.
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, "you sent %s and %s", r.Header.Get("Authorization"), base64.StdEncoding.EncodeToString([]byte(canary)))
		return true
	})
	_, _, err := m.Open(t.Context(), "x", s.remote())
	require.Error(t, err)
	require.NotContains(t, err.Error(), canary)
	s.Intercept(nil)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "an attempt that failed leaves nothing: %v", entries)
	open(t, m, s.remote())
}

// TestAStalledServerEndsWithTheScan: git ends with its children when the context ends.
func TestAStalledServerEndsWithTheScan(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, _ := mirrors(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	s.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		cancel()
		<-r.Context().Done()
		return true
	})
	_, _, err := m.Open(ctx, "x", s.remote())
	require.ErrorIs(t, err, context.Canceled)
}

func TestABrokenMirrorIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, dir := mirrors(t, nil)
	open(t, m, s.remote())
	folder := filepath.Join(dir, "m"+fmt.Sprintf("%x", "bitbucket/1"))
	for _, damage := range []func(){
		func() { require.NoError(t, os.Remove(filepath.Join(folder, "HEAD"))) },
		func() { require.NoError(t, os.RemoveAll(filepath.Join(folder, "objects"))) },
		func() { require.NoError(t, os.WriteFile(filepath.Join(folder, "config"), []byte("[core\n"), 0o600)) },
		// A process that was killed leaves its lock.
		func() {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "packed-refs.lock"), nil, 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "refs", "heads", "main.lock"), nil, 0o600))
		},
	} {
		damage()
		hash := s.push("main", "a.txt", fmt.Sprint(time.Now().UnixNano()))
		require.Equal(t, map[string]string{"refs/heads/main": hash}, open(t, m, s.remote()))
	}
}

// noise is text that git cannot make smaller than 16 KB.
func noise() string {
	var b [16 << 10]byte
	_, _ = rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

func TestTheMirrorUsedLongestAgoGoesFirst(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.push("main", "large.bin", noise())
	m, _ := mirrors(t, func(o *mirror.Options) { o.Quota = 60 << 10 })
	one, releaseOne, err := m.Open(t.Context(), "one", s.remote())
	require.NoError(t, err)
	releases := map[string]func(){}
	for _, key := range []string{"two", "three"} {
		_, releases[key], err = m.Open(t.Context(), key, s.remote())
		require.NoError(t, err)
	}
	releases["two"]()
	releases["three"]()
	kept := func(key string) bool {
		_, release, ok := m.Kept(key)
		if ok {
			release()
		}
		return ok
	}
	for i := range 8 {
		_, release, err := m.Open(t.Context(), fmt.Sprint(i), s.remote())
		require.NoError(t, err)
		release()
	}
	require.False(t, kept("two"))
	require.True(t, kept("7"), "the newest one stays")
	require.NotEmpty(t, heads(t, one), "one that is in use is never deleted")
	releaseOne()
	m.Remove("one")
	require.False(t, kept("one"))
}
