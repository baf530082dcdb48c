package sca_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
)

const shopJSON = `{
  "dependencies": {
    "express": "^4.0.0"
  },
  "devDependencies": {
    "mocha": "9.0.0"
  }
}`

// shopLock returns a lock file with express (direct), qs (through express) and mocha (for development).
func shopLock(express, qs string) string {
	return `{
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"express": "^4.0.0"}, "devDependencies": {"mocha": "9.0.0"}},
    "node_modules/express": {"version": "` + express + `", "license": "MIT", "dependencies": {"qs": "*"}},
    "node_modules/mocha": {"version": "9.0.0", "dev": true, "license": "GPL-3.0-only"},
    "node_modules/qs": {"version": "` + qs + `", "license": "(MIT OR GPL-2.0-only)"}
  }
}`
}

func shop(express, qs string) tree {
	return tree{"web/package.json": shopJSON, "web/package-lock.json": shopLock(express, qs), "README.md": "text"}
}

var advisories = known{
	"npm express": {below("GHSA-express", "4.18.0", scan.SeverityHigh, "CVE-1")},
	"npm qs":      {below("GHSA-qs-1", "6.5.0", scan.SeverityCritical), below("GHSA-qs-2", "6.9.0", scan.SeverityMedium)},
	"npm mocha":   {below("GHSA-mocha", "10.0.0", scan.SeverityLow)},
}

func TestFindings(t *testing.T) {
	t.Parallel()
	r := scanned(t, sca.Options{Advisories: advisories}, shop("4.17.1", "6.4.0"), nil)
	require.Equal(t, []string{
		"web/package-lock.json:7 qs GHSA-qs-1 CRITICAL",
		"web/package.json:3 express GHSA-express HIGH",
		"web/package-lock.json:7 qs GHSA-qs-2 MEDIUM",
		"web/package.json:6 mocha GHSA-mocha LOW",
	}, places(r))
	express, qs, mocha := r.Findings[1], r.Findings[0], r.Findings[3]
	require.Equal(t, "express 4.17.1: summary of GHSA-express", express.Title)
	require.Equal(t, "GHSA-express (CVE-1), rated by its database. express is a direct dependency.", express.Message)
	require.Equal(t, "Upgrade express to 4.18.0.", express.Remediation)
	require.Equal(t, "web/package-lock.json:5", express.Related)
	require.Equal(t, `"express"`, express.Excerpt[express.MarkStart:express.MarkEnd])
	require.Equal(t, "Upgrade express, which brings it in, until qs is 6.9.0 or newer; or update only qs in the lock file.", qs.Remediation)
	require.Equal(t, "express", qs.Dependency.Package.Via)
	require.Contains(t, mocha.Message, "mocha is a direct dependency, for development only.")
	require.Equal(t, "Upgrade mocha to 10.0.0 (a major upgrade: every version of the same major version has known advisories).", mocha.Remediation)
	require.Equal(t, day, r.DataDate)
	require.Len(t, r.Packages, 3)
	require.Equal(t, []scan.Engine{"dependencies"}, r.Engines)
	require.Len(t, r.Rules, 4)
	bundles := r.Bundles()
	require.Len(t, bundles, 3, "the advisories of one package in one file are shown as one")
	require.Equal(t, "qs 6.4.0: summary of GHSA-qs-1, and 1 more", bundles[0].Title())
	require.Equal(t, []string{"GHSA-qs-1", "GHSA-qs-2"}, bundles[0].IDs())
}

