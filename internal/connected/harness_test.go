package connected_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(teststore.Run(m))
}

const secret = "canary-token"

// product is a Data Center, a store, and the connections between.
type product struct {
	*site.Site
	t     *testing.T
	base  string
	store *store.Store
	admin connected.Admin
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, do func(t *testing.T, p *product)) {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := ""
			if name == "SQLite" {
				address = teststore.SQLite(t)
			} else {
				address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
			}
			do(t, newProduct(t, address))
		})
	}
}

func newProduct(t *testing.T, address string) *product {
	t.Helper()
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	s, err := site.New(t.TempDir(), "")
	require.NoError(t, err)
	base, stop := s.Serve()
	t.Cleanup(stop)
	keys, err := seal.New([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	p := &product{s, t, base, st, connected.Admin{Store: st, Box: keys.Connections(), Log: slog.New(slog.DiscardHandler)}}
	s.Allow(site.Credential{Secret: secret, User: "scanner", Level: site.Admin})
	s.MakeAdmin("scanner")
	s.AddProject("PAY", "Payments")
	return p
}

// add adds repositories with one commit on main.
func (p *product) add(slugs ...string) {
	p.t.Helper()
	for _, slug := range slugs {
		require.NoError(p.t, p.AddRepository("PAY", slug, nil))
		_, err := p.Push("PAY", slug, "main", "", "a.txt", slug)
		require.NoError(p.t, err)
	}
}

func (p *product) put(change func(s *connected.Settings)) {
	p.t.Helper()
	s := &connected.Settings{URL: p.base, Every: connected.Duration(time.Hour), Rate: 1000, Burst: 1000}
	if change != nil {
		change(s)
	}
	_, err := p.admin.Put(p.t.Context(), "bb", s, &connected.Credential{Secret: secret})
	require.NoError(p.t, err)
}

// node runs a node of the server until stop is called or the test ends.
func (p *product) node(name string) (set *connected.Set, stop func()) {
	p.t.Helper()
	return p.nodeWith(name, nil)
}

func (p *product) nodeWith(name string, change func(o *connected.Options)) (set *connected.Set, stop func()) {
	p.t.Helper()
	dir := p.t.TempDir()
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(dir, "mirrors")})
	require.NoError(p.t, err)
	o := connected.Options{Admin: p.admin, Node: name, Data: dir, Mirrors: mirrors, Poll: 20 * time.Millisecond}
	if change != nil {
		change(&o)
	}
	set = connected.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { set.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	p.t.Cleanup(stop)
	return set, stop
}

func (p *product) row() *connections.Remote {
	p.t.Helper()
	r, err := p.store.Connections.Remote(p.t.Context(), "bb")
	require.NoError(p.t, err)
	return r
}

// sync lists once more and waits for the end. The listing need not be whole.
func (p *product) sync() *connections.Remote {
	p.t.Helper()
	before := p.row()
	require.NoError(p.t, p.store.Connections.Request(p.t.Context(), before.ID))
	var r *connections.Remote
	testwait.Until(p.t, func() bool { r = p.row(); return !r.IsDue && !r.Syncing }, "the listing ends")
	return r
}

// slugs lists the live repositories.
func (p *product) slugs() string {
	p.t.Helper()
	projects, err := p.store.Catalog.Projects(p.t.Context(), &scope.Visible{All: true}, nil, "", db.Page{Limit: 100})
	require.NoError(p.t, err)
	var list []string
	for i := range projects {
		rs, err := p.store.Catalog.Repositories(p.t.Context(), &scope.Visible{All: true}, projects[i].ID, catalog.Filter{}, db.Page{Limit: 1000})
		require.NoError(p.t, err)
		for j := range rs {
			list = append(list, projects[i].Key+"/"+rs[j].Slug)
		}
	}
	return strings.Join(list, " ")
}

// head is the head of a branch as the store has it; empty for none.
func (p *product) head(slug, branch string) string {
	p.t.Helper()
	r, err := p.store.Catalog.Repository(p.t.Context(), &scope.Visible{All: true}, "PAY", slug)
	if err != nil {
		return ""
	}
	b, err := p.store.Catalog.Branch(p.t.Context(), r.ID, branch)
	if err != nil {
		return ""
	}
	return b.Head
}
