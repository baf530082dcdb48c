package sarif_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func read(t *testing.T, log string, options sarif.ReadOptions) []sarif.Run {
	t.Helper()
	runs, err := sarif.Read(strings.NewReader(log), options)
	require.NoError(t, err)
	return runs
}

// one reads a run with the given properties after its tool.
func one(t *testing.T, properties string) sarif.Run {
	t.Helper()
	runs := read(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"linter"}},`+properties+`}]}`, sarif.ReadOptions{Root: "/build/app"})
	require.Len(t, runs, 1)
	return runs[0]
}

func TestReadWhatWriteWrote(t *testing.T) {
	t.Parallel()
	want := sample()
	runs, err := sarif.Read(bytes.NewReader(written(t, want, everything)), sarif.ReadOptions{})
	require.NoError(t, err)
	require.Len(t, runs, 1)
	require.Equal(t, "sluice", runs[0].Tool)
	require.Equal(t, "v1.4.0", runs[0].Version)
	require.Equal(t, want.Commit, runs[0].Result.Commit)
	require.Equal(t, want.Branch, runs[0].Result.Branch)
	require.Contains(t, runs[0].Incomplete, "did not finish")
	got := runs[0].Result.Findings
	require.Len(t, got, len(want.Findings))
	for i, w := range want.Findings {
		g := got[i]
		require.Equal(t, []any{w.Path, w.Position, w.Severity, w.RuleID, w.New, w.Commit, w.Fingerprint, w.Occurrence, w.Confidence, w.Verified},
			[]any{g.Path, g.Position, g.Severity, g.RuleID, g.New, g.Commit, g.Fingerprint, g.Occurrence, g.Confidence, g.Verified}, w.RuleID)
		require.EqualValues(t, "import", g.Engine)
		require.Empty(t, g.Excerpt)
		if w.Suppression == nil {
			require.Nil(t, g.Suppression)
			continue
		}
		require.Equal(t, scan.Suppression{Kind: scan.SuppressedExternal, Reason: w.Suppression.Reason, Source: w.Suppression.Source}, *g.Suppression)
	}
	require.Equal(t, []string{"GHSA-p6mc-m468-83gw", "GITHUB_TOKEN", "SQL_INJECTION"}, ruleIDs(runs[0].Result.Rules))
}

func ruleIDs(rules []scan.Rule) []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestReadRealWorldShapes(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/in/*.sarif")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 5)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			log, err := os.ReadFile(path)
			require.NoError(t, err)
			var got strings.Builder
			for _, run := range read(t, string(log), sarif.ReadOptions{Root: "/opt/agent/build"}) {
				fmt.Fprintf(&got, "%s %s %s passed=%d incomplete=%q\n", run.Tool, run.Version, run.Category, run.Passed, run.Incomplete)
				for _, f := range run.Result.Findings {
					fmt.Fprintf(&got, "- %s %s %s\n  %s:%d:%d-%d:%d new=%t #%d confidence=%s\n  title: %s\n  message: %s\n", f.Severity, f.RuleID, f.Fingerprint,
						f.Path, f.StartLine, f.StartColumn, f.EndLine, f.EndColumn, f.New, f.Occurrence, f.Confidence, f.Title, strings.ReplaceAll(f.Message, "\n", "\n    "))
					for name, value := range map[string]string{"do": f.Remediation, "link": f.Link, "related": f.Related} {
						if value != "" && name == "link" {
							fmt.Fprintf(&got, "  %s: %s\n", name, value)
						}
					}
					if f.Suppression != nil {
						fmt.Fprintf(&got, "  suppressed: %+v\n", *f.Suppression)
					}
				}
				for _, n := range run.Result.Notes {
					fmt.Fprintf(&got, "! %s: %s\n", n.Code, n.Text)
				}
			}
			golden := strings.TrimSuffix(path, ".sarif") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
		})
	}
}

func TestReadLenient(t *testing.T) {
	t.Parallel()
	require.Empty(t, read(t, `{"version":"2.1.0","runs":[]}`, sarif.ReadOptions{}))
	run := one(t, `"results":[7,null,{"message":"words","locations":{},"ruleIndex":"x"}],"artifacts":"none","columnKind":4`)
	require.Len(t, run.Result.Findings, 3, "a result that cannot be read still counts")
	require.Contains(t, run.Result.Notes[0].Text, "value of the wrong kind")

	draft := read(t, `{"version":"2.0.0-csd.2.beta.2019-01-24","runs":[{"tool":{"name":"old","version":"3"},"resources":{"rules":{"R1":{"shortDescription":{"text":"Old rule"}}}},
		"results":[{"ruleId":"R1","level":"error","message":{"text":"m"},"locations":[{"physicalLocation":{"fileLocation":{"uri":"a.c"},"region":{"startLine":2}}}]}]}]}`, sarif.ReadOptions{})
	f := draft[0].Result.Findings[0]
	require.Equal(t, []any{"old", "3", "Old rule", "a.c", 2}, []any{draft[0].Tool, draft[0].Version, f.Title, f.Path, f.StartLine})

	for properties, says := range map[string]string{
		`"invocations":[{"executionSuccessful":false}],"results":[]`:                                                     "did not finish",
		`"columnKind":"utf16CodeUnits"`:                                                                                  "lists no results",
		`"externalPropertyFileReferences":{"results":[]}`:                                                                "in other files",
		`"externalPropertyFileReferences":{"results":[{"location":{"uri":"r.sarif-external-properties"}}]},"results":[]`: "in other files",
		`"invocations":[{"exitSignalName":"SIGKILL"}],"results":[]`:                                                      "did not finish",
		`"invocations":[{"executionSuccessful":false}]`:                                                                  "did not finish",
		`"invocations":[{"executionSuccessful":true},{"executionSuccessful":false}],"results":[]`:                        "did not finish",
		`"invocations":[{"executionSuccessful":true},{}]`:                                                                "lists no results",
		`"results":null`: "lists no results",
		`"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","associatedRule":{"id":"R1"},"message":{"text":"m"}}]}],"results":[]`: "did not finish",
		`"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"warning","message":{"text":"m"}}]}],"results":[]`:                            "did not finish",
		`"results":[]`: "",
		`"externalPropertyFileReferences":{"taxonomies":[{"location":{"uri":"https://example.com/cwe.sarif"}}]},"results":[]`:                 "",
		`"externalPropertyFileReferences":{"artifacts":[{}],"driver":{},"extensions":[{}],"results":[]},"results":[{"message":{"text":"m"}}]`: "",
		`"externalPropertyFileReferences":null,"results":[]`:                                                                                  "",
		`"invocations":[{"executionSuccessful":true}]`:                                                                                        "",
		`"invocations":[{"executionSuccessful":true}],"results":null`:                                                                         "",
		`"invocations":[{"executionSuccessful":false,"toolConfigurationNotifications":[{"associatedRule":{"id":"R1"},"message":{"text":"m"}},{"level":"note","associatedRule":{"index":1},"message":{"text":"m"}}]}],"results":[]`: "",
		`"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","associatedRule":{"id":"R1"},"message":{"text":"m"}}]}],"results":[]`:                                                           "",
	} {
		run := one(t, properties)
		require.Contains(t, run.Incomplete, says)
		require.Equal(t, says == "", run.Incomplete == "", properties)
	}
}

