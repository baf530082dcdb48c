package secret

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func samplePath(r *Rule) string { return r.testPath() }

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
	require.Greater(t, len(d.rules), 250)
	for i := range d.rules {
		r := &d.rules[i]
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
