package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// world is a Bitbucket whose projects and repositories have identities.
type world struct {
	projects     map[string]string
	repositories map[string]worldRepository
}

type worldRepository struct{ project, slug string }

func (w *world) found() (found []connection.Project, keys []string) {
	for _, id := range slices.Sorted(maps.Keys(w.projects)) {
		p := connection.Project{Key: w.projects[id], Name: w.projects[id], Identity: id}
		for _, rid := range slices.Sorted(maps.Keys(w.repositories)) {
			if r := w.repositories[rid]; r.project == id {
				p.Repositories = append(p.Repositories, connection.Repository{
					Slug: r.slug, Name: r.slug, Location: p.Key + "/" + r.slug, DefaultBranch: "main", Identity: rid, Branches: []connection.Branch{{Name: "main", Head: "head of " + rid}},
				})
			}
		}
		found, keys = append(found, p), append(keys, p.Key)
	}
	return found, keys
}

// sync lists the world as a syncer does; others are other nodes that do so at the same time.
func (w *world) sync(t *testing.T, s *store.Store, others ...*store.Store) []catalog.Renamed {
	t.Helper()
	found, keys := w.found()
	var wait sync.WaitGroup
	told := make([][]catalog.Renamed, len(others))
	for i, other := range others {
		wait.Go(func() {
			var err error
			if told[i], err = teststore.Sync(t, other).Follow(t.Context(), found); err != nil {
				t.Error(err)
			}
		})
	}
	renamed, err := teststore.Sync(t, s).Follow(t.Context(), found)
	wait.Wait()
	require.NoError(t, err)
	for _, more := range told {
		for _, r := range more {
			require.NotContains(t, renamed, r, "it is reported once")
		}
	}
	for i := range found {
		listed(t, s, &found[i])
	}
	without(t, s, keys...)
	return renamed
}

