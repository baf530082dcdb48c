package cloud_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/cloud"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/workspace"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/testgit"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}

const secret = "canary-token"

// made is a workspace with two projects, and a connection to it. Its clock is the test's.
type made struct {
	*workspace.Site
	*cloud.Connection
	t      *testing.T
	served *workspace.Served
	caFile string

	mu  sync.Mutex
	now time.Time
}

func (m *made) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *made) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func (m *made) connect(auth bitbucket.Auth, f connection.Filter, limits *bitbucket.Limits) *cloud.Connection {
	m.t.Helper()
	client, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Auth: auth, Transport: m.served.Transport, Limits: limits, Now: m.clock})
	require.NoError(m.t, err)
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(m.t.TempDir(), "mirrors"), Env: []string{"HTTPS_PROXY=" + m.served.Proxy}})
	require.NoError(m.t, err)
	return cloud.New(cloud.Options{Name: "bb", Workspace: "acme", Client: client, CAFile: m.caFile, Mirrors: mirrors, Filter: f, Now: m.clock})
}

func newMade(t *testing.T, f connection.Filter) *made {
	t.Helper()
	m := &made{t: t, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	var err error
	m.Site, err = workspace.New(t.TempDir(), "acme")
	require.NoError(t, err)
	m.SetClock(m.clock)
	m.served, err = m.Serve()
	require.NoError(t, err)
	t.Cleanup(m.served.Stop)
	m.caFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(m.caFile, m.served.Authority, 0o600))
	m.Allow(workspace.Credential{Secret: secret, Level: workspace.Admin})
	m.Connection = m.connect(bitbucket.Bearer(secret), f, nil)
	m.AddProject("PAY", "Payments")
	m.AddProject("WEB", "Web")
	m.add("PAY", "api", nil)
	m.add("PAY", "core", nil)
	m.add("WEB", "shop", nil)
	return m
}

func (m *made) add(project, slug string, change func(*workspace.Repository)) {
	m.t.Helper()
	require.NoError(m.t, m.AddRepository(project, slug, change))
	m.push(slug, "main")
}

func (m *made) push(slug, branch string) string {
	m.t.Helper()
	hash, err := m.Push(slug, branch, "main", "a.txt", slug+m.clock().String())
	require.NoError(m.t, err)
	return hash
}

// shown writes a listing as lines: project, then each repository with its default branch and branches.
func shown(l *connection.Listing) []string {
	var list []string
	for i := range l.Projects {
		p := &l.Projects[i]
		line := p.Key
		if p.Partial {
			line += " partial"
		}
		list = append(list, line)
		for j := range p.Repositories {
			r := &p.Repositories[j]
			line := p.Key + "/" + r.Slug + " " + r.DefaultBranch + ":"
			for _, b := range r.Branches {
				line += " " + b.Name
			}
			if r.Problem != "" {
				line += " !"
			}
			list = append(list, line)
		}
	}
	return list
}

// whole is the listing of newMade.
var whole = []string{"PAY", "PAY/api main: main", "PAY/core main: main", "WEB", "WEB/shop main: main"}

func (m *made) list() connection.Listing {
	m.t.Helper()
	l, err := m.List(m.t.Context())
	require.NoError(m.t, err)
	return l
}

func (m *made) listAll() connection.Listing {
	m.t.Helper()
	m.Refresh()
	m.pass(time.Hour)
	return m.list()
}

// calls counts the requests since the last call, to the API and to git.
func (m *made) calls(since *int) (api, git int) {
	all := m.Requests()
	for _, r := range all[*since:] {
		if r.Git {
			git++
		} else {
			api++
		}
	}
	*since = len(all)
	return api, git
}

// Refresh is of the connection; the site's reads a folder.
func (m *made) Refresh() { m.Connection.Refresh() }

// TestEveryFormOfTheProductGivesTheSameListing goes through the open questions about the product.
func TestEveryFormOfTheProductGivesTheSameListing(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for name, b := range map[string]workspace.Behaviour{
		"as it is":                    {},
		"redirects for old slugs":     {Redirect: true},
		"pushes move no time":         {UpdatedStays: true},
		"pages of one row":            {PageLength: 1},
		"empty pages between":         {PageLength: 2, EmptyPages: true},
		"clone links of another host": {ForeignLinks: true},
	} {
		m.Set(b)
		l := m.listAll()
		require.Equal(t, whole, shown(&l), name)
		require.True(t, l.Whole, name)
		dir, release, err := m.Open(t.Context(), l.Projects[0].Repositories[0].Location)
		require.NoError(t, err, name)
		require.FileExists(t, filepath.Join(dir, "HEAD"))
		release()
	}
	require.Empty(t, m.Elsewhere())
}

