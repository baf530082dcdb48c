package sarif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// canary is assembled here, so that no file of the repository contains anything that looks like a token.
var canary = "ghp_" + strings.Repeat("A1b2", 9)

func sample() *scan.Result {
	secret := scan.Finding{
		Engine: "secrets", RuleID: "GITHUB_TOKEN", Title: "GitHub personal access token",
		Severity: scan.SeverityCritical, Confidence: scan.ConfidenceCertain,
		Message: "A GitHub token stands in the code. Its checksum fits.", Remediation: "Revoke it first, then remove it.",
		Link: "https://github.com/settings/tokens", Secret: scan.NewSecret(canary), Start: 310, End: 350,
		Path: "deploy/release.py", Position: scan.Position{StartLine: 14, StartColumn: 47, EndLine: 14, EndColumn: 87},
		Excerpt: `session.headers["Authorization"] = "token ••••••••"`, MarkStart: 42, MarkEnd: 66,
		Fingerprint: strings.Repeat("0a", 16), Occurrence: 1, New: true, Verified: scan.VerifyActive,
	}
	dependency := scan.Finding{
		Engine: "dependencies", RuleID: "GHSA-p6mc-m468-83gw", Title: "lodash 4.17.15: prototype pollution",
		Severity: scan.SeverityHigh, Confidence: scan.ConfidenceHigh, Message: "lodash 4.17.15 lets <html> & {braces} through.",
		Path: "web/a b#c%d:ü\xff.json", Position: scan.Position{StartLine: 23, StartColumn: 15, EndLine: 23, EndColumn: 23},
		Excerpt: "\"lodash\": \"^4.17.15\"\t\u202e", Fingerprint: strings.Repeat("1b", 16), Occurrence: 1, Related: "archive.zip!/package.json",
	}
	history := secret
	history.Path, history.Position, history.Excerpt = "old.env", scan.Position{}, ""
	history.Commit, history.Confidence, history.Fingerprint = strings.Repeat("c3", 20), scan.ConfidenceMedium, strings.Repeat("2c", 16)
	inline := scan.Finding{
		Engine: "code", RuleID: "SQL_INJECTION", Title: "SQL built from request data", Severity: scan.SeverityMedium,
		Confidence: scan.ConfidenceMedium, Message: "A query is built from request data.", Path: "api/orders.py",
		Position: scan.Position{StartLine: 88, StartColumn: 5, EndLine: 90, EndColumn: 2},
		Related:  "Source: api/orders.py:86 -> api/orders.py:88", Weaknesses: []string{"CWE-89"},
		Flow: []scan.Step{
			{Path: "api/orders.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 86, StartColumn: 10, EndLine: 86, EndColumn: 22}, Text: "id = request.args"},
			{Path: "api/orders.py", Kind: scan.StepSink, Position: scan.Position{StartLine: 88, StartColumn: 5, EndLine: 90, EndColumn: 2}, Text: "cursor.execute("},
		},
		Fingerprint: strings.Repeat("3d", 16), Occurrence: 1,
		Suppression: &scan.Suppression{Kind: scan.SuppressedInline, Reason: "the table name is a constant", Source: "api/orders.py:87"},
	}
	baseline := inline
	baseline.Severity, baseline.StartLine, baseline.EndLine, baseline.Occurrence = scan.SeverityLow, 120, 121, 2
	baseline.Suppression = &scan.Suppression{Kind: scan.SuppressedBaseline, Source: "baseline.json"}
	r := &scan.Result{
		Repository: "acme/shop", Commit: strings.Repeat("4f2c", 10), Branch: "feature/checkout", Target: "main",
		Base:     scan.Base{Kind: scan.BaseMerge, Commit: strings.Repeat("b1", 20)},
		Findings: []scan.Finding{secret, dependency, history, inline, baseline},
		Rules: []scan.Rule{
			{ID: "GHSA-p6mc-m468-83gw", Engine: "dependencies", Title: "Prototype pollution in lodash", Description: "Properties of all objects can be changed.", Remediation: "Upgrade it to 4.17.21.", Link: "https://example.com/advisory", Severity: scan.SeverityHigh},
			{ID: "GITHUB_TOKEN", Engine: "secrets", Title: "GitHub personal access token", Description: "Whoever has it acts as its owner.", Remediation: "Revoke it first, then remove it.", Link: "https://github.com/settings/tokens", Severity: scan.SeverityCritical},
			{ID: "SQL_INJECTION", Engine: "code", Title: "SQL built from request data", Severity: scan.SeverityMedium, Weaknesses: []string{"CWE-89"}, Categories: []string{"A05:2025 - Injection"}},
		},
		Engines:  []scan.Engine{"secrets", "dependencies", "code"},
		Notes:    []scan.Note{{Code: "oversize", Text: "1 file is larger than 50 MB and was not scanned."}},
		Unread:   []scan.Failure{{Path: "assets/broken\xfe.bin", Err: errors.New("object is corrupt")}},
		Failures: []scan.Failure{{Engine: "code", Path: "gen.py", Err: errors.New("gave up after 10 s")}},
		Started:  time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC), Duration: 1800 * time.Millisecond,
	}
	slices.SortFunc(r.Findings, func(a, b scan.Finding) int { return scan.Compare(&a, &b) })
	return r
}

