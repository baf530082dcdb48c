package store_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// packageUses are the rows of package_use, one a line.
func packageUses(t *testing.T, q db.Querier) (lines []string) {
	t.Helper()
	require.NoError(t, db.Each(t.Context(), q, `
		select u.repository_id, p.name, u.version, u.relation, u.development, u.branches, u.any_branches, u.in_default, u.severity, u.advisories, u.fixed_version
		from package_use u
		join package p on p.id = u.package_id
		order by 1, 2, 3`, nil, func(row *sql.Rows) error {
		var repository, relation, branches, anyBranches, severity int64
		var name, version, advisories, fixed string
		var development, inDefault bool
		err := row.Scan(&repository, &name, &version, &relation, &development, &branches, &anyBranches, &inDefault, &severity, &advisories, &fixed)
		lines = append(lines, fmt.Sprintf("%d %s %s: %d %t %d %d %t %d %s %s", repository, name, version, relation, development, branches, anyBranches, inDefault, severity, advisories, fixed))
		return err
	}))
	return lines
}

// TestUsesOfPackagesFollowTheBranches: after scans that change some packages, and after branches go and return, who uses a
// package is what the inventories of the branches add up to.
func TestUsesOfPackagesFollowTheBranches(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		random := rand.New(rand.NewPCG(1, 2))
		branches := []string{"main", "dev", "one", "two"}
		listed(t, s, project("PAY", "api: main=1 dev=1 one=1 two=1", "web: main=1"))
		of := func(*queue.Job) (packages []scan.Package, list []scan.Finding) {
			packages = []scan.Package{}
			for n := range 6 {
				for version := range random.IntN(3) {
					p := uses(scan.EcosystemNPM, fmt.Sprintf("p%d", n), fmt.Sprint(version), []scan.Relation{scan.RelationUnknown, scan.RelationDirect, scan.RelationTransitive}[random.IntN(3)])
					p.Development = random.IntN(2) == 0
					packages = append(packages, p)
					if random.IntN(4) == 0 {
						list = append(list, advised(p, fmt.Sprintf("GHSA-%d", version), "9", scan.SeverityHigh))
					}
				}
			}
			if random.IntN(8) == 0 {
				return nil, nil
			}
			return packages, list
		}
		for round := range 20 {
			if round%4 == 3 {
				some := "api:"
				for i, name := range branches {
					if i == round/4%4 || random.IntN(2) == 0 {
						some += " " + name + "=1"
					}
				}
				listed(t, s, project("PAY", some, "web: main=1"))
			} else {
				depend(t, s, of)
			}
			kept := packageUses(t, s.Read)
			again := addedUp(t, s)
			require.Equal(t, again, kept, "round %d", round)
			require.NotEmpty(t, kept)
		}
	})
}

// addedUp are the rows that all inventories add up to.
func addedUp(t *testing.T, s *store.Store) (lines []string) {
	t.Helper()
	repositories, err := db.IDs(t.Context(), s.Read, "select id from repository order by id")
	require.NoError(t, err)
	require.NoError(t, s.Tx(t.Context(), func(tx *sql.Tx) error {
		for _, id := range repositories {
			if err := s.Status.AddUses(t.Context(), tx, id); err != nil {
				return err
			}
		}
		lines = packageUses(t, tx)
		return nil
	}))
	return lines
}

// TestOlderDatabasesKnowWhoUsesAPackage as if it had always been added up.
func TestOlderDatabasesKnowWhoUsesAPackage(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		provider, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), 41)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into connection (id, name, kind, created_at) values (1, 'repos', 'folder', 0)",
			"insert into project (id, connection_id, key, name, personal) values (1, 1, 'PAY', 'Payments', false)",
			"insert into repository (id, project_id, slug, name, location) values (2, 1, 'api', 'api', 'PAY/api'), (3, 1, 'web', 'web', 'PAY/web')",
			"insert into package (id, ecosystem, key, name) values (4, 'npm', 'left', 'left'), (5, 'npm', 'gone', 'gone')",
			"insert into inventory (id, repository_id, hash, branches, in_default) values (6, 2, 'a', 2, true), (7, 2, 'b', 3, false), (8, 2, 'c', 0, false), (9, 3, 'd', 1, true)",
			`insert into dependency (inventory_id, package_id, version, relation, development, severity, advisories, fixed_version) values
				(6, 4, '1', 0, true, 0, '', ''), (6, 4, '2', 2, true, 3, 'GHSA-1', '3'), (7, 4, '1', 1, false, 0, '', ''), (8, 4, '1', 1, false, 4, 'GHSA-2', ''), (8, 5, '1', 1, false, 0, '', ''), (9, 4, '2', 0, false, 0, '', '')`,
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		s := open(t, address)
		require.Equal(t, []string{"2 left 1: 1 false 5 5 true 0  ", "2 left 2: 2 true 2 0 true 3 GHSA-1 3", "3 left 2: 0 false 1 1 true 0  "}, packageUses(t, s.Read))
		require.Equal(t, packageUses(t, s.Read), addedUp(t, s))
		p, err := s.Dependencies.Package(t.Context(), everything, "npm", "left")
		require.NoError(t, err)
		require.Equal(t, dependencies.Use{Repositories: 2, Branches: 6, Vulnerable: 1, Severity: scan.SeverityHigh, Advisories: []string{"GHSA-1"}}, p.Use)
	})
}