// A change from one vulnerable version to another is not new, but the same package in another file is. A change in a
// lock file is new even on the line of an unchanged manifest.
func TestNewIsByFileAndProblem(t *testing.T) {
	t.Parallel()
	o := sca.Options{Advisories: advisories}
	require.Equal(t, []string{
		"web/package.json:3 express GHSA-express HIGH", "web/package-lock.json:7 qs GHSA-qs-2 MEDIUM", "web/package.json:6 mocha GHSA-mocha LOW",
	}, places(scanned(t, o, shop("4.17.2", "6.6.0"), shop("4.17.1", "6.4.0"))), "a bump")
	require.Equal(t, []string{
		"web/package-lock.json:7 qs GHSA-qs-1 CRITICAL new", "web/package.json:3 express GHSA-express HIGH", "web/package-lock.json:7 qs GHSA-qs-2 MEDIUM",
		"web/package.json:6 mocha GHSA-mocha LOW",
	}, places(scanned(t, o, shop("4.17.1", "6.4.0"), shop("4.17.1", "6.6.0"))), "one problem more")
	require.Equal(t, []string{"web/package.json:3 express GHSA-express HIGH new", "web/package.json:6 mocha GHSA-mocha LOW"},
		places(scanned(t, o, shop("4.17.1", "6.9.0"), shop("4.18.0", "6.9.0"))), "the manifest is the same")

	second := shop("4.18.0", "6.9.0")
	second["api/package.json"], second["api/package-lock.json"] = shopJSON, shopLock("4.17.1", "6.9.0")
	base := shop("4.17.1", "6.9.0")
	require.Equal(t, []string{"api/package.json:3 express GHSA-express HIGH new", "api/package.json:6 mocha GHSA-mocha LOW new", "web/package.json:6 mocha GHSA-mocha LOW"},
		places(scanned(t, o, second, base)), "another file")

	moved := tree{"site/package.json": base["web/package.json"], "site/package-lock.json": base["web/package-lock.json"]}
	require.Equal(t, []string{"site/package.json:3 express GHSA-express HIGH", "site/package.json:6 mocha GHSA-mocha LOW"},
		places(scanned(t, o, moved, base)), "a folder that was renamed")
}

func TestIgnored(t *testing.T) {
	t.Parallel()
	o := sca.Options{Advisories: advisories, Ignore: []scan.DependencyIgnore{
		{ID: "CVE-1", Package: "express", Reason: "an alias counts", Source: "a:1"},
		{Package: "qs", Version: "6.4.0", Ecosystem: scan.EcosystemNPM, Dir: "web", Source: "a:2"},
		{ID: "GHSA-mocha", Expires: day, Source: "a:3"},
		{ID: "GHSA-none", Source: "a:4"},
		{Package: "qs", Dir: ".", Source: "a:5"},
		{Package: "mocha", License: true, Source: "a:6"},
	}}
	r := scanned(t, o, shop("4.17.1", "6.4.0"), nil)
	require.Equal(t, []string{
		"web/package.json:6 mocha GHSA-mocha LOW",
		"web/package-lock.json:7 qs GHSA-qs-1 CRITICAL suppressed by a:2",
		"web/package.json:3 express GHSA-express HIGH suppressed by a:1",
		"web/package-lock.json:7 qs GHSA-qs-2 MEDIUM suppressed by a:2",
	}, places(r))
	require.Equal(t, strings.Join([]string{
		"suppression-expired: a:3: the suppression of GHSA-mocha expired on 2026-11-24; its findings count again",
		"suppression-unused: a:4: the suppression of GHSA-none matches nothing and can be removed",
		"suppression-unused: a:5: the suppression of package qs matches nothing and can be removed",
		"suppression-unused: a:6: the suppression of package mocha matches nothing and can be removed",
	}, "\n"), notes(r))
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	o := sca.Options{Advisories: advisories, Policy: scan.DependencyPolicy{WithoutDevelopment: true, MinSeverity: scan.SeverityHigh, DeniedLicenses: []string{"MIT"}}}
	r := scanned(t, o, shop("4.17.1", "6.4.0"), nil)
	require.Equal(t, []string{
		"web/package-lock.json:7 qs GHSA-qs-1 CRITICAL", "web/package.json:3 express GHSA-express HIGH", "web/package.json:3 express LICENSE_NOT_ALLOWED HIGH",
	}, places(r), "qs may be had under another licence")
	require.Equal(t, "development: 1 dependency was not checked, because the configuration leaves out development dependencies\n"+
		"min-severity: 1 advisory is below HIGH not reported, as the configuration says", notes(r))
}

