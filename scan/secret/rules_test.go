package secret

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

func samplePath(r *rule.Live) string { return r.TestPath() }

func newTestDetector(t testing.TB) *Detector {
	t.Helper()
	d, err := New(Options{})
	require.NoError(t, err)
	return d
}

func find(t testing.TB, d *Detector, path, text string) []scan.Finding {
	t.Helper()
	found, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: path}, Data: []byte(text)})
	require.NoError(t, err)
	return found
}

func ids(found []scan.Finding) []string {
	var list []string
	for _, f := range found {
		list = append(list, f.RuleID)
	}
	return list
}

func TestRulesFireOnTheirSamples(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	require.Greater(t, len(d.rules.all), 250)
	for i := range d.rules.all {
		r := &d.rules.all[i]
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, r.Match, "a rule needs a sample that matches")
			require.NotEmpty(t, r.NoMatch, "a rule needs a sample that does not match")
			for _, sample := range r.Match {
				text, err := sample.Text()
				require.NoError(t, err)
				require.Contains(t, ids(find(t, d, samplePath(r), text)), r.ID, "match sample %q", string(sample))
			}
			for _, sample := range r.NoMatch {
				text, err := sample.Text()
				require.NoError(t, err)
				require.NotContains(t, ids(find(t, d, samplePath(r), text)), r.ID, "no-match sample %q", string(sample))
			}
		})
	}
}

func TestEveryMatcherNameHasCode(t *testing.T) {
	t.Parallel()
	require.Equal(t, rule.Matchers, slices.Sorted(maps.Keys(matchers)))
}

// The table is shared by all detectors of the process.
func TestDetectorsLeaveTheTableAlone(t *testing.T) {
	t.Parallel()
	before := fmt.Sprintf("%+v", withoutPrograms(builtin.Table()))
	d, err := New(Options{
		Disable: []string{"GITHUB_CLASSIC_PAT"}, Severity: map[string]scan.Severity{"PRIVATE_KEY": scan.SeverityLow},
		Rules: []rule.Rule{custom("GENERIC_PASSWORD", "acme[0-9]{4}")},
	})
	require.NoError(t, err)
	_ = find(t, d, "a.txt", githubToken)
	require.Equal(t, before, fmt.Sprintf("%+v", withoutPrograms(builtin.Table())))
}

// withoutPrograms describes rules, but not whether their expressions are compiled yet.
func withoutPrograms(rules []rule.Rule) []scan.Rule {
	list := make([]scan.Rule, len(rules))
	for i := range rules {
		list[i] = rules[i].Describe()
		list[i].Description += fmt.Sprint(rules[i].Literals, rules[i].Context, rules[i].Severity, rules[i].Expression, rules[i].Custom == nil)
	}
	return list
}