func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/in/*.sarif")
	require.NoError(f, err)
	require.NotEmpty(f, paths)
	for _, path := range paths {
		log, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(log)
	}
	everything, err := os.ReadFile("testdata/everything.sarif")
	require.NoError(f, err)
	f.Add(everything)
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	for _, place := range []string{`"uri":"/w/src/a.py"},"region":{"charOffset":3,"charLength":2`, `"uri":"../../a.py"},"region":{"byteOffset":0`, `"uri":"C:\\x\\src\\a.py"`} {
		f.Add([]byte(`{"version":"2.1.0","runs":[{"tool":{},"columnKind":"unicodeCodePoints","invocations":[{"workingDirectory":{"uri":"file:///w"}}],"results":[{"locations":[{"physicalLocation":{"artifactLocation":{` + place + `}}}]}]}]}`))
	}
	f.Add([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"R","help":{"markdown":"# a\n|b|c|\n|-|-|\n> **d** [e](https://f) ![g](h) &lt; <br> ` + "`i` ```" + `"}}]}},"results":[{"ruleId":"R","message":{"text":"it's a 'secret' \"x"}}]}]}`))
	tree := &sarif.Tree{
		Paths: []string{"a.py", "src/a.py", "b/src/a.py", "c"}, Names: []string{"shop"},
		Read: func(string) ([]byte, error) { return []byte("\xef\xbb\xbfone\n\xf0\x9d\x84\x9etwo\r\n\xff"), nil },
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		_, treeErr := sarif.Read(bytes.NewReader(log), sarif.ReadOptions{Root: "/opt/agent/build", Tree: tree, MaxBytes: 1 << 20})
		runs, err := sarif.Read(bytes.NewReader(log), sarif.ReadOptions{Root: "/opt/agent/build", MaxBytes: 1 << 20})
		require.Equal(t, err, treeErr)
		if err != nil {
			require.Empty(t, runs)
			return
		}
		for _, run := range runs {
			for i := range run.Result.Findings {
				finding := &run.Result.Findings[i]
				require.Empty(t, finding.Excerpt)
				require.NotEmpty(t, finding.RuleID)
				require.NotEmpty(t, finding.Message)
				require.Len(t, finding.Fingerprint, 32)
				require.Positive(t, finding.Occurrence)
				require.GreaterOrEqual(t, finding.Severity, scan.SeverityLow)
				require.False(t, strings.HasPrefix(finding.Path, "/") || finding.Path == ".." || strings.HasPrefix(finding.Path, "../") || strings.Contains(finding.Path, "\x00"), finding.Path)
				require.Equal(t, finding.StartLine == 0, finding.Position == scan.Position{})
				if i > 0 {
					require.Negative(t, scan.Compare(&run.Result.Findings[i-1], finding))
				}
			}
			var out bytes.Buffer
			require.NoError(t, sarif.Write(&out, run.Result, sarif.WriteOptions{}))
			again, err := sarif.Read(&out, sarif.ReadOptions{})
			require.NoError(t, err)
			require.Len(t, again[0].Result.Findings, len(run.Result.Findings))
		}
	})
}

func BenchmarkRead(b *testing.B) {
	r := &scan.Result{Rules: sample().Rules}
	for i := range 10_000 {
		f := sample().Findings[0]
		f.Path = fmt.Sprintf("dir/%d.py", i)
		r.Findings = append(r.Findings, f)
	}
	var log bytes.Buffer
	require.NoError(b, sarif.Write(&log, r, everything))
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	for b.Loop() {
		runs, err := sarif.Read(bytes.NewReader(log.Bytes()), sarif.ReadOptions{})
		require.NoError(b, err)
		require.Len(b, runs[0].Result.Findings, 10_000)
	}
}
