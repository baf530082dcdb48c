package sarif_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadSeverity(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		result, rule string
		want         scan.Severity
	}{
		"level error":                           {`"level":"error"`, ``, scan.SeverityHigh},
		"level warning":                         {`"level":"warning"`, ``, scan.SeverityMedium},
		"level note":                            {`"level":"note"`, ``, scan.SeverityLow},
		"no level is a warning":                 {`"kind":"fail"`, ``, scan.SeverityMedium},
		"level none is passed over":             {`"level":"none"`, ``, scan.SeverityNone},
		"level none of a failure is low":        {`"level":"none","kind":"fail"`, ``, scan.SeverityLow},
		"level of a null":                       {`"level":null`, ``, scan.SeverityMedium},
		"level of the rule":                     {`"kind":"fail"`, `"defaultConfiguration":{"level":"error"}`, scan.SeverityHigh},
		"level none of the rule is passed over": {`"guid":"x"`, `"defaultConfiguration":{"level":"none"}`, scan.SeverityNone},
		"level of the result beats the rule's":  {`"level":"note"`, `"defaultConfiguration":{"level":"error"}`, scan.SeverityLow},
		"default level of a draft":              {`"kind":"fail"`, `"configuration":{"defaultLevel":"note"}`, scan.SeverityLow},
		"score 9.0":                             {`"level":"note","properties":{"security-severity":"9.0"}`, ``, scan.SeverityCritical},
		"score 8.9":                             {`"properties":{"security-severity":"8.9"}`, ``, scan.SeverityHigh},
		"score 7":                               {`"properties":{"security-severity":7}`, ``, scan.SeverityHigh},
		"score 6.99":                            {`"properties":{"security-severity":6.99}`, ``, scan.SeverityMedium},
		"score 4":                               {`"properties":{"security-severity":" 4.0 "}`, ``, scan.SeverityMedium},
		"score 0.1":                             {`"level":"error","properties":{"security-severity":"0.1"}`, ``, scan.SeverityLow},
		"score 0 says nothing":                  {`"level":"error","properties":{"security-severity":"0.0"}`, ``, scan.SeverityHigh},
		"score of no number":                    {`"level":"error","properties":{"security-severity":"high"}`, ``, scan.SeverityHigh},
		"score of 11":                           {`"level":"note","properties":{"security-severity":"11"}`, ``, scan.SeverityLow},
		"score NaN":                             {`"level":"note","properties":{"security-severity":"NaN"}`, ``, scan.SeverityLow},
		"score of the rule":                     {`"level":"note"`, `"properties":{"security-severity":"9.8"}`, scan.SeverityCritical},
		"score of the result beats the rule's":  {`"properties":{"security-severity":"2"}`, `"properties":{"security-severity":"9.8"}`, scan.SeverityLow},
		"kind pass":                             {`"kind":"pass","level":"error"`, ``, scan.SeverityNone},
		"kind notApplicable":                    {`"kind":"notApplicable"`, ``, scan.SeverityNone},
		"kind informational":                    {`"kind":"informational"`, ``, scan.SeverityNone},
		"kind review":                           {`"kind":"review","level":"none"`, ``, scan.SeverityLow},
		"kind open with a score":                {`"kind":"open","level":"none","properties":{"security-severity":"7.5"}`, ``, scan.SeverityHigh},
		"level pass of a draft":                 {`"level":"pass"`, ``, scan.SeverityNone},
		"baseline absent":                       {`"level":"error","baselineState":"absent"`, ``, scan.SeverityNone},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := `{"id":"R1"}`
			if c.rule != "" {
				rule = `{"id":"R1",` + c.rule + `}`
			}
			runs := read(t, `{"version":"2.1.0","runs":[{"results":[{"ruleId":"R1","message":{"text":"m"},`+c.result+`}],"tool":{"driver":{"name":"linter","rules":[`+rule+`]}}}]}`, sarif.ReadOptions{})
			if c.want == scan.SeverityNone {
				require.Empty(t, runs[0].Result.Findings)
				require.Equal(t, 1, runs[0].Passed)
				return
			}
			require.Len(t, runs[0].Result.Findings, 1)
			require.Equal(t, c.want, runs[0].Result.Findings[0].Severity)
		})
	}
}

