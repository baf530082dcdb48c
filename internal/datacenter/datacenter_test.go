package datacenter_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/datacenter"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/testgit"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}

const secret = "canary-token"

// made is a Data Center with two projects, and a connection to it.
type made struct {
	*site.Site
	*datacenter.Connection
	t    *testing.T
	base string
}

func connect(t *testing.T, s *site.Site, base string, auth bitbucket.Auth, f connection.Filter) *datacenter.Connection {
	t.Helper()
	client, err := bitbucket.New(bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: base, Auth: auth})
	require.NoError(t, err)
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(t.TempDir(), "mirrors")})
	require.NoError(t, err)
	return datacenter.New(datacenter.Options{Name: "bb", Client: client, Credentials: credential.Static{Auth: auth, Header: auth.Header()}, Mirrors: mirrors, Filter: f})
}

func newMade(t *testing.T, f connection.Filter) *made {
	t.Helper()
	s, err := site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	base, stop := s.Serve()
	t.Cleanup(stop)
	s.Allow(site.Credential{Secret: secret, User: "scanner"})
	s.MakeAdmin("scanner")
	m := &made{s, connect(t, s, base, bitbucket.Bearer(secret), f), t, base}
	s.AddProject("PAY", "Payments")
	s.AddProject("WEB", "Web")
	m.add("PAY", "api", nil)
	m.add("PAY", "core", nil)
	m.add("WEB", "shop", nil)
	return m
}

func (m *made) add(project, slug string, change func(*site.Repository)) {
	m.t.Helper()
	require.NoError(m.t, m.AddRepository(project, slug, change))
	_, err := m.Push(project, slug, "main", "", "a.txt", slug)
	require.NoError(m.t, err)
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

// TestEveryFormOfTheProductGivesTheSameListing goes through the open questions about the product.
func TestEveryFormOfTheProductGivesTheSameListing(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	for name, b := range map[string]site.Behaviour{
		"as it is":                       {},
		"isDefault":                      {IsDefault: true},
		"pages of one row":               {PageLimit: 1},
		"pages with gaps between":        {PageLimit: 2, Jumps: true},
		"without default-branch":         {NoDefaultBranch: true},
		"clone links of another host":    {ForeignLinks: true},
		"clone links with a user":        {UserLinks: true},
		"without clone links":            {NoHTTPLinks: true},
		"without webhooks of projects":   {NoProjectHooks: true},
		"personal projects not listed":   {HidePersonal: true},
		"redirects for former addresses": {Redirect: true},
	} {
		m.Set(b)
		l := m.list()
		require.Equal(t, whole, shown(&l), name)
		require.True(t, l.Whole, name)
		dir, release, err := m.Open(t.Context(), l.Projects[0].Repositories[0].Location)
		require.NoError(t, err, name)
		require.FileExists(t, filepath.Join(dir, "HEAD"))
		release()
	}
}

func TestWhatIsLeftOutHasAReason(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{Exclude: []string{"*/old-*"}})
	m.AddProject("~ada", "Ada")
	m.add("~ada", "notes", nil)
	m.add("PAY", "archive", func(r *site.Repository) { r.Archived = true })
	m.add("PAY", "fork", func(r *site.Repository) { r.Fork = true })
	m.add("PAY", "offline", func(r *site.Repository) { r.State = "OFFLINE" })
	m.add("PAY", "mercurial", func(r *site.Repository) { r.SCM = "hg" })
	m.add("PAY", "old-api", nil)
	m.add("PAY", "named.git", nil)
	l := m.list()
	reasons := map[string]string{}
	for _, s := range l.Skipped {
		reasons[s.Name] = s.Reason
	}
	require.Equal(t, map[string]string{
		"~ada/notes": "it is personal", "PAY/archive": "it is archived", "PAY/fork": "it is a fork", "PAY/offline": "it is not available: its state is OFFLINE",
		"PAY/mercurial": "it is not a git repository", "PAY/old-api": "the connection excludes it", "PAY/named.git": "its name or id is not one that Bitbucket gives",
	}, reasons)
	require.Equal(t, append(append([]string{}, whole[:3]...), append([]string{"PAY/offline : !"}, whole[3:]...)...), shown(&l), "one that is offline keeps what is known of it")

	all := connect(t, m.Site, m.base, bitbucket.Bearer(secret), connection.Filter{Include: []string{"PAY/*", "~ada/*"}, Archived: true, Forks: true, Personal: true})
	for _, b := range []site.Behaviour{{}, {HidePersonal: true}} {
		m.Set(b)
		l, err := all.List(t.Context())
		require.NoError(t, err)
		text := strings.Join(shown(&l), "\n")
		for _, name := range []string{"~ada/notes", "PAY/archive", "PAY/fork", "PAY/old-api"} {
			require.Contains(t, text, name)
		}
		require.NotContains(t, text, "WEB/shop")
	}
}