func TestLicenses(t *testing.T) {
	t.Parallel()
	lock := `{"lockfileVersion":3,"packages":{"":{},
"node_modules/a":{"version":"1.0.0","license":"MIT"},
"node_modules/b":{"version":"1.0.0","license":"Apache-2.0 AND GPL-3.0-only"},
"node_modules/c":{"version":"1.0.0","license":"GPL-3.0-only OR MIT"},
"node_modules/d":{"version":"1.0.0","license":"SEE LICENSE IN x"},
"node_modules/e":{"version":"1.0.0"}}}`
	for name, c := range map[string]struct {
		policy  scan.DependencyPolicy
		refused string
	}{
		"deny":           {scan.DependencyPolicy{DeniedLicenses: []string{"gpl-3.0-only"}}, "b"},
		"allow":          {scan.DependencyPolicy{AllowedLicenses: []string{"MIT"}}, "b"},
		"allow and deny": {scan.DependencyPolicy{AllowedLicenses: []string{"MIT", "Apache-2.0", "GPL-3.0-only"}, DeniedLicenses: []string{"MIT"}}, "a"},
		"nothing":        {scan.DependencyPolicy{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := scanned(t, sca.Options{Policy: c.policy}, tree{"package-lock.json": lock}, nil)
			var refused []string
			for i := range r.Findings {
				refused = append(refused, r.Findings[i].Dependency.Package.Name)
			}
			require.Equal(t, c.refused, strings.Join(refused, " "))
			if c.refused != "" {
				require.Contains(t, notes(r), "the licences of 2 packages are not known")
			}
		})
	}
	require.Equal(t, []string{"Nonsense-1.0"}, sca.CheckLicenses(&scan.DependencyPolicy{AllowedLicenses: []string{"MIT"}, DeniedLicenses: []string{"Nonsense-1.0"}}))
}

// Unreadable files, ecosystems without data and invalid versions must be reported.
func TestWhatIsNotKnownIsSaid(t *testing.T) {
	t.Parallel()
	r := scanned(t, sca.Options{Advisories: advisories}, tree{
		"a/package-lock.json": `{"packages": {"node_modules/express": {"version": "4.17.1"}, `,
		"b/package-lock.json": "\x00\x01",
		"c/package-lock.json": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
		"d/package-lock.json": `{"packages": {"node_modules/qs": {"version": "latest"}}}`,
	}, nil)
	require.Equal(t, []string{"a/package-lock.json:1 express GHSA-express HIGH"}, places(r), "what was read before the mistake counts")
	var failures []string
	for _, f := range r.Failures {
		require.EqualValues(t, "dependencies", f.Engine)
		failures = append(failures, f.Path+": "+f.Err.Error())
	}
	require.Equal(t, []string{
		"a/package-lock.json: line 1: not valid JSON", "b/package-lock.json: not a text file", "c/package-lock.json: a Git LFS pointer, whose content is elsewhere",
	}, failures)
	require.Equal(t, "not-compared: 1 dependency was not checked, because their versions cannot be compared", notes(r))
}

// Any .txt could be a list of requirements, but only an included one is.
func TestABinaryFileWhoseNameSaysNothingIsNoFailure(t *testing.T) {
	t.Parallel()
	files := tree{"testdata/rand.txt": "\x00\x01", "testdata/huffman.in": "\x00"}
	require.True(t, scanned(t, sca.Options{}, files, nil).Complete())
	files["testdata/requirements.txt"] = "-r rand.txt\n"
	r := scanned(t, sca.Options{}, files, nil)
	require.Len(t, r.Failures, 1)
	require.Equal(t, "testdata/requirements.txt", r.Failures[0].Path)
}

type broken struct{}

func (broken) Find(context.Context, []scan.Package) (sca.Found, error) {
	return sca.Found{}, errors.New("the disk is gone")
}