func TestReadLevelOverride(t *testing.T) {
	t.Parallel()
	const log = `{"version":"2.1.0","runs":[{
		"tool":{"driver":{"name":"linter","rules":[{"id":"R1"},{"id":"R2"}]}},
		"invocations":[{"executionSuccessful":true},{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"index":1},"configuration":{"level":"error"}}]}],
		"results":[
			{"ruleId":"R1","ruleIndex":0,"message":{"text":"m"},"provenance":{"invocationIndex":1}},
			{"ruleId":"R2","ruleIndex":1,"message":{"text":"m"},"provenance":{"invocationIndex":1}},
			{"ruleId":"R2","ruleIndex":1,"message":{"text":"m"},"provenance":{"invocationIndex":0}},
			{"ruleId":"R2","level":"note","message":{"text":"m"},"provenance":{"invocationIndex":1}}]}]}`
	var got []string
	for _, f := range read(t, log, sarif.ReadOptions{})[0].Result.Findings {
		got = append(got, f.RuleID+" "+f.Severity.String())
	}
	require.Equal(t, []string{"R2 HIGH", "R1 MEDIUM", "R2 MEDIUM", "R2 LOW"}, got)
}

func TestReadRules(t *testing.T) {
	t.Parallel()
	const tool = `"tool":{"driver":{"name":"linter","rules":[{"id":"D1","name":"DriverOne"},{"id":"D2","guid":"g2","shortDescription":{"text":"Two\nmore"},"helpUri":"javascript:alert(1)"}]},
		"extensions":[{"name":"pack","guid":"p","rules":[{"id":"E1","shortDescription":{"text":"Extension"},"helpUri":"https://example.com/e1","help":{"text":"Do this."}}]}]}`
	cases := map[string]struct{ result, id, title, link string }{
		"id":                       {`"ruleId":"D1"`, "D1", "DriverOne", ""},
		"index":                    {`"ruleIndex":1`, "D2", "Two", ""},
		"index that is wrong":      {`"ruleId":"D1","ruleIndex":1`, "D1", "DriverOne", ""},
		"index out of range":       {`"ruleIndex":9`, "linter", "linter", ""},
		"part of a rule":           {`"ruleId":"D1/x/y"`, "D1/x/y", "DriverOne", ""},
		"extension by id":          {`"ruleId":"E1"`, "E1", "Extension", "https://example.com/e1"},
		"extension by index":       {`"rule":{"index":0,"toolComponent":{"index":0}}`, "E1", "Extension", "https://example.com/e1"},
		"extension by name":        {`"rule":{"index":0,"toolComponent":{"name":"pack"}}`, "E1", "Extension", "https://example.com/e1"},
		"extension by guid":        {`"rule":{"id":"E1","toolComponent":{"guid":"p"}}`, "E1", "Extension", "https://example.com/e1"},
		"guid":                     {`"rule":{"guid":"g2"}`, "D2", "Two", ""},
		"reference with other id":  {`"ruleId":"D1","rule":{"index":1}`, "D1", "DriverOne", ""},
		"unknown":                  {`"ruleId":"X9"`, "X9", "X9", ""},
		"none":                     {`"level":"error"`, "linter", "linter", ""},
		"id with control sequence": {`"ruleId":"X\u001b]0;\u0007"`, "X]0;", "X]0;", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := read(t, `{"version":"2.1.0","runs":[{"results":[{"message":{"text":"m"},`+c.result+`}],`+tool+`}]}`, sarif.ReadOptions{})
			f := runs[0].Result.Findings[0]
			require.Equal(t, []string{c.id, c.title, c.link}, []string{f.RuleID, runs[0].Result.Rules[0].Title, f.Link})
			require.Equal(t, []string{c.id}, ruleIDs(runs[0].Result.Rules))
			require.Equal(t, scan.SeverityMedium, max(scan.SeverityMedium, runs[0].Result.Rules[0].Severity-1))
		})
	}
}

func TestReadSeveralLocations(t *testing.T) {
	t.Parallel()
	var locations []string
	for i := range 9 {
		locations = append(locations, fmt.Sprintf(`{"physicalLocation":{"artifactLocation":{"uri":"f%d.go"},"region":{"startLine":%d}}}`, i, i+1))
	}
	f := one(t, `"results":[{"message":{"text":"m"},"locations":[`+strings.Join(locations, ",")+`]}]`).Result.Findings[0]
	require.Equal(t, "f0.go", f.Path)
	require.Equal(t, "f1.go:2, f2.go:3, f3.go:4, f4.go:5, f5.go:6, and 3 more", f.Related)
}

