package insights_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan"
)

var gate = scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeNew}

func TestBuildOfNothing(t *testing.T) {
	t.Parallel()
	report := insights.Build(&scan.Result{Base: scan.Base{Kind: scan.BaseNone}}, insights.Options{Gate: gate})
	require.Equal(t, insights.Passed, report.Result)
	require.Equal(t, "sluice-security", report.ID)
	require.Equal(t, insights.TypeSecurity, report.Type)
	require.Equal(t, "Safe to merge: nothing found.\nScanned 0 files.", report.Details)
	require.NotEmpty(t, report.Data)
	require.Empty(t, report.Annotations)
}

func TestBuildIsPure(t *testing.T) {
	t.Parallel()
	r := result(300)
	require.Equal(t, insights.Build(r, insights.Options{Gate: gate}), insights.Build(r, insights.Options{Gate: gate}))
}

func TestBuildKeepsTheMostImportant(t *testing.T) {
	t.Parallel()
	r := result(40)
	report := insights.Build(r, insights.Options{Gate: gate, MaxAnnotations: 10})
	require.Len(t, report.Annotations, 10)
	require.Equal(t, 30, report.Omitted)
	require.Equal(t, "CRITICAL", report.Annotations[0].Severity)
	for _, a := range report.Annotations[1:] {
		require.Equal(t, "HIGH", a.Severity)
	}
	require.Contains(t, report.Details, "30 more findings are not shown: the 10 most severe are annotated")
	require.Contains(t, titles(report.Data), "Not shown")
}

func TestBuildAnnotationResults(t *testing.T) {
	t.Parallel()
	r := &scan.Result{Base: scan.Base{Kind: scan.BaseMerge}, Findings: []scan.Finding{
		{RuleID: "A", Title: "a", Severity: scan.SeverityHigh, New: true, Fingerprint: "1"},
		{RuleID: "B", Title: "b", Severity: scan.SeverityHigh, Fingerprint: "2"},
		{RuleID: "C", Title: "c", Severity: scan.SeverityLow, New: true, Fingerprint: "3"},
		{RuleID: "D", Title: "d", Severity: scan.SeverityCritical, New: true, Fingerprint: "4", Suppression: &scan.Suppression{}},
	}}
	report := insights.Build(r, insights.Options{Gate: gate})
	require.Equal(t, insights.Failed, report.Result)
	require.Len(t, report.Annotations, 3, "a suppressed finding is counted, not annotated")
	require.Equal(t, []insights.Result{insights.Failed, insights.Ignored, ""},
		[]insights.Result{report.Annotations[0].Result, report.Annotations[1].Result, report.Annotations[2].Result})
	require.Equal(t, "New: a", report.Annotations[0].Summary)
	require.Contains(t, report.Details, "1 suppressed")
}

func TestBuildOfAnIncompleteScanFails(t *testing.T) {
	t.Parallel()
	r := &scan.Result{Unread: []scan.Failure{{Path: "a/b.txt", Err: errors.New("object is corrupt")}}, Failures: []scan.Failure{{Engine: "secrets", Path: "c", Err: errors.New("gave up")}}}
	report := insights.Build(r, insights.Options{Gate: gate})
	require.Equal(t, insights.Failed, report.Result)
	require.Contains(t, report.Details, "Not known: 1 file could not be read")
	require.Contains(t, report.Details, "Not read: a/b.txt (object is corrupt).")
	require.Contains(t, report.Details, "Only partly checked: c (gave up).")
	require.Contains(t, report.Details, "under \"suppress\" in .sluice.yml.")
	r.Unread = nil
	report = insights.Build(r, insights.Options{Gate: gate})
	require.Equal(t, insights.Failed, report.Result)
	require.Contains(t, report.Details, "Not known: 1 file was scanned only in part")
	require.Equal(t, false, report.Data[0].Value, "not safe to merge")
}

