package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// source is one connection of a store with several.
type source struct {
	t     *testing.T
	store *store.Store
	*catalog.Sync
}

func connect(t *testing.T, s *store.Store, name string) *source {
	t.Helper()
	c, err := s.Connections.Ensure(t.Context(), name, connections.KindFolder)
	require.NoError(t, err)
	return &source{t, s, s.Catalog.Sync(c.ID)}
}

// lists syncs the store with a whole listing, as the worker does, and returns the names of the projects that were
// refused.
func (c *source) lists(projects ...*connection.Project) (refused []string) {
	c.t.Helper()
	var found []connection.Project
	for _, p := range projects {
		found = append(found, *p)
	}
	found, skipped, err := c.Admit(c.t.Context(), found)
	require.NoError(c.t, err)
	for _, x := range skipped {
		refused = append(refused, x.Name)
	}
	_, err = c.Follow(c.t.Context(), found)
	require.NoError(c.t, err)
	for i := range found {
		_, err := c.Apply(c.t.Context(), &found[i])
		require.NoError(c.t, err)
	}
	missing, err := c.Missing(c.t.Context(), found, true)
	require.NoError(c.t, err)
	_, err = c.Remove(c.t.Context(), missing)
	require.NoError(c.t, err)
	right(c.t, c.store)
	return refused
}

// identified is a project with known identities for itself and its repositories.
func identified(identity string, p *connection.Project) *connection.Project {
	p.Identity = identity
	for i := range p.Repositories {
		p.Repositories[i].Identity = identity + "/" + p.Repositories[i].Slug
	}
	return p
}

// live returns the keys of the projects that lists show.
func live(t *testing.T, s *store.Store) (keys []string) {
	t.Helper()
	list, err := s.Catalog.Projects(t.Context(), everything, nil, "", db.Page{Limit: 100})
	require.NoError(t, err)
	for _, p := range list {
		keys = append(keys, p.Key)
	}
	return keys
}

// TestASyncTouchesItsOwnConnection: what is absent from one connection is deleted, and the projects of another
// connection stay. Each connection lists, misses, holds back and confirms on its own.
func TestASyncTouchesItsOwnConnection(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a, b := connect(t, s, "a"), connect(t, s, "b")
		require.Empty(t, a.lists(project("PAY", "api: main=1", "web: main=1"), project("OPS", "run: main=1")))
		require.Empty(t, b.lists(project("LIB", "core: main=1", "net: main=1"), project("DOC", "site: main=1"), project("NIL")))
		require.Equal(t, []string{"DOC", "LIB", "NIL", "OPS", "PAY"}, live(t, s))
		before := counters(t, s)
		require.Empty(t, a.lists(project("PAY", "api: main=1", "web: main=1"), project("OPS", "run: main=1")))
		require.Equal(t, before, counters(t, s))

		require.Empty(t, b.lists(project("LIB", "core: main=2")))
		require.Equal(t, []string{"LIB", "OPS", "PAY"}, live(t, s))
		_, err := s.Catalog.Repository(t.Context(), everything, "LIB", "net")
		require.ErrorIs(t, err, db.ErrNotFound)
		require.Equal(t, "1", branch(t, s, "PAY", "web", "main").Head)

		// An empty listing of one connection lacks only the repositories of that connection.
		missing, err := b.Missing(t.Context(), nil, true)
		require.NoError(t, err)
		require.Equal(t, []any{1, 1, "core"}, []any{missing.Live, len(missing.Repositories), missing.Repositories[0].Slug})
		require.True(t, missing.Suspicious(nil, 10))
		_, err = b.Hold(t.Context(), missing)
		require.NoError(t, err)
		held := func(c *source) int {
			list, err := c.Held(t.Context())
			require.NoError(t, err)
			return len(list)
		}
		require.Equal(t, []int{0, 1}, []int{held(a), held(b)})
		n, err := a.Confirm(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = b.Confirm(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Empty(t, b.lists())
		require.Equal(t, []string{"OPS", "PAY"}, live(t, s))

		// A connection measures only its own moved branches.
		scanAll(t, s, func(*queue.Job) []scan.Finding { return nil })
		require.Empty(t, a.lists(project("PAY", "api: main=2", "web: main=1"), project("OPS", "run: main=1")))
		for c, want := range map[*source]int{a: 1, b: 0} {
			moved, err := c.Unmeasured(t.Context())
			require.NoError(t, err)
			require.Len(t, moved, want)
		}
	})
}

// TestAKeyBelongsToOneLiveProject: the second connection with the same key is refused by name, and gets the key when the
// first one's project is gone. Each project keeps its results in case it returns.
func TestAKeyBelongsToOneLiveProject(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a, b := connect(t, s, "a"), connect(t, s, "b")
		ours, theirs := project("PAY", "api: main=1"), project("PAY", "api: main=9", "web: main=9")
		require.Empty(t, a.lists(ours))
		scanAll(t, s, func(*queue.Job) []scan.Finding { return []scan.Finding{secret("f-one", "x", scan.SeverityHigh)} })
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "main").Status)

		_, skipped, err := b.Admit(t.Context(), []connection.Project{*theirs})
		require.NoError(t, err)
		require.Equal(t, []connection.Skipped{{Name: "PAY", Reason: `the connection "a" has a project with this key; rename one of the two`}}, skipped)
		require.Equal(t, []string{"PAY"}, b.lists(theirs, project("LIB", "core: main=1")), "the others are listed")
		require.Equal(t, []string{"LIB", "PAY"}, live(t, s))
		require.Equal(t, "1", branch(t, s, "PAY", "api", "main").Head)

		require.Empty(t, a.lists())
		require.Empty(t, b.lists(theirs))
		require.Equal(t, "9", branch(t, s, "PAY", "api", "main").Head)
		require.Equal(t, status.NotScanned, branch(t, s, "PAY", "api", "main").Status, "it is another repository")
		require.Equal(t, []string{"PAY"}, a.lists(ours), "the first one comes too late now")
		require.Equal(t, "9", branch(t, s, "PAY", "web", "main").Head)

		// Callers who may see the key see the live project.
		visible, err := s.Accounts.Visible(t.Context(), &accounts.Grants{Roles: map[string]accounts.Role{"PAY": accounts.RoleRead, "PAY/api": accounts.RoleRead}})
		require.NoError(t, err)
		p, err := s.Catalog.Project(t.Context(), visible, "PAY")
		require.NoError(t, err)
		require.Equal(t, 2, p.Repositories.Total())

		require.Empty(t, b.lists())
		require.Empty(t, a.lists(ours))
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "main").Status, "as it was")
	})
}