func TestReadSuppressions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		suppressions string
		want         *scan.Suppression
	}{
		"none":         {`"suppressions":[]`, nil},
		"null":         {`"suppressions":null`, nil},
		"no status":    {`"suppressions":[{"kind":"inSource","justification":"fine"}]`, &scan.Suppression{Kind: scan.SuppressedExternal, Reason: "fine", Source: "linter"}},
		"accepted":     {`"suppressions":[{"kind":"external","status":"accepted"}]`, &scan.Suppression{Kind: scan.SuppressedExternal, Source: "linter"}},
		"under review": {`"suppressions":[{"kind":"external","status":"underReview"}]`, nil},
		"rejected":     {`"suppressions":[{"kind":"external","status":"rejected"}]`, nil},
		"one rejected": {`"suppressions":[{"kind":"external","status":"accepted"},{"kind":"external","status":"rejected"}]`, nil},
		"place": {`"suppressions":[{"kind":"inSource","location":{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":7}}}}]`,
			&scan.Suppression{Kind: scan.SuppressedExternal, Source: "a.go:7"}},
		"draft":       {`"suppressionStates":["suppressedInSource"]`, &scan.Suppression{Kind: scan.SuppressedExternal, Source: "linter"}},
		"not a list":  {`"suppressions":{"kind":"external"}`, nil},
		"other words": {`"suppressions":[{"kind":"external","status":"maybe"}]`, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, one(t, `"results":[{"message":{"text":"m"},`+c.suppressions+`}]`).Result.Findings[0].Suppression)
		})
	}
}

func TestReadBaseline(t *testing.T) {
	t.Parallel()
	run := one(t, `"results":[{"ruleId":"a","message":{"text":"m"},"baselineState":"new"},{"ruleId":"b","message":{"text":"m"},"baselineState":"updated"},
		{"ruleId":"c","message":{"text":"m"},"baselineState":"unchanged"},{"ruleId":"d","message":{"text":"m"},"baselineState":"absent"}]`)
	var got []string
	for _, f := range run.Result.Findings {
		got = append(got, fmt.Sprint(f.RuleID, f.New))
	}
	require.Equal(t, []string{"atrue", "btrue", "cfalse"}, got)
	require.Equal(t, 1, run.Passed)
	require.Equal(t, scan.BaseCommit, run.Result.Base.Kind)
	require.Equal(t, scan.BaseNone, one(t, `"results":[]`).Result.Base.Kind)
}

func TestReadFingerprint(t *testing.T) {
	t.Parallel()
	at := func(line int, path, more string) string {
		return fmt.Sprintf(`{"ruleId":"R1","message":{"text":"Bad thing at line %d"},%s"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%s"},"region":{"startLine":%d}}}]}`, line, more, path, line)
	}
	print := func(result string) string {
		return one(t, `"results":[`+result+`]`).Result.Findings[0].Fingerprint
	}
	plain := print(at(3, "a.go", ""))
	require.Regexp(t, `^[0-9a-f]{32}$`, plain)
	require.Equal(t, plain, print(at(30, "a.go", "")), "the line does not count")
	require.NotEqual(t, plain, print(at(3, "b.go", "")))
	said := func(words string) string {
		return print(`{"ruleId":"R1","message":{"text":"` + words + `"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"}}}]}`)
	}
	for _, form := range []string{"see b.go:%s", "see lines %s-%s", "see line %s and %s", "see b.cs(%s,%s)", "see b.go#L%s", "see row %s", "see b.go:%s:%s", "at line=%s"} {
		require.Equal(t, said(strings.ReplaceAll(form, "%s", "3")), said(strings.ReplaceAll(form, "%s", "41")), form)
	}
	require.NotEqual(t, said("complexity 3"), said("complexity 4"), "other numbers count")
	require.Equal(t, plain, print(at(3, "a.go", `"partialFingerprints":{"commitSha":"1","author":"x"},`)), "facts about the commit do not count")
	require.Equal(t, plain, print(at(3, "a.go", `"fingerprints":{"matchBasedId/v1":"requires login"},`)))

	given := print(at(3, "a.go", `"partialFingerprints":{"primaryLocationLineHash":"abc:1","primaryLocationStartColumnFingerprint":"4"},`))
	require.NotEqual(t, plain, given)
	require.Equal(t, given, print(at(9, "b.go", `"partialFingerprints":{"primaryLocationLineHash":"abc:1","primaryLocationStartColumnFingerprint":"5"},`)))
	full := print(at(3, "a.go", `"fingerprints":{"id/v1":"f"},"partialFingerprints":{"x":"1"},`))
	require.Equal(t, full, print(at(3, "a.go", `"fingerprints":{"id/v1":"f"},"partialFingerprints":{"x":"2"},`)))

	findings := one(t, `"results":[`+strings.Join([]string{at(9, "a.go", ""), at(3, "a.go", ""), at(3, "b.go", "")}, ",")+`]`).Result.Findings
	var occurrences []string
	for _, f := range findings {
		occurrences = append(occurrences, fmt.Sprintf("%s:%d #%d", f.Path, f.StartLine, f.Occurrence))
	}
	require.Equal(t, []string{"a.go:3 #1", "a.go:9 #2", "b.go:3 #1"}, occurrences)
}
