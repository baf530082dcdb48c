package format_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

func TestCSVRows(t *testing.T) {
	t.Parallel()
	got := written(t, format.CSV, sample(), options())
	require.NotContains(t, strings.ReplaceAll(got, "\r\n", ""), "\n", "lines end in CRLF, and cells have none")
	rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 12, "the findings, and what was not read")
	require.Equal(t, []string{"severity", "confidence", "engine", "rule", "title", "path", "line", "column", "end line", "new", "suppressed", "reason", "commit", "fingerprint", "excerpt", "link", "package", "version", "fixed in", "advisories", "source", "steps"}, rows[0])
	require.Equal(t, []string{"lodash", "4.17.15", "4.17.21", "GHSA-p6mc-m468-83gw CVE-2020-8203"}, rows[2][16:20])
	require.Equal(t, `session.headers["Authorization"] = "token ••••••••"`, rows[1][14])
}

func TestCSVHoldsNoFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": `'\t=1`, "\r=1": `'\r=1`, "\n=1": `'\n=1`, "  =1": "'  =1", "＝1": "'＝1",
		"|cmd": "'|cmd", "a=1": "a=1", "": "", " ": " ", "日": "日", `"=1`: `"=1`, "\xff": `\xff`,
	} {
		r := clean()
		r.Findings = []scan.Finding{{Title: cell}}
		rows, err := csv.NewReader(strings.NewReader(written(t, format.CSV, r, options()))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, want, rows[1][4], "%q", cell)
	}
}

type suites struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnitCases(t *testing.T) {
	t.Parallel()
	r := sample()
	again := r.Findings[0]
	again.Occurrence = 2
	r.Findings = append(r.Findings, again)
	r.Findings[0].Message = "a\x00\x0b\ufffe\x1b"
	got := written(t, format.JUnit, r, options())
	require.NotContains(t, got, "\uFFFD", "control characters are escapes, and no holes")
	var read suites
	require.NoError(t, xml.Unmarshal([]byte(got), &read))
	require.Equal(t, []int{12, 4, 2, 2}, []int{read.Tests, read.Failures, read.Errors, read.Skipped})
	var failures, errors, skipped int
	names := map[string]bool{}
	for _, s := range read.Suites {
		for _, c := range s.Cases {
			names[s.Name+" "+c.Name] = true
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errors++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
	}
	require.Equal(t, []int{4, 2, 2}, []int{failures, errors, skipped})
	require.Contains(t, names, "secrets GITHUB_TOKEN:14")
	require.Contains(t, names, "secrets GITHUB_TOKEN:14 #2")
}

func TestJUnitShowsCleanScan(t *testing.T) {
	t.Parallel()
	var read suites
	require.NoError(t, xml.Unmarshal([]byte(written(t, format.JUnit, clean(), options())), &read))
	require.Equal(t, []int{2, 0, 0, 0}, []int{read.Tests, read.Failures, read.Errors, read.Skipped})
}

// The package documentation must list every field of the JSON.
func TestJSONIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var decoded any
	require.NoError(t, json.Unmarshal([]byte(written(t, format.JSON, sample(), options())), &decoded))
	var check func(any)
	seen := 0
	check = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				seen++
				require.Regexp(t, `\b`+key+`\b`, string(doc))
				require.False(t, value == nil && key != "suppression", key)
				check(value)
			}
		case []any:
			for _, value := range v {
				check(value)
			}
		}
	}
	check(decoded)
	require.Greater(t, seen, 100)
}

func TestJSONHasNoNullLists(t *testing.T) {
	t.Parallel()
	got := written(t, format.JSON, &scan.Result{}, format.Options{})
	require.True(t, json.Valid([]byte(got)))
	require.NotContains(t, got, "null")
	require.Contains(t, got, `"findings": []`)
}

func TestJSONFindings(t *testing.T) {
	t.Parallel()
	var got struct {
		Findings []struct {
			Path        string
			PathURI     string `json:"path_uri"`
			Excerpt     string
			MarkStart   int `json:"mark_start"`
			MarkEnd     int `json:"mark_end"`
			Blocks      bool
			Link        string
			Suppression *struct{ Reason string } `json:"suppression"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, format.JSON, sample(), options())), &got))
	require.Len(t, got.Findings, 9)
	first := got.Findings[0]
	require.Equal(t, "••••••••", first.Excerpt[first.MarkStart:first.MarkEnd])
	require.True(t, first.Blocks)
	require.Empty(t, first.PathURI)
	require.Equal(t, "old/\uFFFD\uFFFD.env", got.Findings[3].Path)
	require.Equal(t, "old/%FF%FE.env", got.Findings[3].PathURI)
	require.Empty(t, got.Findings[4].Link, "an address that is not http")
	require.NotNil(t, got.Findings[7].Suppression)
}

func TestCSVHasTheStepsOfAFlowAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	r := clean()
	r.Findings = []scan.Finding{{Flow: []scan.Step{
		{Path: "a.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 2}}, {Path: "b.py", Kind: scan.StepOn, Position: scan.Position{StartLine: 7}}, {Path: "b.py", Kind: scan.StepSink, Position: scan.Position{StartLine: 9}},
	}}, {}}
	r.Unread = []scan.Failure{{Path: "=x", Err: errors.New("-gone")}}
	r.Failures = []scan.Failure{{Engine: "code", Err: errors.New("1 rule is not run")}, {Path: "b.py", Engine: "code", Err: errors.New("in part")}}
	rows, err := csv.NewReader(strings.NewReader(written(t, format.CSV, r, options()))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, []string{"a.py:2", "a.py:2 > b.py:7 > b.py:9"}, rows[1][20:])
	require.Equal(t, []string{"", ""}, rows[2][20:])
	for i, want := range [][]string{{"", "Could not be read", "'=x", "'-gone"}, {"code", "Scanned only in part", "", "1 rule is not run"}, {"code", "Scanned only in part", "b.py", "in part"}} {
		row := rows[3+i]
		require.Equal(t, want, []string{row[2], row[4], row[5], row[11]})
		require.Empty(t, row[0], "no severity")
	}
}
