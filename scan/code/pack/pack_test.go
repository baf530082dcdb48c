package pack_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/pack"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/ruletest"
)

// TestEachRuleFindsItsVulnerableSampleAndNotTheSafeOne: every rule has both kinds of annotations.
func TestEachRuleFindsItsVulnerableSampleAndNotTheSafeOne(t *testing.T) {
	t.Parallel()
	folder := fstest.MapFS{}
	for _, file := range pack.Files() {
		folder[path.Base(file.Name)] = &fstest.MapFile{Data: file.Data}
	}
	require.NoError(t, fs.WalkDir(os.DirFS("testdata"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path.Join("testdata", name))
		folder[name] = &fstest.MapFile{Data: data}
		return err
	}))
	result, err := ruletest.Test(t.Context(), folder, code.Runner{})
	require.NoError(t, err)
	for _, file := range result.Files {
		require.Empty(t, file.Refused, file.Rules)
		require.Empty(t, file.Problems, file.Rules)
		require.Empty(t, file.Untested, file.Rules)
		for _, o := range file.Outcomes {
			assert.True(t, o.Exact(), "%s on %s: missed %v, wrong %v", o.RuleID, o.Target, o.Missed, o.Wrong)
		}
	}
}

// clear are the rules for values that are wrong wherever they stand. What a rule finds in configuration is such a value.
var clear = []string{"python-tls-verify-off", "javascript-tls-verify-off", "java-tls-verify-off", "java-jwt-none", "go-tls-verify-off", "python-jwt-unverified", "javascript-jwt-none"}

func TestEachRuleCanBeRunAndSaysWhatItFinds(t *testing.T) {
	t.Parallel()
	d := code.New(code.Options{Files: pack.Files()})
	require.Empty(t, d.Refused())
	require.Empty(t, d.Skipped())
	rules := d.Rules()
	require.Len(t, d.Active(), len(rules), "each id is there once")
	for _, r := range rules {
		require.NotEmpty(t, r.Weaknesses, r.ID)
		require.NotEmpty(t, r.Categories, r.ID)
		require.NotEmpty(t, r.Link, r.ID)
		require.NotEmpty(t, r.Description, r.ID)
	}
	for _, r := range d.Active() {
		require.NotZero(t, r.Metadata.Confidence, r.ID)
		if r.Severity >= scan.SeverityHigh {
			require.True(t, r.Taint != nil || slices.Contains(clear, r.ID) || slices.ContainsFunc(r.Languages, isConfiguration), "%s: HIGH needs a flow or a clear value", r.ID)
		}
	}
}

func isConfiguration(l rule.Language) bool {
	return slices.Contains([]rule.Language{"yaml", "json", "dockerfile", "terraform"}, l)
}
