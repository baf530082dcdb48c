package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// uses makes a package as a manifest lists it.
func uses(ecosystem scan.Ecosystem, name, version string, relation scan.Relation) scan.Package {
	return scan.Package{Ecosystem: ecosystem, Name: name, Version: version, Relation: relation, Path: "lock", Line: 1, End: 1}
}

// advised is a finding that an advisory affects a package.
func advised(p scan.Package, advisory, fix string, severity scan.Severity) scan.Finding {
	return scan.Finding{
		Engine: "dependencies", RuleID: advisory, Title: advisory, Severity: severity, Fingerprint: advisory + p.Name, Path: p.Path, Occurrence: 1,
		Position: scan.Position{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 2}, Dependency: &scan.Dependency{Package: p, IDs: []string{advisory, "CVE-" + advisory}, Fix: fix},
	}
}

// depend scans every branch; of gives its packages and findings, nil packages for an engine that did not look.
func depend(t *testing.T, s *store.Store, of func(j *queue.Job) ([]scan.Package, []scan.Finding)) {
	t.Helper()
	_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
	require.NoError(t, err)
	for {
		j, err := s.Queue.Claim(t.Context(), "test", true)
		if err != nil {
			require.ErrorIs(t, err, db.ErrNotFound)
			return
		}
		packages, list := of(j)
		require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Config: "rules", Commit: j.Head, Findings: list, Packages: packages, PackagesKnown: packages != nil, Hash: hash}))
	}
}