// TestRenamedAndMoved: a repository keeps its data under its new name, and another repository that takes the old name
// does not get it.
func TestRenamedAndMoved(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		w := &world{map[string]string{"p1": "PAY", "p2": "OPS"}, map[string]worldRepository{"r1": {"p1", "api"}, "r2": {"p1", "web"}}}
		require.Empty(t, w.sync(t, s))
		account, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: "ada"})
		require.NoError(t, err)
		require.NoError(t, s.Accounts.Grant(t.Context(), account, "PAY/api", accounts.RoleWrite))
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY/api", true, nil))
		require.NoError(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Scope: "PAY/api", Cron: "0 3 * * *"}, time.Now()))
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			return []scan.Finding{secret("f-of-"+j.Slug, "a.env", scan.SeverityHigh)}
		})
		triaged := func(key, slug string) *findings.Listed {
			r, err := s.Catalog.Repository(t.Context(), everything, key, slug)
			require.NoError(t, err)
			list, err := s.Findings.List(t.Context(), everything, findings.Filter{Repository: r.ID}, 10)
			require.NoError(t, err)
			require.Len(t, list, 1)
			return &list[0]
		}
		f := triaged("PAY", "api")
		f.State, f.Reason = findings.FalsePositive, "a test's key"
		require.NoError(t, s.Findings.Triage(t.Context(), &f.Finding))
		said := func(scope string) {
			t.Helper()
			access, err := s.Accounts.AllAccess(t.Context(), db.Page{Limit: 10})
			require.NoError(t, err)
			require.Equal(t, []accounts.Access{{Account: "ada", Scope: scope, Role: accounts.RoleWrite}}, access)
			hook, err := s.Settings.HookSetting(t.Context(), scope)
			require.NoError(t, err)
			require.NotNil(t, hook)
			schedules, err := s.Queue.Schedules(t.Context())
			require.NoError(t, err)
			require.Len(t, schedules, 1)
			require.Equal(t, scope, schedules[0].Scope)
		}
		kept := func(key, slug string) {
			t.Helper()
			require.Equal(t, f.ID, triaged(key, slug).ID)
			require.Equal(t, findings.FalsePositive, triaged(key, slug).State)
			b := branch(t, s, key, slug, "main")
			require.Equal(t, status.Secure, b.Status)
			require.Equal(t, catalog.ScanUpToDate, b.Knowledge.ScanStatus())
			said(key + "/" + slug)
			right(t, s)
		}
		kept("PAY", "api")

		// Renamed, moved, both, and into a new project.
		w.repositories["r1"] = worldRepository{"p1", "gateway"}
		require.Equal(t, []catalog.Renamed{{From: "PAY/api", To: "PAY/gateway"}}, w.sync(t, s))
		kept("PAY", "gateway")
		w.projects["p3"] = "NEW"
		w.repositories["r1"] = worldRepository{"p3", "api"}
		require.Equal(t, []catalog.Renamed{{From: "PAY/gateway", To: "NEW/api"}}, w.sync(t, s))
		kept("NEW", "api")

		// A project that is renamed, with a repository that is renamed at the same time.
		w.projects["p3"] = "NEWER"
		w.repositories["r1"] = worldRepository{"p3", "gateway"}
		require.Equal(t, []catalog.Renamed{{From: "NEW", To: "NEWER"}, {From: "NEWER/api", To: "NEWER/gateway"}}, w.sync(t, s))
		kept("NEWER", "gateway")

		// Two repositories that swap places, and their projects as well.
		w.repositories["r1"], w.repositories["r2"] = worldRepository{"p1", "web"}, worldRepository{"p3", "gateway"}
		w.projects["p1"], w.projects["p2"] = "OPS", "PAY"
		require.Len(t, w.sync(t, s), 4)
		kept("OPS", "web")
		require.Equal(t, status.Vulnerable, branch(t, s, "NEWER", "gateway", "main").Status)

		// One takes the name of a deleted one, and then a new one takes its own.
		bob, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: "bob"})
		require.NoError(t, err)
		require.NoError(t, s.Accounts.Grant(t.Context(), bob, "NEWER/gateway", accounts.RoleRead))
		delete(w.repositories, "r2")
		w.repositories["r1"], w.repositories["r4"] = worldRepository{"p3", "gateway"}, worldRepository{"p1", "web"}
		require.Len(t, w.sync(t, s), 1)
		kept("NEWER", "gateway")
		require.Equal(t, status.NotScanned, branch(t, s, "OPS", "web", "main").Status)

		// One that returns under another name has its triage. Its role has not gone to the one that has the name now.
		delete(w.repositories, "r1")
		w.sync(t, s)
		w.repositories["r1"], w.repositories["r5"] = worldRepository{"p2", "again"}, worldRepository{"p3", "gateway"}
		require.Len(t, w.sync(t, s), 1)
		said("PAY/again")
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			if j.Slug != "again" {
				return nil
			}
			return []scan.Finding{secret("f-of-api", "a.env", scan.SeverityHigh)}
		})
		kept("PAY", "again")

		// A folder that was recreated under the same name is the same repository.
		w.repositories["r6"] = w.repositories["r1"]
		delete(w.repositories, "r1")
		require.Empty(t, w.sync(t, s))
		require.Equal(t, findings.FalsePositive, triaged("PAY", "again").State)
		said("PAY/again")
		require.Equal(t, status.Outdated, branch(t, s, "PAY", "again", "main").Status)
		right(t, s)
	})
}