// TestDefaultBranches covers an empty repository, a default branch that is missing, and one that is not the first.
func TestDefaultBranches(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{Include: []string{"PAY/*"}})
	require.NoError(t, m.AddRepository("PAY", "empty", nil))
	m.Change("PAY", "core", func(r *site.Repository) { r.Default = "develop" })
	require.NoError(t, m.Branches("PAY", "api", "main", "a/b", "feature/x#1%20+y", "zz"))
	m.Change("PAY", "api", func(r *site.Repository) { r.Default = "feature/x#1%20+y" })
	for _, b := range []site.Behaviour{{}, {NoDefaultBranch: true}, {IsDefault: true, PageLimit: 1}} {
		m.Set(b)
		l := m.list()
		require.Equal(t, []string{"PAY", "PAY/api feature/x#1%20+y: a/b feature/x#1%20+y main zz", "PAY/core : main", "PAY/empty :", "WEB"}, shown(&l))
	}
}

// TestAPartThatFailedIsNotGone: a listing says which part of it is missing.
func TestAPartThatFailedIsNotGone(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	fail := func(suffix string, query string, status int, body string) {
		m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, suffix) || !strings.Contains(r.URL.RawQuery, query) {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		})
	}
	const denied = `{"errors":[{"message":"no","exceptionName":"com.atlassian.bitbucket.AuthorisationException"}]}`
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict} {
		fail("/core/branches", "", status, denied)
		l, err := m.List(t.Context())
		require.ErrorContains(t, err, "PAY/core")
		require.Equal(t, []string{"PAY", "PAY/api main: main", "PAY/core : !", "WEB", "WEB/shop main: main"}, shown(&l), "%d", status)
		require.True(t, l.Whole, "the repositories themselves were listed")
	}
	// The list of repositories breaks off after the first page.
	m.Set(site.Behaviour{PageLimit: 1})
	fail("/repos", "start=1", http.StatusConflict, `{"errors":[]}`)
	l, err := m.List(t.Context())
	require.Error(t, err)
	require.False(t, l.Whole)
	require.Equal(t, []string{"PAY partial", "PAY/api main: main", "WEB partial"}, shown(&l))
	// A list that never ends, and one that goes back.
	for _, next := range []string{"0", "1"} {
		body := `{"values":[{"id":7,"slug":"x","project":{"id":1,"key":"PAY"}}],"isLastPage":false,"nextPageStart":` + next + `}`
		fail("/latest/repos", "", http.StatusOK, body)
		l, err = m.List(t.Context())
		require.Error(t, err, next)
		require.False(t, l.Whole)
	}
	// Rows that are no repositories.
	fail("/latest/repos", "", http.StatusOK, `{"values":["x",7,null,{"id":"a"}],"isLastPage":true}`)
	l, err = m.List(t.Context())
	require.Error(t, err)
	require.False(t, l.Whole)
	// Nothing is listed with a credential that is not accepted.
	m.Intercept(nil)
	m.Revoke(secret)
	l, err = m.List(t.Context())
	require.ErrorIs(t, err, bitbucket.ErrCredential)
	require.Empty(t, l.Projects)
	require.False(t, l.Whole)
}