func TestAdvisoriesThatFail(t *testing.T) {
	t.Parallel()
	r := scanned(t, sca.Options{Advisories: broken{}}, shop("4.17.1", "6.4.0"), nil)
	require.Empty(t, r.Findings)
	require.Len(t, r.Packages, 3)
	require.Len(t, r.Failures, 1)
	require.EqualError(t, r.Failures[0].Err, "3 dependencies were not checked: the disk is gone")
}

func TestGoImports(t *testing.T) {
	t.Parallel()
	parser := below("GO-1", "1.5.0", scan.SeverityHigh)
	parser.Imports = []string{"example.com/lib/parser"}
	other := below("GO-2", "1.5.0", scan.SeverityHigh)
	other.Imports = []string{"example.com/lib/other"}
	r := scanned(t, sca.Options{Advisories: known{"Go example.com/lib": {parser, other, below("GO-3", "1.5.0", scan.SeverityHigh)}}}, tree{
		"go.mod":      "module example.com/app\n\ngo 1.26\n\nrequire example.com/lib v1.4.0\n",
		"main.go":     "package main\n\nimport (\n\t_ \"example.com/lib/parser\"\n)\n\nfunc main() {}\n",
		"x_test.go":   "package main\n\nimport _ \"example.com/lib/other\"\n",
		"broken.go":   "package",
		"doc/text.go": "",
	}, nil)
	answers := map[string]scan.Imported{}
	for i := range r.Findings {
		answers[r.Findings[i].RuleID] = r.Findings[i].Dependency.Imported
	}
	require.Equal(t, map[string]scan.Imported{"GO-1": scan.ImportedYes, "GO-2": scan.ImportedNo, "GO-3": scan.ImportedUnknown}, answers)
}

func TestExploits(t *testing.T) {
	t.Parallel()
	x := &sca.Exploits{}
	require.NoError(t, x.ReadKEV([]byte(`{"vulnerabilities": [{"cveID": "CVE-9"}]}`)))
	require.NoError(t, x.ReadEPSS([]byte("#model_version:v2026\ncve,epss,percentile\nCVE-1,0.25,0.9\nCVE-2,0.5,0.95\n")))
	r := scanned(t, sca.Options{Exploits: x, Advisories: known{"npm express": {
		below("GHSA-a", "5.0.0", scan.SeverityHigh, "CVE-1"), below("GHSA-b", "5.0.0", scan.SeverityHigh, "CVE-2"),
		below("GHSA-c", "5.0.0", scan.SeverityHigh, "CVE-9"), below("GHSA-0", "5.0.0", scan.SeverityHigh),
	}}}, shop("4.17.1", "6.4.0"), nil)
	require.Equal(t, []string{"GHSA-c", "GHSA-b", "GHSA-a", "GHSA-0"}, r.Bundles()[0].IDs(), "exploited first, then likely")
	require.Contains(t, r.Findings[0].Message, "It is known to be exploited.")
	require.Contains(t, r.Findings[1].Message, "(EPSS): 50.0 %")
	for _, text := range []string{"", "{}", "[]", `{"vulnerabilities": 1}`} {
		require.Error(t, x.ReadKEV([]byte(text)), "%q", text)
	}
	for _, text := range []string{"", "a,b\n", "cve,epss,percentile\nCVE-1,7,1\n", "cve,epss,percentile\nCVE-1\n", "\x1f\x8bxx"} {
		require.Error(t, x.ReadEPSS([]byte(text)), "%q", text)
	}
}

// Malware needs more than an upgrade.
func TestMalware(t *testing.T) {
	t.Parallel()
	r := scanned(t, sca.Options{Advisories: known{"npm qs": {{ID: "MAL-2026-1", Severity: scan.SeverityCritical, Rated: "malware", Versions: []string{"6.4.0"}}}}}, shop("4.17.1", "6.4.0"), nil)
	require.Len(t, r.Findings, 1)
	require.Equal(t, "qs 6.4.0: vulnerable (MAL-2026-1)", r.Findings[0].Title)
	require.Contains(t, r.Findings[0].Remediation, "Remove qs at once")
}