// TestEachKindOfCredential lists and opens with each, in the form that the API and git want.
func TestEachKindOfCredential(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Allow(workspace.Credential{Kind: workspace.APIToken, User: "ada@example.com", Secret: "api-token", Level: workspace.Read})
	m.Allow(workspace.Credential{Kind: workspace.Consumer, User: "key", Secret: "consumer-secret", Level: workspace.Read, Lifetime: 30 * time.Minute})
	m.Allow(workspace.Credential{Secret: "project-token", Project: "PAY", Level: workspace.Read})
	m.Allow(workspace.Credential{Secret: "repository-token", Repository: "core", Level: workspace.Read})
	for name, x := range map[string]struct {
		auth bitbucket.Auth
		want []string
		user string
	}{
		"API token":        {bitbucket.Basic("ada@example.com", "api-token"), whole, "ada@example.com"},
		"OAuth consumer":   {bitbucket.ClientCredentials("key", "consumer-secret", ""), whole, "key"},
		"project token":    {bitbucket.Bearer("project-token"), whole[:3], ""},
		"repository token": {bitbucket.Bearer("repository-token"), []string{"PAY", whole[2]}, ""},
	} {
		for _, b := range []workspace.Behaviour{{}, {GitForbids: true}} {
			m.Set(b)
			c := m.connect(x.auth, connection.Filter{}, nil)
			who, err := c.Check(t.Context())
			require.NoError(t, err, name)
			require.Equal(t, x.user, who.User, name)
			l, err := c.List(t.Context())
			require.NoError(t, err, name)
			require.Equal(t, x.want, shown(&l), name)
			_, release, err := c.Open(t.Context(), l.Projects[0].Repositories[0].Location)
			require.NoError(t, err, name)
			release()
			// A token of the consumer ends, and the next one follows.
			m.pass(7 * time.Hour)
			l, err = c.List(t.Context())
			require.NoError(t, err, name)
			require.Equal(t, x.want, shown(&l), name)
		}
	}
	for name, auth := range map[string]bitbucket.Auth{
		"wrong token": bitbucket.Bearer("wrong"), "wrong API token": bitbucket.Basic("ada@example.com", "wrong"), "wrong consumer": bitbucket.ClientCredentials("key", "wrong", ""),
	} {
		c := m.connect(auth, connection.Filter{}, nil)
		_, err := c.List(t.Context())
		require.ErrorIs(t, err, bitbucket.ErrCredential, name)
		_, err = c.Check(t.Context())
		require.ErrorIs(t, err, bitbucket.ErrCredential, name)
	}
	for _, r := range m.Requests() {
		require.NotContains(t, r.Path+r.Query, "token-")
	}
}

func TestWhatIsLeftOutHasAReason(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{Exclude: []string{"*/old-*"}})
	m.add("PAY", "fork", func(r *workspace.Repository) { r.Fork = true })
	m.add("PAY", "mercurial", func(r *workspace.Repository) { r.SCM = "hg" })
	m.add("PAY", "old-api", nil)
	m.add("PAY", "named.git", nil)
	for range 2 {
		l := m.list()
		reasons := map[string]string{}
		for _, s := range l.Skipped {
			reasons[s.Name] = s.Reason
		}
		require.Equal(t, map[string]string{
			"PAY/fork": "it is a fork", "PAY/mercurial": "it is not a git repository", "PAY/old-api": "the connection excludes it", "PAY/named.git": connection.BadName,
		}, reasons, "also in a listing of changes")
	}
}

// TestDefaultBranches covers an empty repository, a main branch that is missing, and one that is not the first.
func TestDefaultBranches(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{Include: []string{"PAY/*"}})
	require.NoError(t, m.AddRepository("PAY", "empty", nil))
	m.Set(workspace.Behaviour{EmptyNamesMain: true})
	require.NoError(t, m.AddRepository("PAY", "named", nil))
	m.Change("core", func(r *workspace.Repository) { r.Main = "develop" })
	require.NoError(t, m.Branches("api", "main", "a/b", "feature/x#1%20+y", "zz"))
	m.Change("api", func(r *workspace.Repository) { r.Main = "feature/x#1%20+y" })
	l := m.list()
	require.Equal(t, []string{"PAY", "PAY/api feature/x#1%20+y: a/b feature/x#1%20+y main zz", "PAY/core : main", "PAY/empty :", "PAY/named :"}, shown(&l))
}

