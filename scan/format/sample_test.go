package format_test

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// canary is assembled here, so that no file of the repository contains anything that looks like a token.
var canary = "ghp_" + strings.Repeat("A1b2", 9)

// sample is a result with everything: each severity and state, a path that is not UTF-8, CRLF, wide characters, control
// sequences, markup, a formula, a finding in the history, another tool's finding, notes, and unread files.
func sample() *scan.Result {
	token := scan.Finding{
		Engine: "secrets", RuleID: "GITHUB_TOKEN", Family: "GITHUB", Title: "GitHub personal access token",
		Severity: scan.SeverityCritical, Confidence: scan.ConfidenceCertain,
		Message:     "Anyone who can read this repository has it, and removing the line does not take it out of the history.",
		Remediation: "Revoke it first, then remove it.", Link: "https://github.com/settings/tokens", Secret: scan.NewSecret(canary),
		Start: 310, End: 350, Path: "deploy/release.py", Position: scan.Position{StartLine: 14, StartColumn: 47, EndLine: 14, EndColumn: 87},
		Excerpt: `session.headers["Authorization"] = "token ••••••••"`, MarkStart: 42, MarkEnd: 66,
		Context: []scan.Line{
			{Number: 12, Text: "def client():"}, {Number: 13, Text: "    session = requests.Session()\r"},
			{Number: 14, Text: `    session.headers["Authorization"] = "token ••••••••"`}, {Number: 15, Text: "    return session"},
		},
		Fingerprint: strings.Repeat("0a", 16), Occurrence: 1, New: true, Verified: scan.VerifyActive,
	}
	lodash := scan.Finding{
		Engine: "dependencies", RuleID: "GHSA-p6mc-m468-83gw", Title: "lodash 4.17.15: prototype pollution, and 3 more",
		Severity: scan.SeverityHigh, Confidence: scan.ConfidenceHigh, Message: "lodash 4.17.15 is a direct dependency.",
		Remediation: "Upgrade it to 4.17.21, the smallest version that clears all four, in the same major.", Link: "https://example.com/CVE-2020-8203",
		Path: "web/package.json", Position: scan.Position{StartLine: 23, StartColumn: 15, EndLine: 23, EndColumn: 23},
		Excerpt: `"lodash": "^4.17.15",`, MarkStart: 11, MarkEnd: 19,
		Context:     []scan.Line{{Number: 22, Text: "\t\"htmx.org\": \"2.0.11\","}, {Number: 23, Text: "\t\"lodash\": \"^4.17.15\","}, {Number: 24, Text: "\t\"uplot\": \"1.6.32\""}},
		Fingerprint: strings.Repeat("1b", 16), Occurrence: 1, New: true, Related: "package-lock.json:4102",
		Dependency: &scan.Dependency{
			Package: scan.Package{
				Ecosystem: scan.EcosystemNPM, Name: "lodash", Version: "4.17.15", Path: "package-lock.json", Start: 90_000, End: 90_008, Line: 4102,
				Relation: scan.RelationDirect, License: "MIT",
			},
			IDs: []string{"GHSA-p6mc-m468-83gw", "CVE-2020-8203"}, Score: 7.4, Rated: "CVSS 3.1", Fix: "4.17.21", EPSS: 0.02,
		},
	}
	query := scan.Finding{
		Engine: "code", RuleID: "SQL_INJECTION", Title: "SQL built from request data", Severity: scan.SeverityHigh,
		Confidence: scan.ConfidenceMedium, Message: "A query is put together from request data.", Remediation: "Give the values as parameters.",
		Path: "api/orders.py", Position: scan.Position{StartLine: 88, StartColumn: 5, EndLine: 90, EndColumn: 2},
		Excerpt: "cursor.execute(", MarkStart: 0, MarkEnd: 15,
		Context: []scan.Line{
			{Number: 87, Text: "def order(id):"}, {Number: 88, Text: "    cursor.execute("}, {Number: 89, Text: `        "SELECT * FROM orders WHERE id=" + id`},
			{Number: 90, Text: "    )"}, {Number: 91, Text: "    return cursor.fetchone()"},
		},
		Related: "Source: api/orders.py:86 -> api/orders.py:88", Weaknesses: []string{"CWE-89"},
		Flow: []scan.Step{
			{Path: "api/orders.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 86, StartColumn: 10, EndLine: 86, EndColumn: 22}, Text: "id = request.args"},
			{Path: "api/orders.py", Kind: scan.StepSink, Position: scan.Position{StartLine: 88, StartColumn: 5, EndLine: 90, EndColumn: 2}, Text: "cursor.execute("},
		},
		Fingerprint: strings.Repeat("2c", 16), Occurrence: 1, New: true,
	}
	history := token
	history.Path, history.Position, history.Excerpt, history.Context, history.MarkStart, history.MarkEnd = "old/\xff\xfe.env", scan.Position{}, "", nil, 0, 0
	history.Commit, history.Severity, history.Fingerprint = strings.Repeat("c3", 20), scan.SeverityHigh, strings.Repeat("3d", 16)
	history.New, history.Confidence, history.Verified = false, scan.ConfidenceHigh, scan.VerifyUnknown
	wide := scan.Finding{
		Engine: "code", RuleID: "WEAK_HASH", Title: "=HYPERLINK(\"x\") <script>alert(1)</script> 弱いハッシュ", Severity: scan.SeverityMedium,
		Confidence: scan.ConfidenceLow, Message: "MD5 \x1b[31mis\x1b[0m broken.\nSo is \u202eSHA-1\u202c.", Link: "javascript:alert(1)",
		Path: "サービス/とても長いディレクトリの名前/もっと長いディレクトリの名前/暗号化とハッシュの処理.go", Position: scan.Position{StartLine: 7, StartColumn: 1, EndLine: 7, EndColumn: 20},
		Excerpt:   "// 古いシステムとの互換性のために残されたハッシュ関数であり、md5.Sum(値) を呼び出す。新しいコードでは使わないでください。\x07",
		MarkStart: strings.Index("// 古いシステムとの互換性のために残されたハッシュ関数であり、md5.Sum(値)", "md5"), MarkEnd: len("// 古いシステムとの互換性のために残されたハッシュ関数であり、md5.Sum(値)"),
		Fingerprint: strings.Repeat("4e", 16), Occurrence: 1,
	}
	imported := scan.Finding{
		Engine: "import", RuleID: "errcheck", Title: "errcheck", Severity: scan.SeverityLow, Confidence: scan.ConfidenceMedium,
		Message: "Error return value of `f.Close` is not checked", Path: "main.go", Position: scan.Position{StartLine: 12, StartColumn: 9, EndLine: 12},
		Fingerprint: strings.Repeat("5f", 16), Occurrence: 1, Related: "cmd/other.go:4",
	}
	nowhere := imported
	nowhere.Path, nowhere.Position, nowhere.Title, nowhere.Related, nowhere.Fingerprint = "", scan.Position{}, "No licence", "", strings.Repeat("60", 16)
	inline := query
	inline.StartLine, inline.EndLine, inline.Occurrence, inline.Context = 120, 120, 2, nil
	inline.Suppression = &scan.Suppression{Kind: scan.SuppressedInline, Reason: "-1+1 the table name is a constant", Source: "api/orders.py:119"}
	baseline := lodash
	baseline.Path, baseline.Occurrence, baseline.New = "tools/package.json", 1, false
	baseline.Suppression = &scan.Suppression{Kind: scan.SuppressedBaseline, Source: "baseline.json"}
	r := &scan.Result{
		Repository: "acme/shop", Commit: strings.Repeat("4f2c9e1d", 5), Branch: "feature/checkout", Target: "main", PullRequest: "214",
		Base:     scan.Base{Kind: scan.BaseMerge, Commit: strings.Repeat("b1", 20)},
		Findings: []scan.Finding{token, lodash, query, history, wide, imported, nowhere, inline, baseline},
		Rules: []scan.Rule{
			{ID: "GHSA-p6mc-m468-83gw", Engine: "dependencies", Title: "Prototype pollution in lodash", Severity: scan.SeverityHigh},
			{ID: "GITHUB_TOKEN", Family: "GITHUB", Engine: "secrets", Title: "GitHub personal access token", Remediation: "Revoke it first, then remove it.", Severity: scan.SeverityCritical},
		},
		DataDate: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Packages: []scan.Package{
			{Ecosystem: scan.EcosystemNPM, Name: "lodash", Version: "4.17.15", Path: "web/package-lock.json", Start: 90, End: 98, Line: 4102, Relation: scan.RelationDirect, License: "MIT"},
		},
		Engines: []scan.Engine{"secrets", "dependencies", "code", "import"},
		Stats:   scan.Stats{Files: 1204, Bytes: 18_400_000, Commits: 96, HistoryBlobs: 310, BaseBlobs: 12, Symlinks: 1, Binary: 33, Oversize: 1},
		Notes: []scan.Note{
			{Code: "config-changed", Text: "This pull request changes .sluice.yml. The destination's own was used."},
			{Code: "oversize", Text: "1 file is larger than 50 MB and was not scanned: assets/\x1b]0;title\x07dump.sql."},
		},
		Unversioned: []scan.Unversioned{
			{Of: "npm", Path: "web/package.json", Kind: "package.json", Names: []string{"left", "right"}, Reason: scan.UnversionedRange, Advice: "`npm install --package-lock-only` writes the versions down"},
			{Of: "npm", Path: "old/bun.lockb", Kind: "bun.lockb", Reason: scan.UnversionedUnread},
		},
		Unread:   []scan.Failure{{Path: "assets/broken\xfe.bin", Err: errors.New("the object is corrupt")}},
		Failures: []scan.Failure{{Engine: "code", Path: "gen/huge.py", Err: errors.New("gave up after 10 s")}},
		Started:  time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC), Duration: 1800 * time.Millisecond,
	}
	slices.SortFunc(r.Findings, func(a, b scan.Finding) int { return scan.Compare(&a, &b) })
	return r
}

// clean is a finished scan that found nothing.
func clean() *scan.Result {
	return &scan.Result{
		Repository: "acme/shop", Commit: strings.Repeat("4f2c9e1d", 5), Branch: "main", Base: scan.Base{Kind: scan.BaseNone},
		Engines: []scan.Engine{"secrets", "code"}, Stats: scan.Stats{Files: 12, Bytes: 34_567}, Duration: 42 * time.Millisecond,
	}
}

func options() format.Options {
	return format.Options{
		Gate: scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeNew}, Version: "1.4.0", Time: true,
		Links: format.Links{
			Home: "https://example.com/sluice", Repository: "https://bitbucket.org/acme/shop", Commit: "https://bitbucket.org/acme/shop/commits/4f2c9e1",
			PullRequest: "https://bitbucket.org/acme/shop/pull-requests/214",
			File: func(path string, line int) string {
				return "https://bitbucket.org/acme/shop/src/4f2c9e1/" + strings.ToValidUTF8(path, "_")
			},
		},
	}
}