// TestNamesThatAreNone: what a hostile server calls a project, a repository or a branch reaches no path.
func TestNamesThatAreNone(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	bad := []string{"..", "../../etc", "a/b", "", "-x", "a\x00b", "a\nb", ".", "x\u202e", strings.Repeat("x", 500)}
	var rows []string
	for i, name := range bad {
		row, err := json.Marshal(map[string]any{"id": 900 + i, "slug": name, "project": map[string]any{"id": 101, "key": "PAY"}})
		require.NoError(t, err)
		key, err := json.Marshal(map[string]any{"id": 950 + i, "slug": "x", "project": map[string]any{"id": 50 + i, "key": name}})
		require.NoError(t, err)
		rows = append(rows, string(row), string(key))
	}
	rows = append(rows, `{"id":-1,"slug":"x","project":{"id":101,"key":"PAY"}}`, `{"id":990,"slug":"branches","name":"a\u001b[31m","project":{"id":101,"key":"PAY"}}`)
	m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/latest/repos"):
			_, _ = fmt.Fprintf(w, `{"values":[%s],"isLastPage":true}`, strings.Join(rows, ","))
		case strings.HasSuffix(r.URL.Path, "/branches/branches") || strings.HasSuffix(r.URL.Path, "/repos/branches/branches"):
			good := strings.Repeat("a", 40)
			_, _ = fmt.Fprintf(w, `{"values":[{"id":"refs/heads/../x","latestCommit":%q},{"id":"refs/heads/-rf","latestCommit":%[1]q},{"id":"refs/heads/a b","latestCommit":%[1]q},{"id":"refs/tags/v1","latestCommit":%[1]q},
				{"id":"refs/heads/x.lock","latestCommit":%[1]q},{"id":"refs/heads/ok","latestCommit":%[1]q,"default":true},{"id":"refs/heads/short","latestCommit":"abc"},{"id":"refs/heads/option","latestCommit":"--upload-pack=x"}],"isLastPage":true}`, good)
		default:
			return false
		}
		return true
	})
	l, err := m.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"PAY", "PAY/branches ok: ok !"}, shown(&l)[:2])
	require.NotContains(t, l.Projects[0].Repositories[0].Name, "\x1b")
	require.Len(t, l.Skipped, 2*len(bad)+1)
	for _, s := range l.Skipped {
		require.NotContains(t, s.Name, "\n")
	}
}

// TestRepositoriesAreKnownByTheirIDs: renamed, moved, deleted, and made again under the same name.
func TestRepositoriesAreKnownByTheirIDs(t *testing.T) {
	t.Parallel()
	for _, redirect := range []bool{false, true} {
		m := newMade(t, connection.Filter{})
		m.Set(site.Behaviour{Redirect: redirect})
		before := m.list()
		at := func(i int) connection.Location {
			l, ok := connection.ParseLocation(before.Projects[0].Repositories[i].Location)
			require.True(t, ok)
			return l
		}
		api, core := at(0), at(1)
		m.Move("PAY", "api", "WEB", "api-2")
		l := m.list()
		require.Equal(t, []string{"PAY", "PAY/core main: main", "WEB", "WEB/api-2 main: main", "WEB/shop main: main"}, shown(&l))
		require.Equal(t, before.Projects[0].Repositories[0].Identity, l.Projects[1].Repositories[0].Identity)
		_, err := m.Look(t.Context(), api)
		require.ErrorIs(t, err, connection.ErrGone)
		_, _, err = m.Open(t.Context(), api.String())
		require.ErrorIs(t, err, connection.ErrGone)
		gone, err := m.Gone(t.Context(), core)
		require.NoError(t, err)
		require.False(t, gone)
		p, err := m.Look(t.Context(), core)
		require.NoError(t, err)
		require.True(t, p.Partial)
		require.Len(t, p.Repositories, 1)

		m.Delete("PAY", "core")
		gone, err = m.Gone(t.Context(), core)
		require.NoError(t, err)
		require.True(t, gone)
		m.add("PAY", "core", nil)
		gone, err = m.Gone(t.Context(), core)
		require.NoError(t, err)
		require.True(t, gone, "another repository has its name")
		fresh := m.list()
		require.NotEqual(t, core.String(), fresh.Projects[0].Repositories[0].Location)

		m.RenameProject("WEB", "NET")
		renamed := m.list()
		require.Equal(t, "NET", renamed.Projects[0].Key)
		require.Equal(t, before.Projects[1].Identity, renamed.Projects[0].Identity)

		// A lost right is not a deletion.
		m.Revoke(secret)
		_, err = m.Gone(t.Context(), core)
		require.Error(t, err)
		require.NotErrorIs(t, err, connection.ErrGone)
		// Nor is a page of something in between.
		m.Restore(secret)
		m.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, "<!doctype html><h1>not found</h1>", http.StatusNotFound)
			return true
		})
		_, err = m.Gone(t.Context(), core)
		require.Error(t, err)
	}
}