// TestAListingAsksForWhatChanged: a push costs one call, and a repository that rests costs nothing.
func TestAListingAsksForWhatChanged(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for i := range 20 {
		m.add("WEB", fmt.Sprintf("r%d", i), nil)
	}
	m.pass(24 * time.Hour)
	l := m.list()
	require.True(t, l.Whole)
	n := 0
	m.calls(&n)
	for range 5 {
		m.pass(45 * time.Second)
		l = m.list()
		require.True(t, l.Changes)
		require.False(t, l.Whole)
		require.Empty(t, l.Projects)
		api, git := m.calls(&n)
		require.Equal(t, []int{1, 0}, []int{api, git})
	}
	m.push("r7", "side")
	m.pass(45 * time.Second)
	l = m.list()
	require.Equal(t, []string{"WEB partial", "WEB/r7 main: main side"}, shown(&l))
	api, git := m.calls(&n)
	require.Equal(t, []int{1, 2}, []int{api, git})
	// One page shows that repositories were deleted. A listing of everything follows.
	m.Delete("r3")
	m.Move("r4", "WEB", "r4-new")
	m.pass(45 * time.Second)
	l = m.list()
	require.False(t, l.Whole)
	require.Equal(t, []string{"WEB partial", "WEB/r4-new main: main", "WEB/r7 main: main side"}, shown(&l), "what changed lately is asked again")
	m.pass(45 * time.Second)
	l = m.list()
	require.True(t, l.Whole)
	require.Len(t, shown(&l), 2+22)
	api, _ = m.calls(&n)
	require.Equal(t, 2, api)
}

// TestWhatIsGoneFromALargeListIsFoundByGit, long before the next listing of everything.
func TestWhatIsGoneFromALargeListIsFoundByGit(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for i := range 98 {
		require.NoError(t, m.AddRepository("WEB", fmt.Sprintf("x%d", i), nil))
	}
	m.list()
	m.Delete("core")
	m.pass(time.Hour)
	n := 0
	for listings := 0; ; listings++ {
		m.calls(&n)
		l := m.list()
		require.NotContains(t, strings.Join(shown(&l), " "), "core")
		if l.Whole {
			break
		}
		_, git := m.calls(&n)
		require.LessOrEqual(t, git, 2*60, "a listing does not ask all at once")
		require.Less(t, listings, 3)
		m.pass(time.Minute)
	}
}

// TestATimeInTheFutureHidesNothing: the clock of a server may be wrong.
func TestATimeInTheFutureHidesNothing(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for i := range 98 {
		require.NoError(t, m.AddRepository("WEB", fmt.Sprintf("x%d", i), nil))
	}
	m.Change("shop", func(r *workspace.Repository) { r.Updated = m.clock().AddDate(70, 0, 0) })
	m.list()
	m.pass(time.Minute)
	m.push("core", "side")
	l := m.list()
	require.Contains(t, shown(&l), "PAY/core main: main side")
}

// TestPushesAreFoundWhenTheyMoveNoTime: a repository that changed lately is asked soon, each one after an hour at most.
func TestPushesAreFoundWhenTheyMoveNoTime(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Set(workspace.Behaviour{UpdatedStays: true})
	m.list()
	m.pass(5 * time.Minute)
	m.push("core", "side")
	m.pass(5 * time.Minute)
	l := m.list()
	require.Contains(t, shown(&l), "PAY/core main: main side")
	m.pass(3 * time.Hour)
	m.list()
	m.push("shop", "other")
	m.pass(59 * time.Minute)
	m.pass(time.Minute)
	l = m.list()
	require.False(t, l.Whole)
	require.Contains(t, shown(&l), "WEB/shop main: main other")
}

