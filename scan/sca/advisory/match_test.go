package advisory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// events turns "introduced 0, fixed 1.2" into a range.
func events(t *testing.T, text string) advisory.Range {
	t.Helper()
	var r advisory.Range
	for part := range strings.SplitSeq(text, ", ") {
		kind, version, ok := strings.Cut(part, " ")
		require.True(t, ok)
		var e advisory.Event
		switch kind {
		case "introduced":
			e.Introduced = version
		case "fixed":
			e.Fixed = version
		case "last":
			e.LastAffected = version
		case "limit":
			e.Limit = version
		default:
			t.Fatal(kind)
		}
		r.Events = append(r.Events, e)
	}
	return r
}

// TestEvaluation follows https://ossf.github.io/osv-schema/#evaluation.
func TestEvaluation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ecosystem scan.Ecosystem
		events    string
		versions  []string
		semver    bool
		in, out   []string
	}{
		"from the beginning":           {ecosystem: "npm", events: "introduced 0, fixed 1.2.0", in: []string{"0.0.1", "1.1.9", "1.2.0-rc.1"}, out: []string{"1.2.0", "2.0.0"}},
		"last affected":                {ecosystem: "npm", events: "introduced 1.0.0, last 1.2.0", in: []string{"1.0.0", "1.2.0"}, out: []string{"0.9.0", "1.2.1"}},
		"no end":                       {ecosystem: "npm", events: "introduced 2.0.0", in: []string{"2.0.0", "99.0.0"}, out: []string{"1.9.9"}},
		"several turns in any order":   {ecosystem: "npm", events: "fixed 3.1.0, introduced 3.0.0, fixed 1.5.0, introduced 0", in: []string{"1.4.9", "3.0.5"}, out: []string{"1.5.0", "2.9.9", "3.1.0"}},
		"introduced again where fixed": {ecosystem: "npm", events: "introduced 0, fixed 1.0.0, introduced 1.0.0, fixed 2.0.0", in: []string{"0.1.0", "1.0.0", "1.9.0"}, out: []string{"2.0.0"}},
		"an empty range":               {ecosystem: "npm", events: "introduced 1.0.0, fixed 1.0.0", out: []string{"0.9.0", "1.0.0", "1.1.0"}},
		"a limit":                      {ecosystem: "npm", events: "introduced 0, limit 2.0.0", in: []string{"1.9.9"}, out: []string{"2.0.0", "3.0.0"}},
		"two limits, one is enough":    {ecosystem: "npm", events: "introduced 0, limit 2.0.0, limit 3.0.0", in: []string{"2.5.0"}, out: []string{"3.0.0"}},
		"a limit of everything":        {ecosystem: "npm", events: "introduced 0, limit *", in: []string{"9.0.0"}},
		"versions by name":             {ecosystem: "npm", versions: []string{"1.0.0", "v1.5.0"}, in: []string{"1.0.0", "1.5.0"}, out: []string{"1.0.1"}},
		"versions beside a range":      {ecosystem: "PyPI", events: "introduced 0, fixed 1.0", versions: []string{"1.1"}, in: []string{"0.5", "1.1"}, out: []string{"1.0", "1.2"}},
		"one version spelled two ways": {ecosystem: "PyPI", versions: []string{"2.0"}, in: []string{"2.0", "2.0.0", "2.0.0.0"}, out: []string{"2.0.1", "2.0rc1"}},
		"PEP 440":                      {ecosystem: "PyPI", events: "introduced 0, fixed 1.0", in: []string{"1.0rc1", "1.0.dev3", "0.9.post1"}, out: []string{"1.0", "1.0.post1", "1!0.1"}},
		"Maven's qualifiers":           {ecosystem: "Maven", events: "introduced 2.0-alpha1, fixed 2.15.0", in: []string{"2.0-beta9", "2.14.1", "2.15.0-SNAPSHOT"}, out: []string{"1.2.17", "2.15.0", "2.15.0.RELEASE"}},
		"Go pseudo-versions":           {ecosystem: "Go", events: "introduced 0, fixed 0.0.0-20220314234659-1baeb1ce4c0b", semver: true, in: []string{"0.0.0-20210101000000-000000000000", "v0.0.0-20220101000000-aaaaaaaaaaaa"}, out: []string{"0.0.0-20220314234659-1baeb1ce4c0b", "0.1.0"}},
		"Go with a v":                  {ecosystem: "Go", events: "introduced 0, fixed 1.2.3", semver: true, in: []string{"v1.2.2"}, out: []string{"v1.2.3", "1.2.3+incompatible"}},
		"RubyGems":                     {ecosystem: "RubyGems", events: "introduced 0, fixed 1.10.4", in: []string{"1.10.4.rc1", "1.9.0"}, out: []string{"1.10.4", "1.11.0.rc2"}},
		"NuGet has four numbers":       {ecosystem: "NuGet", events: "introduced 1.0.0, fixed 1.0.0.5", in: []string{"1.0.0.4", "1.0"}, out: []string{"1.0.0.5", "1.0.1"}},
		"Packagist":                    {ecosystem: "Packagist", events: "introduced 4.0.0, fixed 4.4.7", in: []string{"v4.4.6", "4.0.0"}, out: []string{"v4.4.7", "3.9"}},
		"SemVer in another ecosystem":  {ecosystem: "Packagist", semver: true, events: "introduced 1.0.0, fixed 1.0.1", in: []string{"1.0.0", "1.0.1-beta"}, out: []string{"1.0.1"}},
		"actions":                      {ecosystem: "GitHub Actions", events: "introduced 0, fixed 3.0.2", in: []string{"v3.0.1", "2.1.0"}, out: []string{"v3.0.2"}},
		"Hackage":                      {ecosystem: "Hackage", events: "introduced 0.1, fixed 2.0.1.0", in: []string{"1.9.9.9"}, out: []string{"2.0.1.0", "2.0.1.0.1"}},
		"a turn that is not a version": {ecosystem: "Hackage", events: "introduced 0, fixed not.a.version", in: []string{"1.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := advisory.Advisory{ID: "X-1", Severity: scan.SeverityHigh, Versions: c.versions}
			if c.events != "" {
				r := events(t, c.events)
				r.Semver = c.semver
				a.Ranges = []advisory.Range{r}
			}
			for _, v := range c.in {
				m, ok := advisory.Match(c.ecosystem, v, []advisory.Advisory{a})
				require.True(t, ok && len(m.Groups) == 1, "%s is affected", v)
			}
			for _, v := range c.out {
				m, ok := advisory.Match(c.ecosystem, v, []advisory.Advisory{a})
				require.True(t, ok && len(m.Groups) == 0, "%s is not affected", v)
			}
		})
	}
}