// TestRenamesAtRandom: each identity keeps its row, and each row its name, its role and its counters, whatever changes
// between two listings.
func TestRenamesAtRandom(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, other := open(t, address), open(t, address)
		random := rand.New(rand.NewPCG(3, 4))
		w := &world{map[string]string{}, map[string]worldRepository{}}
		rows, list, next := map[string]int64{}, map[string]string{}, 0
		// Each repository has a role of its own, which shows where it is.
		fresh := func(kind string) string { next++; return fmt.Sprintf("%s%03d", kind, next) }
		taken := func(place worldRepository) string {
			for id, r := range w.repositories {
				if r == place {
					return id
				}
			}
			return ""
		}
		pick := func(list []string) string { return list[random.IntN(len(list))] }
		for step := range 60 {
			for range 1 + random.IntN(4) {
				projects, repositories := slices.Sorted(maps.Keys(w.projects)), slices.Sorted(maps.Keys(w.repositories))
				key := fmt.Sprintf("K%d", random.IntN(5))
				owner := ""
				for id, k := range w.projects {
					if k == key {
						owner = id
					}
				}
				switch op := random.IntN(9); {
				case owner == "" && (op == 0 || len(projects) < 2):
					w.projects[fresh("p")] = key
				case op <= 2 && len(projects) > 0:
					if place := (worldRepository{pick(projects), fmt.Sprintf("s%d", random.IntN(4))}); taken(place) == "" {
						w.repositories[fresh("r")] = place
					}
				case op <= 5 && len(repositories) > 0:
					id, place := pick(repositories), worldRepository{pick(projects), fmt.Sprintf("s%d", random.IntN(4))}
					if other := taken(place); other != "" {
						w.repositories[other] = w.repositories[id]
					}
					w.repositories[id] = place
				case op == 6 && len(repositories) > 0:
					delete(w.repositories, pick(repositories))
				case op == 8 && len(projects) > 1:
					id := pick(projects)
					delete(w.projects, id)
					maps.DeleteFunc(w.repositories, func(_ string, r worldRepository) bool { return r.project == id })
				case op == 7 && len(projects) > 0:
					id := pick(projects)
					if owner != "" {
						w.projects[owner] = w.projects[id]
					}
					w.projects[id] = key
				}
			}
			w.sync(t, s, other)
			access, err := s.Accounts.AllAccess(t.Context(), db.Page{Limit: 1000})
			require.NoError(t, err)
			roles := map[string]string{}
			for _, a := range access {
				roles[a.Account] = a.Scope
			}
			for id, place := range w.repositories {
				key := w.projects[place.project]
				r, err := s.Catalog.Repository(t.Context(), everything, key, place.slug)
				require.NoError(t, err, "step %d: %s is at %s/%s", step, id, key, place.slug)
				require.Equal(t, key+"/"+place.slug, r.Location)
				if rows[id] != 0 {
					require.Equal(t, r.Location, roles[list[id]], "step %d: the role of %s", step, id)
				}
				if rows[id] == 0 {
					rows[id], list[id] = r.ID, fmt.Sprintf("a%d-%s", step, id)
					account, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: list[id]})
					require.NoError(t, err)
					require.NoError(t, s.Accounts.Grant(t.Context(), account, r.Location, accounts.RoleRead))
				}
				require.Equal(t, rows[id], r.ID, "step %d: %s", step, id)
				b := branch(t, s, key, place.slug, "main")
				require.Equal(t, "head of "+id, b.Head)
			}
			right(t, s)
			if step%7 == 0 {
				scanAll(t, s, func(*queue.Job) []scan.Finding { return nil })
			}
		}
	})
}

// TestRenamedBranches: a deleted branch and a new one with the same head are the same branch. Its findings stay, and
// nothing is scanned again.
func TestRenamedBranches(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Policy.Set(t.Context(), map[*settings.Known]string{settings.ScanOnPush: "true"}))
		listed(t, s, project("PAY", "api: master=1 a=2 b=2 c=3"))
		scanAll(t, s, func(j *queue.Job) []scan.Finding { return []scan.Finding{secret("f-1", "x.env", scan.SeverityHigh)} })
		was := branch(t, s, "PAY", "api", "master")

		// a and b had the same head, so the rename is ambiguous.
		moved := listed(t, s, project("PAY", "api: main=1 d=2 e=2 c=3 f=3"))
		require.Len(t, moved, 3)
		is := branch(t, s, "PAY", "api", "main")
		require.Equal(t, []any{was.ID, status.Vulnerable}, []any{is.ID, is.Status})
		require.True(t, is.IsDefault)
		for _, name := range []string{"d", "e", "f"} {
			require.Equal(t, status.NotScanned, branch(t, s, "PAY", "api", name).Status, name)
		}
		right(t, s)
		var waiting []string
		for range 3 {
			waiting = append(waiting, claim(t, s).Branch)
		}
		require.ElementsMatch(t, []string{"d", "e", "f"}, waiting)
		_, err := s.Queue.Claim(t.Context(), "test", true)
		require.ErrorIs(t, err, db.ErrNotFound)

		// The name decides whether it counts.
		require.NoError(t, s.Policy.Set(t.Context(), map[*settings.Known]string{settings.RollupScope: settings.RollupPattern, settings.RollupBranches: "main"}))
		require.Equal(t, status.Vulnerable, statusOf(t, s, "PAY", "api"))
		require.Empty(t, listed(t, s, project("PAY", "api: work=1 d=2 e=2 c=3 f=3")))
		require.Equal(t, status.NotScanned, statusOf(t, s, "PAY", "api"))
		require.Empty(t, listed(t, s, project("PAY", "api: main=1 d=2 e=2 c=3 f=3")))
		require.Equal(t, status.Vulnerable, statusOf(t, s, "PAY", "api"))

		// Back to a name that a deleted branch had.
		require.Empty(t, listed(t, s, project("PAY", "api: a=1 d=2 e=2 c=3 f=3")))
		require.Equal(t, was.ID, branch(t, s, "PAY", "api", "a").ID)
		right(t, s)
	})
}