// TestAPartThatFailedIsNotGone: a listing says which part of it is missing.
func TestAPartThatFailedIsNotGone(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Set(workspace.Behaviour{PageLength: 1})
	refuse := func(match func(r *http.Request) bool, status int, body string) {
		m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !match(r) {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		})
	}
	lists := func(r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, "/2.0/repositories/") && r.URL.Query().Get("page") == "2"
	}
	for status, kind := range map[int]error{403: bitbucket.ErrNotPermitted, 404: bitbucket.ErrNotFound, 410: bitbucket.ErrRemoved, 501: bitbucket.ErrServer} {
		refuse(lists, status, `{"type":"error","error":{"message":"no"}}`)
		m.Refresh()
		m.pass(time.Hour)
		l, err := m.List(t.Context())
		require.ErrorIs(t, err, kind)
		require.False(t, l.Whole)
		require.Equal(t, []string{"PAY partial", "PAY/api main: main"}, shown(&l))
	}
	// Only git fails: the repository stays, with a problem.
	refuse(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/core.git/") }, 403, "no")
	m.Refresh()
	m.pass(time.Hour)
	l, err := m.List(t.Context())
	require.ErrorContains(t, err, "PAY/core")
	require.True(t, l.Whole)
	require.Equal(t, []string{"PAY", "PAY/api main: main", "PAY/core : !", "WEB", "WEB/shop main: main"}, shown(&l))
	// It is asked again, although nothing changed.
	m.Intercept(nil)
	m.pass(time.Minute)
	l = m.list()
	require.Empty(t, l.Projects, "not at once")
	m.pass(4 * time.Minute)
	l = m.list()
	require.Contains(t, shown(&l), "PAY/core main: main")
}

// TestHostileLists ends lists without an end, follows no link elsewhere, and keeps bad names out.
func TestHostileLists(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Set(workspace.Behaviour{PageLength: 1, ForeignNext: true})
	_, err := m.List(t.Context())
	require.ErrorContains(t, err, "is not followed")
	row := func(id, slug, key, ws string) string {
		return fmt.Sprintf(`{"uuid":%q,"slug":%q,"name":"a\u001b[31mb","project":{"uuid":%q,"key":%q,"name":"P"},"workspace":{"uuid":%q,"slug":"acme"},"updated_on":"x"}`, id, slug, m.UUID("api"), key, ws)
	}
	page := func(next string, rows ...string) {
		m.Set(workspace.Behaviour{})
		m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/2.0/repositories/acme" || strings.HasPrefix(r.URL.Path, "/2.0/repositories/{") && strings.Count(r.URL.Path, "/") == 3 {
				_, _ = fmt.Fprintf(w, `{"values":[%s],"next":%q}`, strings.Join(rows, ","), next)
				return true
			}
			return false
		})
	}
	list := func() (connection.Listing, error) {
		c := m.connect(bitbucket.Bearer(secret), connection.Filter{}, nil)
		return c.List(t.Context())
	}
	ws := m.UUID("core")
	page("https://api.bitbucket.org/2.0/repositories/acme?page=2", row(m.UUID("api"), "api", "PAY", ws))
	_, err = list()
	require.ErrorContains(t, err, "more than 200 pages")
	for _, x := range []string{
		row("{}", "api", "PAY", ws), row(m.UUID("api"), "../x", "PAY", ws), row(m.UUID("api"), "a b", "PAY", ws), row(m.UUID("api"), "api", "../P", ws), row(m.UUID("api"), "-rf", "PAY", ws),
		row(m.UUID("api"), "api", "~ada", ws), row(m.UUID("api"), "--upload-pack=x", "PAY", ws), row(m.UUID("api"), "a%2fb", "PAY", ws),
	} {
		page("", x)
		l, err := list()
		require.NoError(t, err, x)
		require.Empty(t, l.Projects, x)
		require.Len(t, l.Skipped, 1, x)
		require.NotContains(t, l.Skipped[0].Name, "\x1b")
	}
	// A row of another workspace is nobody's.
	page("", row(m.UUID("api"), "api", "PAY", ws), row(m.UUID("shop"), "shop", "PAY", m.UUID("shop")))
	l, err := list()
	require.NoError(t, err)
	require.Equal(t, []string{"PAY", "PAY/api : main"}, shown(&l))
	page("", `{"uuid":7}`)
	_, err = list()
	require.ErrorContains(t, err, "not what Bitbucket sends")
	m.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte(`{"values":["` + strings.Repeat("x", 40<<20)))
		return true
	})
	_, err = list()
	require.ErrorIs(t, err, bitbucket.ErrUnreachable)
	require.Empty(t, m.Elsewhere())
}