// TestCredentials goes through the kinds of credentials, for the API and for git.
func TestCredentials(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	m.Grant("ada", "PAY", site.Read)
	m.Allow(site.Credential{Secret: "password", User: "ada", Password: true})
	m.Allow(site.Credential{Secret: "token", User: "ada", Level: site.Read})
	m.Allow(site.Credential{Secret: "project", Project: "PAY", Level: site.Read})
	m.Allow(site.Credential{Secret: "repository", Project: "PAY", Repository: "api", Level: site.Read})
	for name, test := range map[string]struct {
		auth bitbucket.Auth
		user string
		want []string
	}{
		"password":                  {bitbucket.Basic("ada", "password"), "ada", whole[:3]},
		"token of a user":           {bitbucket.Bearer("token"), "ada", whole[:3]},
		"token as a password":       {bitbucket.Basic("ada", "token"), "ada", whole[:3]},
		"token of a project":        {bitbucket.Bearer("project"), "", whole[:3]},
		"token of a repository":     {bitbucket.Bearer("repository"), "", whole[:2]},
		"token of an administrator": {bitbucket.Bearer(secret), "scanner", whole},
	} {
		c := connect(t, m.Site, m.base, test.auth, connection.Filter{})
		who, err := c.Check(t.Context())
		require.NoError(t, err, name)
		require.Equal(t, test.user, who.User, name)
		require.NotEmpty(t, who.Version)
		l, err := c.List(t.Context())
		require.NoError(t, err, name)
		require.Equal(t, test.want, shown(&l), name)
		_, release, err := c.Open(t.Context(), l.Projects[0].Repositories[0].Location)
		require.NoError(t, err, name)
		release()
	}
	for name, auth := range map[string]bitbucket.Auth{
		"a project's token as a password": bitbucket.Basic("ada", "project"), "wrong": bitbucket.Bearer("other"), "a password as a token": bitbucket.Bearer("password"),
	} {
		_, err := connect(t, m.Site, m.base, auth, connection.Filter{}).Check(t.Context())
		require.ErrorIs(t, err, bitbucket.ErrCredential, name)
	}
	_, err := connect(t, m.Site, m.base, bitbucket.Auth{}, connection.Filter{}).Check(t.Context())
	require.ErrorContains(t, err, "anonymous")
	_, err = connect(t, m.Site, strings.TrimSuffix(m.base, "/bitbucket"), bitbucket.Bearer(secret), connection.Filter{}).Check(t.Context())
	require.ErrorContains(t, err, "check the address, with its context path")
	require.NotContains(t, err.Error(), "commit", "no advice about what was not asked for")
}

// TestAnAuthorityOfItsOwn reads over a certificate that no authority of the system has signed, with the API and with git.
func TestAnAuthorityOfItsOwn(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	server := httptest.NewTLSServer(m.Site)
	defer server.Close()
	m.SetAddress(server.URL)
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, text, 0o600))
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(t.TempDir(), "mirrors")})
	require.NoError(t, err)
	open := func(authorities *x509.CertPool, file string) (connection.Listing, *datacenter.Connection, error) {
		client, err := bitbucket.New(bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: server.URL + "/bitbucket", Auth: bitbucket.Bearer(secret), Authorities: authorities})
		require.NoError(t, err)
		c := datacenter.New(datacenter.Options{Name: "bb", Client: client, Credentials: credential.Static{Header: bitbucket.Bearer(secret).Header()}, CAFile: file, Mirrors: mirrors})
		l, err := c.List(t.Context())
		return l, c, err
	}
	l, c, err := open(pool, file)
	require.NoError(t, err)
	require.Equal(t, whole, shown(&l))
	_, release, err := c.Open(t.Context(), l.Projects[0].Repositories[0].Location)
	require.NoError(t, err)
	release()
	_, _, err = open(nil, "")
	require.ErrorIs(t, err, bitbucket.ErrUnreachable)
	_, c, err = open(pool, "")
	require.NoError(t, err)
	_, _, err = c.Open(t.Context(), l.Projects[0].Repositories[1].Location)
	require.Error(t, err, "git checks the certificate too")
}

// TestAnOutageIsTemporary: a scan tries again later.
func TestAnOutageIsTemporary(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{})
	l := m.list()
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		m.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/scm/") {
				return false
			}
			w.WriteHeader(status)
			return true
		})
		_, _, err := m.Open(t.Context(), l.Projects[0].Repositories[0].Location)
		require.ErrorIs(t, err, connection.ErrLater)
	}
}

// TestManyBranches lists 2,000 branches in pages of 100.
func TestManyBranches(t *testing.T) {
	t.Parallel()
	m := newMade(t, connection.Filter{Include: []string{"PAY/api"}})
	names := make([]string, 2000)
	for i := range names {
		names[i] = fmt.Sprintf("b%04d", i)
	}
	require.NoError(t, m.Branches("PAY", "api", "main", names...))
	m.Set(site.Behaviour{PageLimit: 100})
	l := m.list()
	require.Len(t, l.Projects[0].Repositories[0].Branches, 2001)
}