// A range, a branch or a property must not look clean.
func TestWhatIsNoVersionIsNotKnown(t *testing.T) {
	t.Parallel()
	a := []advisory.Advisory{{ID: "X-1", Ranges: []advisory.Range{events(t, "introduced 0")}}}
	for _, e := range advisory.Matchable() {
		for _, v := range []string{"", "main", "${version}", "^1.0.0", ">=1.0", "1.x || 2", "*", strings.Repeat("1.", 1<<19)} {
			m, ok := advisory.Match(e, v, a)
			require.False(t, ok, "%s %.20q", e, v)
			require.Empty(t, m.Groups)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	all := []advisory.Range{events(t, "introduced 0")}
	m, ok := advisory.Match(scan.EcosystemGo, "1.0.0", []advisory.Advisory{
		{ID: "GO-2026-1", Aliases: []string{"CVE-2026-1", "GHSA-aaaa-aaaa-aaaa"}, Severity: scan.SeverityMedium, Ranges: all},
		{ID: "GHSA-aaaa-aaaa-aaaa", Aliases: []string{"CVE-2026-1"}, Severity: scan.SeverityHigh, Score: 7.5, Rated: "CVSS 3.1", Ranges: all},
		{ID: "GO-2026-2", Severity: scan.SeverityMedium, Ranges: all},
		{ID: "CVE-2026-3", Severity: scan.SeverityHigh, Score: 8.1, Rated: "CVSS 3.1", Ranges: all},
		{ID: "X-4", Aliases: []string{"CVE-2026-4"}, Severity: scan.SeverityLow, Rated: "database", Ranges: all},
		{ID: "Y-4", Aliases: []string{"CVE-2026-4"}, Severity: scan.SeverityMedium, Ranges: all},
		{ID: "MAL-2026-5", Severity: scan.SeverityCritical, Rated: "malware", Ranges: all},
	})
	require.True(t, ok)
	var got []string
	for _, g := range m.Groups {
		got = append(got, g.Severity.String()+" "+strings.Join(g.IDs, " "))
	}
	require.Equal(t, []string{
		"CRITICAL MAL-2026-5", "HIGH CVE-2026-3", "HIGH GHSA-aaaa-aaaa-aaaa CVE-2026-1 GO-2026-1", "MEDIUM GO-2026-2", "LOW CVE-2026-4 X-4 Y-4",
	}, got)
	require.Equal(t, "GHSA-aaaa-aaaa-aaaa", m.Groups[2].Advisories[0].ID)
}

func TestFix(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ecosystem  scan.Ecosystem
		version    string
		advisories []string
		fix        string
		major      bool
	}{
		"the one that clears all":            {"npm", "1.0.0", []string{"introduced 0, fixed 1.2.0", "introduced 0, fixed 1.4.1"}, "1.4.1", false},
		"not into another hole":              {"npm", "1.0.0", []string{"introduced 0, fixed 1.2.0", "introduced 1.2.0, fixed 1.3.0"}, "1.3.0", false},
		"the same major before a newer one":  {"npm", "1.0.0", []string{"introduced 0, fixed 1.9.0, introduced 2.0.0, fixed 2.3.0"}, "1.9.0", false},
		"another major":                      {"npm", "1.0.0", []string{"introduced 0, fixed 2.3.0"}, "2.3.0", true},
		"none":                               {"npm", "1.0.0", []string{"introduced 0, last 1.0.0"}, "", false},
		"not an older one":                   {"npm", "2.5.0", []string{"introduced 0, fixed 1.9.0, introduced 2.0.0"}, "", false},
		"0.x of npm breaks with its minor":   {"npm", "0.2.1", []string{"introduced 0, fixed 0.3.0"}, "0.3.0", true},
		"0.x of Go does not":                 {"Go", "v0.0.0-20210101000000-000000000000", []string{"introduced 0, fixed 0.7.0"}, "0.7.0", false},
		"an end mark is not a release":       {"Go", "1.20.1", []string{"introduced 1.20.0, fixed 1.21.0-0", "introduced 0, fixed 1.20.9"}, "", false},
		"by the order of the ecosystem":      {"Maven", "2.14.1", []string{"introduced 0, fixed 2.15.0", "introduced 0, fixed 2.9.10.8"}, "2.15.0", false},
		"one version of two spellings, once": {"PyPI", "1.0", []string{"introduced 0, fixed 1.1", "introduced 0, fixed 1.1.0"}, "1.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var list []advisory.Advisory
			for i, text := range c.advisories {
				list = append(list, advisory.Advisory{ID: "X-" + string(rune('a'+i)), Ranges: []advisory.Range{events(t, text)}})
			}
			m, ok := advisory.Match(c.ecosystem, c.version, list)
			require.True(t, ok)
			require.NotEmpty(t, m.Groups)
			require.Equal(t, c.fix, m.Fix)
			require.Equal(t, c.major, m.Major)
		})
	}
}