// TestARenameStaysInItsConnection: identities are compared within a connection. A project that would take a key of
// another connection is refused, and followed once the key is free. Roles and settings stay with the project that they
// name.
func TestARenameStaysInItsConnection(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a, b := connect(t, s, "a"), connect(t, s, "b")
		require.Empty(t, a.lists(identified("1", project("PAY", "api: main=1"))))
		require.Empty(t, b.lists(identified("1", project("LIB", "core: main=1"))))
		require.Equal(t, []string{"LIB", "PAY"}, live(t, s), "the same identities, of other connections")
		scanAll(t, s, func(j *queue.Job) []scan.Finding { return []scan.Finding{secret("f-"+j.Slug, "x", scan.SeverityHigh)} })
		for _, scope := range []string{"PAY", "LIB"} {
			require.NoError(t, s.Settings.SetHook(t.Context(), scope, true, nil))
		}
		said := func(scope string) bool {
			hook, err := s.Settings.HookSetting(t.Context(), scope)
			require.NoError(t, err)
			return hook != nil
		}

		require.Equal(t, []string{"PAY"}, b.lists(identified("1", project("PAY", "core: main=1"))))
		require.Equal(t, []string{"PAY"}, live(t, s))
		require.Equal(t, "1", branch(t, s, "PAY", "api", "main").Head)
		require.True(t, said("LIB"))

		require.Empty(t, a.lists(identified("1", project("NEW", "api: main=1"))))
		require.Equal(t, status.Vulnerable, branch(t, s, "NEW", "api", "main").Status)
		require.Equal(t, []bool{true, false, true}, []bool{said("NEW"), said("PAY"), said("LIB")})
		require.Empty(t, b.lists(identified("1", project("PAY", "core: main=1"))))
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "core", "main").Status)
		require.Equal(t, []bool{true, true, false}, []bool{said("NEW"), said("PAY"), said("LIB")})

		// If a deleted project turns up elsewhere, the roles and settings of its old key stay with the live project.
		require.Empty(t, b.lists())
		require.Empty(t, a.lists(identified("2", project("PAY", "api: main=7"))))
		require.Empty(t, b.lists(identified("1", project("OLD", "core: main=1"))))
		require.Equal(t, []bool{true, false}, []bool{said("PAY"), said("OLD")})
		require.Equal(t, status.Vulnerable, branch(t, s, "OLD", "core", "main").Status)
	})
}

// TestThePurgeOfAKey: the roles and settings of a deleted project's key stay if a live project of another connection has
// the key.
func TestThePurgeOfAKey(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a, b := connect(t, s, "a"), connect(t, s, "b")
		a.lists(project("PAY", "api: main=1"), project("OPS", "run: main=1"))
		scopes := []string{"PAY", "PAY/api", "OPS", "OPS/run"}
		for _, scope := range scopes {
			require.NoError(t, s.Settings.SetHook(t.Context(), scope, true, nil))
			require.NoError(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Scope: scope, Cron: "0 3 * * *"}, time.Now()))
		}
		a.lists()
		b.lists(project("PAY", "api: main=2"))
		require.NoError(t, s.Policy.Set(t.Context(), map[*settings.Known]string{settings.KeepRemovedDays: "1"}))
		for range 2 { // repositories go before their projects
			_, err := s.Retention.Purge(t.Context(), time.Now().AddDate(0, 0, 3))
			require.NoError(t, err)
		}
		schedules, err := s.Queue.Schedules(t.Context())
		require.NoError(t, err)
		var left []string
		for _, x := range schedules {
			left = append(left, x.Scope)
		}
		require.Equal(t, []string{"PAY", "PAY/api"}, left)
		for _, scope := range scopes {
			hook, err := s.Settings.HookSetting(t.Context(), scope)
			require.NoError(t, err)
			require.Equal(t, scope[:3] == "PAY", hook != nil, scope)
		}
		// A schedule of the key scans the live project.
		ran, err := s.Queue.RunSchedules(t.Context(), time.Now().AddDate(0, 0, 2))
		require.NoError(t, err)
		require.Equal(t, 2, ran)
		require.Equal(t, "2", claim(t, s).Head)
	})
}

// TestAConnectionHasOneKind: if nodes create a connection at the same time, there is one in the end. A connection of
// another kind cannot take its name.
func TestAConnectionHasOneKind(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, other := open(t, address), open(t, address)
		first, err := s.Connections.Ensure(t.Context(), "a", connections.KindFolder)
		require.NoError(t, err)
		again, err := other.Connections.Ensure(t.Context(), "a", connections.KindFolder)
		require.NoError(t, err)
		require.Equal(t, first, again)
		_, err = s.Connections.Ensure(t.Context(), "a", "other")
		require.ErrorIs(t, err, db.ErrExists)
	})
}
