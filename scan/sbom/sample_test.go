package sbom_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sbom"
)

// canary represents a credential; it is assembled here, so that no file of the repository contains one.
var canary = strings.Repeat("s3cr", 6) + "et"

var (
	sha512 = "sha512:" + strings.Repeat("0a", 64)
	sha1   = "sha1:" + strings.Repeat("1B", 20)
)

// sample has a package of every kind: in two files, without a version, for development, of several versions, with odd
// names, licences and digests; and advisories that are open, suppressed, and both.
func sample() *scan.Result {
	lock, manifest := "web/package-lock.json", "web/package.json"
	npm := func(name, version string, line int) scan.Package {
		return scan.Package{Ecosystem: scan.EcosystemNPM, Name: name, Version: version, Path: lock, Start: line * 10, End: line*10 + 5, Line: line}
	}
	express := npm("express", "4.17.1", 10)
	express.Relation, express.License, express.Hash = scan.RelationDirect, "MIT", sha512
	express.Declared = &scan.Place{Path: manifest, Start: 50, End: 60, Line: 6}
	qs := npm("qs", "6.7.0", 20)
	qs.Relation, qs.Via, qs.License, qs.Hash = scan.RelationTransitive, "express", "bsd-3-clause", sha1
	again := qs
	again.Path, again.Line, again.Hash, again.Development = "tools/package-lock.json", 7, sha512, true
	jest := npm("@jest/core", "29.0.0", 30)
	jest.Relation, jest.Development, jest.License = scan.RelationDirect, true, "SEE LICENSE IN LICENSE.txt"
	dual := npm("dual", "1.0.0", 40)
	dual.Relation, dual.Via, dual.Development, dual.License = scan.RelationTransitive, "@jest/core", true, "(MIT OR Apache-2.0)"
	own := npm("own", "1.0.0", 50)
	own.Relation, own.License = scan.RelationTransitive, "LicenseRef-acme"
	fork := npm("fork", "", 60)
	fork.Relation, fork.Origin = scan.RelationDirect, scan.OriginGit
	local := npm("@acme/part", "0.0.1", 70)
	local.Origin = scan.OriginLocal
	jar := scan.Package{Ecosystem: scan.EcosystemMaven, Name: "org.apache.logging.log4j:log4j-core", Version: "2.14.1", Path: "pom.xml", Line: 12}
	gin := scan.Package{
		Ecosystem: scan.EcosystemGo, Name: "github.com/gin-gonic/gin", Version: "1.6.3", Path: "go.mod", Line: 5,
		Relation: scan.RelationDirect, Hash: "h1:" + strings.Repeat("A", 43) + "=",
	}
	image := scan.Package{Ecosystem: scan.EcosystemDocker, Name: "library/alpine", Version: "3.20", Path: "Dockerfile", Line: 1, Hash: "sha256:" + strings.Repeat("2c", 32)}
	swift := scan.Package{
		Ecosystem: scan.EcosystemSwift, Name: "https://user:" + canary + "@github.com/Acme/Kit.git?token=" + canary, Version: "1.2.0",
		Path: "ios/Package.resolved", Line: 4, Relation: scan.RelationDirect,
	}
	odd := scan.Package{Ecosystem: scan.EcosystemPyPI, Name: "näme with space\xff", Version: "1.0+löcal", Path: "py/\xff\xfe\n.txt", Line: 3, License: "Lizenz\xff"}
	unknown := scan.Package{Ecosystem: "Elsewhere", Name: "a/b", Version: "1", Path: "x.lock", Line: 1, Relation: scan.RelationDirect}

	at := func(id string, severity scan.Severity, score float64, rated string, p scan.Package, ids ...string) scan.Finding {
		return scan.Finding{
			Engine: "dependencies", RuleID: id, Severity: severity, Confidence: scan.ConfidenceHigh, Title: p.Name + " " + p.Version + ": bad",
			Remediation: "Upgrade " + p.Name + ".", Link: "https://example.com/" + id, Path: p.Path, Fingerprint: id + p.Path, Occurrence: 1,
			Excerpt: "excerpt of the tree", Context: []scan.Line{{Number: 1, Text: "context of the tree"}},
			Dependency: &scan.Dependency{Package: p, IDs: append([]string{id}, ids...), Score: score, Rated: rated},
		}
	}
	open := at("CVE-2022-24999", scan.SeverityHigh, 7.5, "CVSS 3.1", qs, "GHSA-hrpp-h998-j3pp")
	open.Dependency.Exploited, open.Dependency.EPSS = true, 0.0125
	excused := at("CVE-2022-24999", scan.SeverityHigh, 7.5, "CVSS 3.1", again, "GHSA-hrpp-h998-j3pp")
	excused.Suppression = &scan.Suppression{Kind: scan.SuppressedBaseline, Source: "baseline.json"}
	accepted := at("CVE-2022-24999", scan.SeverityHigh, 7.5, "CVSS 3.1", express, "GHSA-hrpp-h998-j3pp")
	accepted.Suppression = &scan.Suppression{Kind: scan.SuppressedAdvisory, Reason: "fixed soon, says " + canary, Source: ".sluice.yml:8"}
	vex := at("GHSA-xxxx-0000-0001", scan.SeverityCritical, 9.8, "CVSS 4.0", jar)
	vex.Suppression = &scan.Suppression{Kind: scan.SuppressedAdvisory, Reason: "not_affected vulnerable_code_not_present", Source: "acme.openvex.json, statement 1"}
	unrated := at("GO-2021-0052", scan.SeverityMedium, 0, "", gin)
	alias := at("PYSEC-2024-1", scan.SeverityLow, 3.1, "GHSA-aaaa-bbbb-cccc", odd)
	licence := at("LICENSE_NOT_ALLOWED", scan.SeverityHigh, 0, "", own)
	licence.Dependency.IDs = nil
	secret := scan.Finding{Engine: "secrets", RuleID: "TOKEN", Title: "Token", Severity: scan.SeverityCritical, Secret: scan.NewSecret(canary), Excerpt: "key = ••••"}

	r := &scan.Result{
		Repository: "acme/shop", Commit: strings.Repeat("4f2c9e1d", 5), Branch: "main",
		Packages: []scan.Package{express, qs, again, jest, dual, own, fork, local, jar, gin, image, swift, odd, unknown},
		Findings: []scan.Finding{open, excused, accepted, vex, unrated, alias, licence, secret},
		Rules:    []scan.Rule{{ID: "CVE-2022-24999", Engine: "dependencies", Title: "qs: prototype poisoning", Severity: scan.SeverityHigh}},
		Engines:  []scan.Engine{"secrets", "dependencies"},
		Failures: []scan.Failure{{Engine: "dependencies", Path: "broken.lock"}, {Engine: "secrets", Path: "other"}},
		DataDate: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC), Started: time.Date(2026, 11, 24, 9, 14, 0, 0, time.UTC), Duration: time.Second,
	}
	slices.SortFunc(r.Packages, func(a, b scan.Package) int { return scan.ComparePackages(&a, &b) })
	slices.SortFunc(r.Findings, func(a, b scan.Finding) int { return scan.Compare(&a, &b) })
	return r
}

// without is a scan that found no package.
func without() *scan.Result {
	return &scan.Result{Repository: "acme/shop", Commit: strings.Repeat("4f2c9e1d", 5), Engines: []scan.Engine{"dependencies"}}
}

func options() sbom.Options {
	return sbom.Options{Version: "1.4.0", Home: "https://example.com/sluice", Repository: "https://bitbucket.org/acme/shop"}
}

func cycloneDX(t testing.TB, r *scan.Result, o sbom.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, sbom.WriteCycloneDX(&b, r, o))
	return b.Bytes()
}

func spdx(t testing.TB, r *scan.Result, o sbom.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, sbom.WriteSPDX(&b, r, o))
	return b.Bytes()
}
