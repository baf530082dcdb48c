package testdashboard

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// AddPackages gives the scanned branches dependencies, except every seventh, of which nothing is known. All of them use
// lodash, some in a vulnerable version.
func AddPackages(ctx context.Context, st *store.Store) error {
	type branch struct{ id, repository int64 }
	var branches []branch
	if err := db.Each(ctx, st.Read, "select id, repository_id from branch where scan_id is not null and removed_at is null order by id", nil, func(row *sql.Rows) error {
		var b branch
		err := row.Scan(&b.id, &b.repository)
		branches = append(branches, b)
		return err
	}); err != nil {
		return err
	}
	for i, b := range branches {
		if i%7 == 6 {
			continue
		}
		packages, findings := packagesOf(i)
		if err := st.Tx(ctx, func(tx *sql.Tx) error {
			if err := st.Status.LockRepository(ctx, tx, b.repository); err != nil {
				return err
			}
			if err := st.Dependencies.Save(ctx, tx, b.repository, b.id, packages, findings); err != nil {
				return err
			}
			return st.Status.CountRepository(ctx, tx, b.repository)
		}); err != nil {
			return err
		}
	}
	return nil
}

// packagesOf makes up what the branch with an index depends on.
func packagesOf(i int) ([]scan.Package, []scan.Finding) {
	add := func(ecosystem scan.Ecosystem, name, version string, relation scan.Relation, development bool) scan.Package {
		return scan.Package{Ecosystem: ecosystem, Name: name, Version: version, Relation: relation, Development: development, Path: "lock", Line: 1, End: 1}
	}
	lodash := add(scan.EcosystemNPM, "lodash", []string{"4.17.21", "4.17.15", "4.17.20"}[i%3], []scan.Relation{scan.RelationDirect, scan.RelationTransitive}[i%2], false)
	packages := []scan.Package{
		lodash, add(scan.EcosystemNPM, "@types/node", "22.1.0", scan.RelationDirect, true), add(scan.EcosystemNPM, "express", "4.19.2", scan.RelationDirect, false),
		add(scan.EcosystemGo, "golang.org/x/net", []string{"0.30.0", "0.17.0"}[i%2], scan.RelationTransitive, false), add(scan.EcosystemPyPI, "requests", "", scan.RelationDirect, false),
		add(scan.EcosystemMaven, "org.apache.logging.log4j:log4j-core", []string{"2.24.1", "2.14.1", "2.24.1", "2.24.1"}[i%4], scan.RelationUnknown, false),
	}
	advised := func(p scan.Package, id, fix string, severity scan.Severity) scan.Finding {
		return scan.Finding{Severity: severity, Dependency: &scan.Dependency{Package: p, IDs: []string{id}, Fix: fix}}
	}
	var findings []scan.Finding
	if lodash.Version != "4.17.21" {
		findings = append(findings, advised(lodash, "GHSA-35jh-r3h4-6jhm", "4.17.21", scan.SeverityHigh), advised(lodash, "GHSA-29mw-wpgm-hmr9", "4.17.21", scan.SeverityMedium))
	}
	if p := packages[5]; p.Version == "2.14.1" {
		findings = append(findings, advised(p, "GHSA-jfh8-c2jp-5v3q", "2.15.0", scan.SeverityCritical))
	}
	return packages, findings
}