// TestRedirectsTakeNoCredentialAlong: neither the API's nor git's are followed.
func TestRedirectsTakeNoCredentialAlong(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	at := m.list().Projects[0].Repositories[0].Location
	for _, status := range []int{301, 302, 307, 308} {
		for _, to := range []string{"https://elsewhere.example.com/x", "http://bitbucket.org/x", "https://bitbucket.org/acme/core.git/info/refs?service=git-upload-pack"} {
			m.Intercept(func(w http.ResponseWriter, r *http.Request) bool { http.Redirect(w, r, to, status); return true })
			_, err := m.List(t.Context())
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret)
			_, _, err = m.Open(t.Context(), at)
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret)
			_, err = m.Look(t.Context(), location(t, at))
			require.ErrorIs(t, err, bitbucket.ErrMoved)
		}
	}
	require.Empty(t, m.Elsewhere())
}

func location(t *testing.T, text string) connection.Location {
	t.Helper()
	at, ok := connection.ParseLocation(text)
	require.True(t, ok)
	return at
}

// TestFaultsOfGitHaveAKind: a fault that may pass is tried again; a repository that was deleted is not.
func TestFaultsOfGitHaveAKind(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	at := m.list().Projects[0].Repositories[0].Location
	git := func(answer func(w http.ResponseWriter)) {
		m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Host != workspace.GitHost && !strings.HasPrefix(r.Host, workspace.GitHost+":") {
				return false
			}
			answer(w)
			return true
		})
	}
	opened := func() error {
		_, release, err := m.Open(t.Context(), at)
		if err == nil {
			release()
		}
		return err
	}
	for _, status := range []int{429, 500, 502, 503} {
		git(func(w http.ResponseWriter) { w.WriteHeader(status) })
		require.ErrorIs(t, opened(), connection.ErrLater, "%d", status)
	}
	for _, status := range []int{401, 403} {
		git(func(w http.ResponseWriter) { w.WriteHeader(status) })
		require.ErrorIs(t, opened(), mirror.ErrDenied, "%d: the API still shows it", status)
	}
	// The connection breaks within the pack.
	m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			return false
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-result\r\nContent-Length: 100000\r\n\r\n0008NAK\n"))
			_ = conn.Close()
		}
		return true
	})
	require.ErrorIs(t, opened(), connection.ErrLater)
	m.Intercept(nil)
	require.NoError(t, opened())
	m.Delete("api")
	require.ErrorIs(t, opened(), connection.ErrGone)
}

// TestARepositoryIsFoundByItsUUID, whatever it is called now.
func TestARepositoryIsFoundByItsUUID(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for _, b := range []workspace.Behaviour{{}, {Redirect: true}} {
		m.Set(b)
		l := m.listAll()
		r := l.Projects[0].Repositories[0]
		at := location(t, r.Location)
		m.Move(r.Slug, "WEB", r.Slug+"-new")
		p, err := m.Look(t.Context(), at)
		require.NoError(t, err)
		require.Equal(t, "WEB/"+r.Slug+"-new", p.Key+"/"+p.Repositories[0].Slug)
		require.Equal(t, r.Identity, p.Repositories[0].Identity)
		_, release, err := m.Open(t.Context(), r.Location)
		require.NoError(t, err, "a scan of the old name reads the repository")
		release()
		gone, err := m.Gone(t.Context(), at)
		require.NoError(t, err)
		require.False(t, gone)
		// Another one takes the name, and the first one is deleted.
		m.add("PAY", r.Slug, nil)
		m.Delete(r.Slug + "-new")
		_, err = m.Look(t.Context(), at)
		require.ErrorIs(t, err, connection.ErrGone)
		gone, err = m.Gone(t.Context(), at)
		require.NoError(t, err)
		require.True(t, gone)
		next := m.listAll()
		require.NotEqual(t, r.Identity, next.Projects[0].Repositories[0].Identity)
	}
	// The workspace itself is renamed.
	m.RenameWorkspace("acme-new")
	l := m.listAll()
	require.Equal(t, whole, shown(&l))
}

// TestAFurtherFetchCostsWhatIsNew: the first one gets everything.
func TestAFurtherFetchCostsWhatIsNew(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	noise := make([]byte, 2<<20)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	_, err := m.Push("api", "main", "", "noise.bin", string(noise))
	require.NoError(t, err)
	at := m.list().Projects[0].Repositories[0].Location
	fetch := func() int64 {
		before := m.GitSent()
		_, release, err := m.Open(t.Context(), at)
		require.NoError(t, err)
		release()
		return m.GitSent() - before
	}
	first := fetch()
	require.Greater(t, first, int64(2<<20))
	m.push("api", "main")
	second, third := fetch(), fetch()
	require.Less(t, second, int64(10<<10))
	require.Less(t, third, int64(2<<10))
	t.Logf("first fetch %d bytes, one commit more %d, nothing new %d", first, second, third)
}