func TestBuildPointsAtTheArchive(t *testing.T) {
	t.Parallel()
	inside := scan.Finding{
		Title: "Token", RuleID: "TOKEN", Severity: scan.SeverityHigh, New: true, Fingerprint: "1", Excerpt: "key = ••••••••",
		Archive: "libs/a.jar", Path: "libs/a.jar!/conf/app.properties", Position: scan.Position{StartLine: 12, StartColumn: 7, EndLine: 12, EndColumn: 20},
	}
	beside, old := inside, inside
	beside.Path, beside.Fingerprint = "libs/a.jar!/conf/b.properties", "1"
	old.Commit, old.Fingerprint = "4f2c9e1a0b3d99", "2"
	r := &scan.Result{Findings: []scan.Finding{inside, beside, old}, Stats: scan.Stats{Files: 2, Archives: 1, Archived: 1500}}
	report := insights.Build(r, insights.Options{Gate: gate})
	require.Len(t, report.Annotations, 3, "two places in one archive are two annotations")
	a := report.Annotations[0]
	require.Equal(t, "libs/a.jar", a.Path)
	require.Zero(t, a.Line, "an archive has no lines")
	require.Equal(t, "Token in libs/a.jar!/conf/app.properties", a.Summary)
	require.Contains(t, a.Details, "In libs/a.jar!/conf/app.properties, line 12.")
	require.NotEqual(t, a.ID, report.Annotations[1].ID)
	require.Equal(t, "Token in the history: libs/a.jar!/conf/app.properties at 4f2c9e1a0b3d", report.Annotations[2].Summary)
	require.Empty(t, report.Annotations[2].Path)
	require.Contains(t, report.Details, "Scanned 2 files (and 1,500 in 1 archive)")
}

func TestBuildPaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"a/b.go": "a/b.go", "/a/b.go": "a/b.go", "./a/b.go": "a/b.go", "a//b/../c": "a/c", "../x": "", "a/../../x": "", "": "", "bad\xff": "", "nul\x00": "", "with space/ü.go": "with space/ü.go",
	} {
		r := &scan.Result{Findings: []scan.Finding{{Title: "t", Path: path, Position: scan.Position{StartLine: 3}, Severity: scan.SeverityLow}}}
		a := insights.Build(r, insights.Options{}).Annotations[0]
		require.Equal(t, want, a.Path, "%q", path)
		require.Equal(t, want != "", a.Line == 3, "a line needs its file")
		if want == "" && path != "" {
			require.Contains(t, a.Details, "line 3", "a place that cannot be sent stands in the text")
		}
	}
}

func TestBuildOfAHistoryFinding(t *testing.T) {
	t.Parallel()
	r := &scan.Result{Findings: []scan.Finding{{Title: "Token", Path: "old.env", Commit: commit, Severity: scan.SeverityHigh, Remediation: "Revoke it first.", Fingerprint: "f"}}}
	a := insights.Build(r, insights.Options{}).Annotations[0]
	require.Equal(t, "Token in the history: old.env at 4f2c9e1a0b3d", a.Summary)
	require.Empty(t, a.Path)
	require.Zero(t, a.Line)
	require.Contains(t, a.Details, "In commit "+commit+", file old.env")
}

func TestBuildLinks(t *testing.T) {
	t.Parallel()
	for link, want := range map[string][2]bool{ // on Cloud, on Data Center
		"https://example.com/x": {true, true}, "http://ci.corp:8080/x": {true, true}, "http://jenkins:8080/": {false, true}, "http://10.1.2.3/": {false, true},
		"http://localhost:80/": {false, false}, "https://a.localhost": {false, false}, "http://127.0.0.1": {false, false}, "http://[::1]/": {false, false},
		"ftp://example.com": {false, false}, "javascript:alert(1)": {false, false}, "https://user:secret@example.com/": {false, false}, "not a link": {false, false}, "https://": {false, false},
		"https://example.com/a b": {false, false},
	} {
		for i, product := range []bitbucket.Product{bitbucket.Cloud, bitbucket.DataCenter} {
			report := insights.Build(&scan.Result{}, insights.Options{Product: product, Link: link, LogoURL: link})
			require.Equal(t, want[i], report.Link != "", "%s on %s", link, product)
			require.Equal(t, want[i], len(report.Notes) == 0, "what is left out is told")
			for _, note := range report.Notes {
				require.NotContains(t, note, "secret")
			}
		}
	}
}

