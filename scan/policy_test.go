package scan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestParsePolicyReadsEverything(t *testing.T) {
	t.Parallel()
	p, err := scan.ParsePolicy(".sluice.yml", []byte(`# what the gate does here
fail-on: MEDIUM
fail_scope: new
engines: [secrets, code]
history: off
rules:
  disable: [GENERIC_PASSWORD]
  severity:
    JSON_WEB_TOKEN: low
suppress:
  - fingerprint: 0123456789ABCDEF0123456789ABCDEF
    reason: revoked
    expires: 2027-01-31
`))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"fail-on": "MEDIUM", "fail-scope": "new", "engines": "secrets\ncode", "history": "off"}, p.Settings)
	require.Equal(t, []string{"GENERIC_PASSWORD"}, p.DisabledRules)
	require.Equal(t, map[string]scan.Severity{"JSON_WEB_TOKEN": scan.SeverityLow}, p.Severities)
	require.Len(t, p.Suppress, 1)
	require.Equal(t, "0123456789abcdef0123456789abcdef", p.Suppress[0].Fingerprint)
	require.Equal(t, 11, p.Suppress[0].Line)
	require.Equal(t, "2027-01-31", p.Suppress[0].Expires.Format("2006-01-02"))
	require.Empty(t, p.Warnings)
}

func TestParsePolicyNamesEveryProblemWithItsLine(t *testing.T) {
	t.Parallel()
	_, err := scan.ParsePolicy("p.yml", []byte(`fail-on: [a, {b: c}]
fail-on: HIGH
suppress:
  - path: "a[b"
    reason: x
  - path: ok/**
  - reason: nothing named
  - fingerprint: abc
    reason: r
    expires: tomorrow
rules:
  severity: {A: SEVERE}
  disable: A
`))
	require.Error(t, err)
	for _, want := range []string{
		"p.yml:1: fail-on: expected one value, found keys and values",
		"p.yml:2: the file: the key \"fail-on\" occurs twice, first in line 1",
		"p.yml:4: suppress.path: \"a[b\" is not a path pattern",
		"p.yml:6: suppress: path ok/** has no reason",
		"p.yml:7: suppress: name a fingerprint, a path or a rule",
		"p.yml:10: suppress.expires: \"tomorrow\" is not a day: write it as 2027-01-31",
		"p.yml:12: rules.severity.A: \"SEVERE\" is not a severity",
		"p.yml:13: rules.disable: expected a list (- item), found \"A\"",
	} {
		require.ErrorContains(t, err, want)
	}
	require.Len(t, strings.Split(err.Error(), "\n"), 8)
}

func TestParsePolicyWarnsAboutUnknownKeys(t *testing.T) {
	t.Parallel()
	p, err := scan.ParsePolicy("p.yml", []byte("fail-at: HIGH\nsuppress:\n- path: x\n  reason: r\n  until: 2020\n---\nsecond: document\n"))
	require.NoError(t, err)
	require.Len(t, p.Warnings, 3)
	require.Contains(t, p.Warnings[0], "p.yml:1: the file has no key \"fail-at\"")
	require.Contains(t, p.Warnings[1], "p.yml:5: suppress has no key \"until\"")
	require.Contains(t, p.Warnings[2], "only the first YAML document")
}

func TestParsePolicyOfNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "comment": "# nothing\n", "null": "null\n", "no items": "suppress:\nrules:\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := scan.ParsePolicy("p.yml", []byte(text))
			require.NoError(t, err)
			require.Empty(t, p.Suppress)
		})
	}
}

func TestParsePolicyRefusesWhatIsNoYAML(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"syntax": "a: [", "a list": "- x", "a word": "hello", "too large": strings.Repeat("# x\n", 300_000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scan.ParsePolicy("p.yml", []byte(text))
			require.ErrorContains(t, err, "p.yml")
		})
	}
}

func TestPathPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*.md", "a/b/README.md", true}, {"*.md", "a/b.md/c.txt", true}, {"*.md", "a/b.txt", false},
		{"testdata/", "testdata/x/y", true}, {"testdata", "a/testdata/x", true}, {"testdata/**", "a/testdata/x", false},
		{"/docs", "docs/a", true}, {"/docs", "docs", true}, {"a/*/c", "a/b/c/d", true}, {"a/*/c", "a/b/d", false},
		{"**/fixtures/**", "x/fixtures/y", true}, {"./a/b", "a/b", true}, {"{a,b}/*.go", "b/x.go", true},
	} {
		p, err := scan.ParsePathPattern(c.pattern)
		require.NoError(t, err)
		require.Equal(t, c.want, p.Match(c.path), "%s on %s", c.pattern, c.path)
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{"fail-on: HIGH", "suppress:\n- path: a\n  reason: b", "a: &x [*x]", "rules: {severity: {A: LOW}}", "a: &a [1]\nb: [*a,*a]\nsuppress: *a", "? [a]\n: b", "- \xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := scan.ParsePolicy("p.yml", data)
		require.NotEqual(t, p == nil, err == nil)
	})
}

func TestReadBaselineRefusesWhatItDidNotWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"no JSON":        {"{", "it is not JSON"},
		"wrong type":     {`"x"`, "cannot unmarshal"},
		"other version":  {`{"version":9}`, "version 9 is not 1"},
		"no fingerprint": {`{"version":1,"findings":[{"rule":"A"}]}`, "finding 1 has no fingerprint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scan.ReadBaseline("b.json", strings.NewReader(c[0]))
			require.ErrorContains(t, err, "read baseline b.json")
			require.ErrorContains(t, err, c[1])
			require.ErrorContains(t, err, "--write-baseline")
		})
	}
}