// ledger counts in memory, by the test's clock.
type ledger struct {
	mu    sync.Mutex
	now   func() time.Time
	calls map[string][]time.Time
}

func (l *ledger) Spend(_ context.Context, group string, calls, most int) (bool, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.DeleteFunc(l.calls[group], func(at time.Time) bool { return !at.After(l.now().Add(-time.Hour)) })
	l.calls[group] = list
	if len(list)+calls > most {
		free := l.now().Add(time.Hour)
		if len(list) > 0 {
			free = list[0].Add(time.Hour)
		}
		return false, free, nil
	}
	for range calls {
		l.calls[group] = append(l.calls[group], l.now())
	}
	return true, time.Time{}, nil
}

// TestBackgroundWorkLeavesCallsForPeople: listings stop at 80 % of the budget, and the product never refuses a call.
func TestBackgroundWorkLeavesCallsForPeople(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Limit("repositories", 20)
	c := m.connect(bitbucket.Bearer(secret), connection.Filter{}, &bitbucket.Limits{Park: time.Second, Ledger: &ledger{now: m.clock, calls: map[string][]time.Time{}}, Hourly: map[string]int{bitbucket.GroupRepositories: 20, bitbucket.GroupGit: 1000}})
	var parked *bitbucket.ParkedError
	n := 0
	for ; n < 30 && parked == nil; n++ {
		_, err := c.List(t.Context())
		if err != nil {
			require.ErrorAs(t, err, &parked)
		}
		m.pass(time.Second)
	}
	require.Equal(t, 17, n, "the last one is refused here, not by Bitbucket")
	require.Equal(t, 16, m.Spent("repositories", secret))
	require.Contains(t, parked.Error(), "background work has used 80 %")
	at := connection.Location{Connection: "bb", Project: "PAY", Slug: "api", ID: m.UUID("api")}
	for range 4 {
		_, err := c.Look(t.Context(), at)
		require.NoError(t, err)
	}
	_, err := c.Look(t.Context(), at)
	require.ErrorAs(t, err, &parked)
	m.pass(time.Hour)
	_, err = c.List(t.Context())
	require.NoError(t, err)
}

// TestWhatGitMayNotAskNowIsLeftOut: a repository that was not asked has no problem, and is asked later.
func TestWhatGitMayNotAskNowIsLeftOut(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	c := m.connect(bitbucket.Bearer(secret), connection.Filter{}, &bitbucket.Limits{Park: time.Second, Ledger: &ledger{now: m.clock, calls: map[string][]time.Time{}}, Hourly: map[string]int{bitbucket.GroupGit: 6}})
	var parked *bitbucket.ParkedError
	l, err := c.List(t.Context())
	require.ErrorAs(t, err, &parked)
	require.False(t, l.Whole, "nothing counts as deleted")
	require.Equal(t, 2, strings.Count(strings.Join(shown(&l), "\n"), ": main"))
	require.NotContains(t, strings.Join(shown(&l), "\n"), "!")
	first := shown(&l)
	m.pass(time.Hour)
	l, err = c.List(t.Context())
	require.ErrorAs(t, err, &parked)
	require.True(t, l.Changes)
	for _, line := range whole {
		if strings.Contains(line, ": main") && !slices.Contains(first, line) {
			require.Contains(t, shown(&l), line, "what was not asked comes first")
		}
	}
}

// TestARefusalForTooManyCallsIsBelievedOnce: nothing is asked until the time that Bitbucket names, or for a minute.
func TestARefusalForTooManyCallsIsBelievedOnce(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for _, x := range []struct {
		b    workspace.Behaviour
		wait time.Duration
	}{{workspace.Behaviour{}, time.Minute}, {workspace.Behaviour{TextSlowDown: true}, time.Minute}, {workspace.Behaviour{SlowDown: true}, time.Hour}} {
		m.Set(x.b)
		m.pass(2 * time.Hour)
		m.Limit("repositories", 3)
		c := m.connect(bitbucket.Bearer(secret), connection.Filter{}, &bitbucket.Limits{Park: time.Second})
		for range 3 {
			_, err := c.List(t.Context())
			require.NoError(t, err)
		}
		var parked *bitbucket.ParkedError
		_, err := c.List(t.Context())
		require.ErrorAs(t, err, &parked)
		require.WithinDuration(t, m.clock().Add(x.wait), parked.Until, 2*time.Second)
		asked := len(m.Requests())
		for range 5 {
			_, err = c.List(t.Context())
			require.ErrorAs(t, err, &parked)
			_, err = c.Look(t.Context(), connection.Location{Connection: "bb", Project: "PAY", Slug: "api", ID: m.UUID("api")})
			require.ErrorAs(t, err, &parked)
		}
		require.Len(t, m.Requests(), asked, "one refusal is enough")
		m.pass(parked.Until.Sub(m.clock()))
		m.Limit("repositories", 1000)
		_, err = c.List(t.Context())
		require.NoError(t, err)
	}
}