var everything = sarif.WriteOptions{
	Version: "v1.4.0", InformationURI: "https://example.com/sluice", RepositoryURI: "https://bitbucket.org/acme/shop", Category: "security",
}

func written(t *testing.T, r *scan.Result, options sarif.WriteOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, sarif.Write(&b, r, options))
	return b.Bytes()
}

func TestWriteGolden(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		result  *scan.Result
		options sarif.WriteOptions
	}{
		"everything": {sample(), everything},
		"empty":      {&scan.Result{}, sarif.WriteOptions{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := written(t, c.result, c.options)
			golden := filepath.Join("testdata", name+".sarif")
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
}

// The schema in testdata is this project's own specification of its output: it closes every object, so that a misspelt
// property fails, and requires what the standard requires. SARIF_SCHEMA can name another schema file, such as the
// official one.
func TestWriteFitsSchema(t *testing.T) {
	t.Parallel()
	path := os.Getenv("SARIF_SCHEMA")
	if path == "" {
		path = filepath.Join("testdata", "written.schema.json")
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(path)
	require.NoError(t, err)
	validate := func(log []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
		require.NoError(t, err)
		return schema.Validate(v)
	}
	plain := sample()
	plain.Base, plain.Findings = scan.Base{Kind: scan.BaseNone}, plain.Findings[:2]
	full := written(t, sample(), everything)
	require.NoError(t, validate(full))
	require.NoError(t, validate(written(t, sample(), sarif.WriteOptions{})))
	require.NoError(t, validate(written(t, plain, everything)))
	require.NoError(t, validate(written(t, &scan.Result{}, sarif.WriteOptions{})))
	require.NoError(t, validate(written(t, &scan.Result{Findings: []scan.Finding{inArchive()}}, sarif.WriteOptions{})))
	for _, broken := range [][2]string{
		{`"startLine"`, `"startline"`}, {`"level":"error"`, `"level":"fatal"`}, {`"startColumn":47`, `"startColumn":0`}, {`"version":"2.1.0"`, `"version":"2.2"`},
	} {
		require.Error(t, validate(bytes.Replace(full, []byte(broken[0]), []byte(broken[1]), 1)), broken[1])
	}
}

func TestWriteProperties(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Version, SemanticVersion string
					Rules                    []struct {
						ID, Name   string
						Properties object
					}
				}
			}
			Results []struct {
				RuleID               string
				RuleIndex            *int
				Level, BaselineState string
				Locations            []struct {
					PhysicalLocation struct{ ArtifactLocation, Region object }
				}
				Suppressions        *[]object
				PartialFingerprints map[string]string
			}
			Invocations []struct{ ExecutionSuccessful bool }
		}
	}
	require.NoError(t, json.Unmarshal(written(t, sample(), everything), &log))
	run := log.Runs[0]
	require.Equal(t, "v1.4.0", run.Tool.Driver.Version)
	require.Equal(t, "1.4.0", run.Tool.Driver.SemanticVersion)
	require.Equal(t, "GitHubPersonalAccessToken", run.Tool.Driver.Rules[1].Name)
	require.Equal(t, "9.5", run.Tool.Driver.Rules[1].Properties["security-severity"])
	require.Equal(t, []any{"security", "secrets"}, run.Tool.Driver.Rules[1].Properties["tags"])
	require.False(t, run.Invocations[0].ExecutionSuccessful, "a file could not be read")
	require.Equal(t, "web/a%20b%23c%25d%3A%C3%BC%FF.json", run.Results[2].Locations[0].PhysicalLocation.ArtifactLocation["uri"])
	levels, states := []string{}, []string{}
	fingerprints := map[string]bool{}
	for _, r := range run.Results {
		require.Equal(t, r.RuleID, run.Tool.Driver.Rules[*r.RuleIndex].ID)
		require.NotNil(t, r.Suppressions, "present in all results, because one has it")
		levels, states = append(levels, r.Level), append(states, r.BaselineState)
		fingerprints[r.PartialFingerprints["sluiceOccurrence/v1"]] = true
	}
	require.Equal(t, []string{"error", "error", "error", "warning", "note"}, levels)
	require.Equal(t, []string{"new", "new", "unchanged", "unchanged", "unchanged"}, states)
	require.Len(t, fingerprints, 5)
	require.Nil(t, run.Results[1].Locations[0].PhysicalLocation.Region, "a finding of the history has no line")
}