func TestBuildDataItems(t *testing.T) {
	t.Parallel()
	r := result(5)
	r.Engines = []scan.Engine{"secrets", "dependencies", "code"}
	r.Findings = append(r.Findings, scan.Finding{Severity: scan.SeverityLow, Suppression: &scan.Suppression{}})
	options := insights.Options{Product: bitbucket.Cloud, Gate: gate, Link: "https://example.com/", MaxAnnotations: 2}
	report := insights.Build(r, options)
	require.Equal(t, []string{"Safe to merge", "New in this pull request", "Critical", "High", "Medium and low", "Not shown", "Secrets", "Dependencies", "Code", "Details"}, titles(report.Data))
	require.Equal(t, insights.DataItem{Title: "Details", Type: insights.DataLink, Value: insights.Link{Text: "Open", Href: "https://example.com/"}}.Value, report.Data[9].Value)
	options.Product = bitbucket.DataCenter
	require.Equal(t, []string{"Safe to merge", "New in this pull request", "Critical", "High", "Not shown", "Secrets"}, titles(insights.Build(r, options).Data))
	options.Product, options.MaxAnnotations = bitbucket.Cloud, 0
	r.Engines = r.Engines[:1]
	report = insights.Build(r, options)
	require.Equal(t, []string{"Safe to merge", "New in this pull request", "Critical", "High", "Medium and low", "Secrets", "Suppressed", "Duration", "Details"}, titles(report.Data))
	require.Equal(t, int64(1800), report.Data[7].Value, "milliseconds")
}

func TestBuildIDs(t *testing.T) {
	t.Parallel()
	f := scan.Finding{RuleID: "R", Title: "t", Path: "a", Fingerprint: "f", Occurrence: 1, Severity: scan.SeverityLow, Position: scan.Position{StartLine: 1}}
	id := func(change func(*scan.Finding)) string {
		g := f
		change(&g)
		return insights.Build(&scan.Result{Findings: []scan.Finding{g}}, insights.Options{}).Annotations[0].ID
	}
	same := id(func(*scan.Finding) {})
	require.Regexp(t, `^[A-Za-z0-9._-]{1,64}$`, same)
	require.Equal(t, same, id(func(f *scan.Finding) { f.StartLine = 99 }), "the line does not matter")
	require.NotEqual(t, same, id(func(f *scan.Finding) { f.Path = "b" }))
	require.NotEqual(t, same, id(func(f *scan.Finding) { f.Occurrence = 2 }))
	twice := insights.Build(&scan.Result{Findings: []scan.Finding{f, f}}, insights.Options{})
	require.Len(t, twice.Annotations, 1, "a repeated id is merged")
	require.Zero(t, twice.Omitted)
}

func TestBuildTextsAlwaysFit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("😀 word ", 2000)
	r := &scan.Result{Base: scan.Base{Kind: scan.BaseMerge}, Notes: []scan.Note{{Text: long}}, Findings: []scan.Finding{
		{Title: long, Message: long, Remediation: long, RuleID: long, Excerpt: long, Severity: scan.SeverityHigh, New: true},
		{Severity: scan.SeverityHigh, New: true, Fingerprint: "x"},
	}}
	report := insights.Build(r, insights.Options{Title: long, Reporter: long, ReportID: "bad id!", Gate: gate})
	units := func(s string) int {
		n := 0
		for _, c := range s {
			n++
			if c > 0xffff {
				n++
			}
		}
		return n
	}
	require.LessOrEqual(t, units(report.Title), insights.MaxTitle)
	require.LessOrEqual(t, units(report.Reporter), insights.MaxReporter)
	require.LessOrEqual(t, units(report.Details), insights.MaxDetails)
	require.True(t, strings.HasPrefix(report.Details, "Not safe to merge: 2 new findings"), "the verdict is never cut")
	require.Equal(t, insights.DefaultReportID, report.ID)
	for _, a := range report.Annotations {
		require.LessOrEqual(t, units(a.Summary), insights.MaxSummary)
		require.LessOrEqual(t, units(a.Details), insights.MaxDetails)
		require.NotEmpty(t, a.Summary)
	}
}