// TestWalksAreRationed: however often somebody asks for a listing of everything, it takes a part of the budget.
func TestWalksAreRationed(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for i := range 98 {
		require.NoError(t, m.AddRepository("WEB", fmt.Sprintf("x%d", i), nil))
	}
	m.list()
	var walks []bool
	for range 4 {
		m.Refresh()
		m.pass(5 * time.Second)
		walks = append(walks, m.list().Whole)
	}
	require.Equal(t, []bool{false, true, false, true}, walks, "two pages, so at least nine seconds between")
}

// TestWebhooksAreCreatedAndRepaired: one for the workspace, or one for each repository.
func TestWebhooksAreCreatedAndRepaired(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	h := connection.Hook{Address: "https://sluice.example.com/webhooks/abc", Name: "Sluice bb (secret 1)", Secret: "s1"}
	for _, b := range []workspace.Behaviour{{}, {NoPullPush: true}} {
		m.Set(b)
		m.Site.RemoveHooks()
		for range 2 {
			require.NoError(t, m.EnsureHooks(t.Context(), h))
			require.Len(t, m.Hooks(), 1)
			require.Equal(t, "s1", m.Hooks()[0].Secret)
			require.Contains(t, m.Hooks()[0].Events, "repo:created")
		}
		n := len(m.Requests())
		require.NoError(t, m.EnsureHooks(t.Context(), h))
		require.Len(t, m.Requests(), n+1, "a right webhook costs one call")
		for name, change := range map[string]func(*workspace.Hook){
			"inactive": func(x *workspace.Hook) { x.Active = false }, "no secret": func(x *workspace.Hook) { x.Secret = "" }, "fewer events": func(x *workspace.Hook) { x.Events = x.Events[1:] },
			"another server": func(x *workspace.Hook) { x.URL = "https://old.example.com/webhooks/abc" }, "an older secret": func(x *workspace.Hook) { x.Description = "Sluice bb (secret 0)" },
		} {
			m.ChangeHook(0, change)
			require.NoError(t, m.EnsureHooks(t.Context(), h), name)
			got := m.Hooks()
			require.Len(t, got, 1, name)
			require.Equal(t, []any{h.Address, h.Name, h.Secret, true}, []any{got[0].URL, got[0].Description, got[0].Secret, got[0].Active}, name)
			require.Contains(t, got[0].Events, "repo:push", name)
		}
		m.CopyHook(0)
		require.NoError(t, m.EnsureHooks(t.Context(), h))
		require.Len(t, m.Hooks(), 1)
	}
	renewed := h
	renewed.Secret, renewed.Renew = "s2", true
	require.NoError(t, m.EnsureHooks(t.Context(), renewed))
	require.Equal(t, "s2", m.Hooks()[0].Secret)
	require.NoError(t, m.Connection.RemoveHooks(t.Context(), "/webhooks/abc"))
	require.Empty(t, m.Hooks())

	// A token of a project has none of the workspace.
	m.Allow(workspace.Credential{Secret: "project-token", Project: "PAY", Level: workspace.Admin})
	c := m.connect(bitbucket.Bearer("project-token"), connection.Filter{}, nil)
	for range 2 {
		require.NoError(t, c.EnsureHooks(t.Context(), h))
		require.Len(t, m.Hooks(), 2)
	}
	require.NoError(t, c.RemoveHooks(t.Context(), h.Address))
	require.Empty(t, m.Hooks())
	m.Set(workspace.Behaviour{TokensHaveNoHooks: true})
	require.ErrorIs(t, m.EnsureHooks(t.Context(), h), bitbucket.ErrNotPermitted)
}