func TestWriteTellsRulesOfOneIDApart(t *testing.T) {
	t.Parallel()
	r := &scan.Result{
		Findings: []scan.Finding{{Engine: "import", RuleID: "G101"}, {Engine: "code", RuleID: "G101"}, {Engine: "secrets", RuleID: "G101"}},
		Rules:    []scan.Rule{{Engine: "code", ID: "G101"}, {Engine: "import", ID: "G101"}},
	}
	log := string(written(t, r, sarif.WriteOptions{}))
	require.Equal(t, []int{1, 1}, []int{strings.Count(log, `"ruleIndex":0`), strings.Count(log, `"ruleIndex":1`)})
	require.Less(t, strings.Index(log, `"ruleIndex":1`), strings.Index(log, `"ruleIndex":0`))
}

func TestWriteNeverHoldsSecret(t *testing.T) {
	t.Parallel()
	log := written(t, sample(), everything)
	require.NotContains(t, string(log), canary)
	require.Contains(t, string(log), "••••••••")
}

func TestWriteSameBytesWhateverTheClock(t *testing.T) {
	t.Parallel()
	later := sample()
	later.Started, later.Duration = later.Started.Add(time.Hour), time.Minute
	require.Equal(t, string(written(t, sample(), everything)), string(written(t, later, everything)))
}

type brokenWriter struct{ left int }

func (b *brokenWriter) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriteReportsFullDisk(t *testing.T) {
	t.Parallel()
	many := sample()
	for range 12 {
		many.Findings = append(many.Findings, many.Findings...)
	}
	for _, left := range []int{0, 1, 100_000} {
		require.ErrorIs(t, sarif.Write(&brokenWriter{left}, many, everything), io.ErrShortWrite)
	}
}

func BenchmarkWrite(b *testing.B) {
	r := &scan.Result{Rules: sample().Rules}
	for i := range 10_000 {
		f := sample().Findings[0]
		f.Path = fmt.Sprintf("dir/%d.py", i)
		r.Findings = append(r.Findings, f)
	}
	var n int64
	b.ReportAllocs()
	for b.Loop() {
		var counter bytes.Buffer
		require.NoError(b, sarif.Write(&counter, r, everything))
		n = int64(counter.Len())
	}
	b.SetBytes(n)
}