// TestWhoUsesAPackage: by repository, branch and version, within what a caller may see, after scans, removals and returns.
func TestWhoUsesAPackage(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 dev=b1", "web: main=w1"))
		listed(t, s, project("OPS", "infra: main=c1"))
		left1, left2 := uses(scan.EcosystemNPM, "left", "1.0.0", scan.RelationTransitive), uses(scan.EcosystemNPM, "left", "2.0.0", scan.RelationDirect)
		allowed := advised(left2, "GHSA-9", "", scan.SeverityLow)
		allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline}
		of := func(j *queue.Job) ([]scan.Package, []scan.Finding) {
			switch j.Slug + "/" + j.Branch {
			case "api/main":
				again := left1
				again.Relation, again.Path = scan.RelationDirect, "other"
				return []scan.Package{left1, again, uses(scan.EcosystemPyPI, "Left.Pad", "1", scan.RelationUnknown)}, []scan.Finding{advised(left1, "GHSA-1", "1.0.1", scan.SeverityHigh), advised(left1, "GHSA-2", "1.0.1", scan.SeverityCritical)}
			case "api/dev", "infra/main":
				return []scan.Package{left2, uses(scan.EcosystemPyPI, "left_pad", "1", scan.RelationUnknown)}, []scan.Finding{allowed}
			}
			return []scan.Package{uses(scan.EcosystemNPM, "right", "", scan.RelationDirect)}, nil
		}
		depend(t, s, of)
		list := func(v *scope.Visible, f dependencies.Filter) (lines []string) {
			t.Helper()
			packages, err := s.Dependencies.Packages(t.Context(), v, f, db.Page{Limit: 10})
			require.NoError(t, err)
			for _, p := range packages {
				lines = append(lines, fmt.Sprintf("%s %s: %d/%d, %d %s %v", p.Ecosystem, p.Name, p.Repositories, p.Branches, p.Vulnerable, p.Severity, p.Advisories))
				one, err := s.Dependencies.Package(t.Context(), v, p.Ecosystem, p.Name)
				require.NoError(t, err)
				require.Equal(t, p, *one)
			}
			return lines
		}
		left, pad, right := "npm left: 2/3, 1 CRITICAL [GHSA-1 GHSA-2]", "PyPI Left.Pad: 2/3, 0 NONE []", "npm right: 1/1, 0 NONE []"
		all := list(everything, dependencies.Filter{})
		require.Len(t, all, 3)
		require.Equal(t, []string{left, right}, []string{all[0], all[2]})
		require.Contains(t, []string{pad, "PyPI left_pad: 2/3, 0 NONE []"}, all[1], "one package, in the spelling that came first")
		pad = all[1]
		require.Equal(t, []string{left, pad}, list(everything, dependencies.Filter{Name: "LEFT"}))
		require.Equal(t, []string{left}, list(everything, dependencies.Filter{Name: "left", Ecosystem: "npm"}))
		require.Equal(t, []string{left}, list(everything, dependencies.Filter{Vulnerable: true}))
		require.Empty(t, list(everything, dependencies.Filter{Name: "le_t"}))
		_, err := s.Dependencies.Package(t.Context(), everything, "PyPI", "LEFT-PAD")
		require.NoError(t, err, "any spelling")

		repository := func(key, slug string) *catalog.Repository {
			r, err := s.Catalog.Repository(t.Context(), everything, key, slug)
			require.NoError(t, err)
			return r
		}
		infra := &scope.Visible{Repositories: []int64{repository("OPS", "infra").ID}}
		require.Equal(t, []string{"npm left: 1/1, 0 NONE []"}, list(infra, dependencies.Filter{Ecosystem: "npm"}))
		require.Empty(t, list(infra, dependencies.Filter{Vulnerable: true}))
		require.Len(t, list(&scope.Visible{Projects: []int64{repository("PAY", "api").ProjectID}}, dependencies.Filter{}), 3)
		require.Empty(t, list(&scope.Visible{}, dependencies.Filter{}))
		_, err = s.Dependencies.Package(t.Context(), infra, "npm", "right")
		require.ErrorIs(t, err, db.ErrNotFound, "what one may not see does not exist")
		_, err = s.Dependencies.Package(t.Context(), everything, "npm", "gone")
		require.ErrorIs(t, err, db.ErrNotFound)

		p, err := s.Dependencies.Package(t.Context(), everything, "npm", "left")
		require.NoError(t, err)
		rows := func(v *scope.Visible, f dependencies.UsageFilter) (lines []string) {
			t.Helper()
			list, err := s.Dependencies.Usages(t.Context(), v, p.ID, f, db.Page{Limit: 10})
			require.NoError(t, err)
			for _, u := range list {
				lines = append(lines, fmt.Sprintf("%s/%s %s %s %d %t %s %v %s", u.ProjectKey, u.Slug, u.Version, u.Relation, u.Branches, u.Default, u.Severity, u.Advisories, u.Fixed))
			}
			return lines
		}
		bad, good, ops := "PAY/api 1.0.0 direct 1 true CRITICAL [GHSA-1 GHSA-2] 1.0.1", "PAY/api 2.0.0 direct 1 false NONE [] ", "OPS/infra 2.0.0 direct 1 true NONE [] "
		require.Equal(t, []string{bad, ops, good}, rows(everything, dependencies.UsageFilter{}))
		require.Equal(t, []string{bad}, rows(everything, dependencies.UsageFilter{Vulnerable: true}))
		two := "2.0.0"
		require.Equal(t, []string{ops, good}, rows(everything, dependencies.UsageFilter{Version: &two}))
		require.Equal(t, []string{ops}, rows(infra, dependencies.UsageFilter{}))
		versions, err := s.Dependencies.Versions(t.Context(), everything, p.ID)
		require.NoError(t, err)
		require.Equal(t, []dependencies.Version{
			{Version: "1.0.0", Fixed: "1.0.1", Use: dependencies.Use{Repositories: 1, Branches: 1, Vulnerable: 1, Severity: scan.SeverityCritical, Advisories: []string{"GHSA-1", "GHSA-2"}}},
			{Version: "2.0.0", Use: dependencies.Use{Repositories: 2, Branches: 2}},
		}, versions)

		// Branches and repositories go and return.
		listed(t, s, project("PAY", "api: dev=b1", "web: main=w1"))
		require.Equal(t, []string{ops, "PAY/api 2.0.0 direct 1 true NONE [] "}, rows(everything, dependencies.UsageFilter{}))
		without(t, s, "OPS")
		require.Equal(t, []string{"npm left: 1/1, 0 NONE []"}, list(everything, dependencies.Filter{Name: "left", Ecosystem: "npm"}))
		listed(t, s, project("PAY", "api: main=a1 dev=b1", "web: main=w1"))
		listed(t, s, project("OPS", "infra: main=c1"))
		require.Equal(t, []string{bad, ops, good}, rows(everything, dependencies.UsageFilter{}))

		// Another scan of the same changes nothing, and one that finds nothing leaves nothing.
		count := func(table string) (n int) {
			require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from "+table).Scan(&n))
			return n
		}
		before := count("inventory")
		require.Equal(t, 4, before)
		depend(t, s, of)
		require.Equal(t, before, count("inventory"))
		require.Equal(t, []string{bad, ops, good}, rows(everything, dependencies.UsageFilter{}))
		unknown := func(v *scope.Visible) int {
			n, err := s.Dependencies.Unknown(t.Context(), v)
			require.NoError(t, err)
			return n
		}
		require.Zero(t, unknown(everything))
		depend(t, s, func(j *queue.Job) ([]scan.Package, []scan.Finding) {
			if j.Slug == "api" {
				return nil, nil
			}
			return []scan.Package{}, nil
		})
		require.Empty(t, list(everything, dependencies.Filter{}))
		require.Equal(t, 2, count("inventory"), "empty ones")
		require.Equal(t, []int{1, 0}, []int{unknown(everything), unknown(infra)})
		names, err := s.Dependencies.Ecosystems(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"PyPI", "npm"}, names)

		// A purge takes the inventories of a repository along.
		depend(t, s, of)
		require.Equal(t, 4, count("inventory"))
		without(t, s, "PAY")
		_, err = s.Retention.Purge(t.Context(), time.Now().AddDate(1, 0, 0))
		require.NoError(t, err)
		require.Equal(t, 3, count("inventory"))
	})
}

// TestInventoriesOfManyPackages fit into statements, and two nodes may store the same packages at once.
func TestInventoriesOfManyPackages(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "a: main=1", "b: main=1", "c: main=1", "d: main=1"))
		var packages []scan.Package
		for i := range 700 {
			packages = append(packages, uses(scan.EcosystemNPM, fmt.Sprintf("p%d", (i*337)%700), "1", scan.RelationDirect))
		}
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		ended := make(chan error)
		for range 4 {
			j, err := s.Queue.Claim(t.Context(), "test", true)
			require.NoError(t, err)
			go func() {
				ended <- s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Config: "rules", Commit: j.Head, Packages: packages, PackagesKnown: true})
			}()
		}
		for range 4 {
			require.NoError(t, <-ended)
		}
		var n int
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from dependency").Scan(&n))
		require.Equal(t, 2800, n)
		p, err := s.Dependencies.Package(t.Context(), everything, "npm", "p699")
		require.NoError(t, err)
		require.Equal(t, 4, p.Repositories)
	})
}