func titles(data []insights.DataItem) []string {
	var list []string
	for _, d := range data {
		list = append(list, d.Title)
	}
	return list
}

// "Nothing found" must not include packages that could not be checked.
func TestTheReportSaysHowManyPackagesHaveNoVersion(t *testing.T) {
	t.Parallel()
	list := []scan.Unversioned{{Of: "npm", Path: "package.json", Names: []string{"a", "b"}, Reason: scan.UnversionedRange}}
	r := &scan.Result{Engines: []scan.Engine{"dependencies"}, Unversioned: list}
	require.Contains(t, insights.Build(r, insights.Options{Gate: gate}).Details, "Dependencies: not checked (2 packages).")
	r.Packages = []scan.Package{{Ecosystem: scan.EcosystemNPM, Name: "c", Version: "1.0.0"}}
	r.DataDate = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	require.Contains(t, insights.Build(r, insights.Options{Gate: gate}).Details, "Dependencies: nothing found in 1 package, 2 not checked.")
}

func TestAnnotationIDsDoNotDependOnLinesOfRelatedPlaces(t *testing.T) {
	t.Parallel()
	id := func(related string) string {
		f := scan.Finding{Engine: "import", RuleID: "R1", Title: "t", Fingerprint: "f", Path: "a.go", Related: related, Occurrence: 1, Severity: scan.SeverityLow}
		return insights.Build(&scan.Result{Findings: []scan.Finding{f}}, insights.Options{}).Annotations[0].ID
	}
	require.Equal(t, id("b.go:3, c.go:14"), id("b.go:4, c.go:1"))
	require.Equal(t, id("b.go:3, c.go:14"), id("b.go, c.go"))
	require.NotEqual(t, id("b.go:3"), id("c.go:3"))
	require.NotEqual(t, id("port:80/tcp"), id("port:90/tcp"), "only a line is left out")
}

func TestAnnotationOfAnotherToolSaysItsMessageFirst(t *testing.T) {
	t.Parallel()
	f := scan.Finding{
		Engine: "import", RuleID: "R1", Title: "In short", Message: "The message of this very result.", Remediation: strings.Repeat("Advice for everyone. ", 300),
		Fingerprint: "f", Path: "a.go", Severity: scan.SeverityLow, Class: scan.ClassBug,
	}
	a := insights.Build(&scan.Result{Findings: []scan.Finding{f}}, insights.Options{}).Annotations[0]
	require.True(t, strings.HasPrefix(a.Details, "The message of this very result.\n\nAdvice for everyone."), a.Details)
	require.Contains(t, a.Details, "Rule R1 (import)", "the help is cut, and not what follows it")
	require.LessOrEqual(t, len(a.Details), insights.MaxDetails+len("…"))
	require.Equal(t, insights.Bug, a.Type)
	f.Class = scan.ClassSmell
	require.Equal(t, insights.CodeSmell, insights.Build(&scan.Result{Findings: []scan.Finding{f}}, insights.Options{}).Annotations[0].Type)
	f.Class = scan.ClassVulnerability
	report := insights.Build(&scan.Result{Findings: []scan.Finding{f}}, insights.Options{Type: insights.TypeBug})
	require.Equal(t, insights.Vulnerability, report.Annotations[0].Type)
	require.Equal(t, insights.TypeBug, report.Type)
}