// TestAWebhookIsNotMadeTwice: the answer to its creation is lost.
func TestAWebhookIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	h := connection.Hook{Address: "https://sluice.example.com/webhooks/abc", Name: "n", Secret: "s"}
	posts := 0
	m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || posts > 0 {
			return false
		}
		posts++
		m.Intercept(nil)
		m.ServeHTTP(discard{http.Header{}}, r)
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	require.NoError(t, m.EnsureHooks(t.Context(), h))
	require.Len(t, m.Hooks(), 1)
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// TestTheDestinationOfAPullRequest is that of the oldest open one within the repository.
func TestTheDestinationOfAPullRequest(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	require.NoError(t, m.Branches("api", "main", "side", "release"))
	m.push("api", "a\"c")
	at := connection.Location{Connection: "bb", Project: "PAY", Slug: "api", ID: m.UUID("api")}
	ask := func(branch string) string {
		n, to, err := m.Destination(t.Context(), at, branch)
		require.NoError(t, err)
		return fmt.Sprint(n, to)
	}
	require.Equal(t, "0", ask("side"))
	m.OpenPullFrom("core", "main", "api", "main")
	first := m.OpenPull("api", "side", "main")
	m.OpenPull("api", "side", "release")
	require.Equal(t, "0", ask("main"), "that of a fork is another branch")
	require.Equal(t, "2main", ask("side"))
	m.OpenPull("api", "a\"c", "main")
	require.Equal(t, "4main", ask("a\"c"))
	m.ClosePull(first, "MERGED")
	require.Equal(t, "3release", ask("side"))
}

// TestEventsNameWhereToLook, and nothing more of them counts.
func TestEventsNameWhereToLook(t *testing.T) {
	t.Parallel()
	const id, other = "{0a0a0a0a-1111-2222-3333-444444444444}", "{0b0b0b0b-1111-2222-3333-444444444444}"
	repository := `"repository":{"uuid":"` + id + `","full_name":"acme/api","project":{"key":"PAY"}}`
	pull := func(from, branch string) string {
		return fmt.Sprintf(`{%s,"pullrequest":{"source":{"branch":{"name":%q},"repository":{"uuid":%q}}}}`, repository, branch, from)
	}
	for _, x := range []struct{ key, body, at, branch string }{
		{"repo:push", "{" + repository + `,"push":{"changes":[]}}`, "api", ""},
		{"repo:push", "{" + repository + "}", "api", ""},
		{"pullrequest:created", pull(id, "side"), "api", "side"},
		{"pullrequest:push", pull(id, "a/b"), "api", "a/b"},
		{"pullrequest:created", pull(other, "side"), "api", ""},
		{"pullrequest:fulfilled", pull(id, "side"), "api", ""},
		{"pullrequest:created", pull(id, "-rf"), "api", ""},
		{"unknown:event", "{" + repository + "}", "api", ""},
		{"repo:push", "{}", "", ""},
	} {
		e, err := cloud.ParseEvent(x.key, "bb", []byte(x.body))
		require.NoError(t, err)
		require.False(t, e.All || e.Ping)
		require.Equal(t, x.branch, e.Branch, x.body)
		if x.at == "" {
			require.Nil(t, e.Repository)
		} else {
			require.Equal(t, connection.Location{Connection: "bb", Project: "PAY", Slug: x.at, ID: id}, *e.Repository)
		}
	}
	for _, key := range []string{"repo:created", "repo:updated", "repo:deleted", "repo:transfer", "repo:imported", "project:updated"} {
		e, err := cloud.ParseEvent(key, "bb", []byte("{"+repository+"}"))
		require.NoError(t, err)
		require.True(t, e.All, key)
	}
	for _, body := range []string{"", "[", `{"repository":{"uuid":"x","full_name":"acme/api","project":{"key":"PAY"}}}`, strings.Replace("{"+repository+"}", "acme/api", "acme/../x", 1), `{"repository":7}`} {
		_, err := cloud.ParseEvent("repo:push", "bb", []byte(body))
		require.Error(t, err, body)
	}
}

func FuzzEvent(f *testing.F) {
	for _, text := range []string{`{}`, `{"repository":{"uuid":"{0a0a0a0a-1111-2222-3333-444444444444}","full_name":"a/b","project":{"key":"P"}}}`, `{"pullrequest":{"source":null}}`, `[`} {
		f.Add("repo:push", []byte(text))
		f.Add("pullrequest:created", []byte(text))
	}
	f.Fuzz(func(t *testing.T, key string, body []byte) {
		e, err := cloud.ParseEvent(key, "bb", body)
		if err == nil && e.Repository != nil {
			require.NotContains(t, e.Repository.Project+e.Repository.Slug, "/")
			require.False(t, e.Ping, "Cloud has no test call")
		}
	})
}
