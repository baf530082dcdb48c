package pack_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
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
	for _, file := range pack.Strict() {
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
	d := code.New(code.Options{Files: pack.Strict()})
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

// TestTheDocumentsNameRulesThatExist: a rule that is renamed or removed is so in the tables too, and each rule of Python
// and Go that stands for a check of another tool is named with its pack.
func TestTheDocumentsNameRulesThatExist(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range code.New(code.Options{Files: pack.Strict()}).Active() {
		ids[r.ID] = true
	}
	usual := map[string]bool{}
	for _, r := range code.New(code.Options{Files: pack.Files()}).Active() {
		usual[r.ID] = true
	}
	moving, err := os.ReadFile("../../../docs/moving-code.md")
	require.NoError(t, err)
	named := regexp.MustCompile("`((?:python|javascript|java|go)-[a-z-]+)`( \\(strict\\))?").FindAllSubmatch(moving, -1)
	require.Greater(t, len(named), 80)
	for _, each := range named {
		id := string(each[1])
		require.True(t, ids[id], "there is no rule %s", id)
		require.Equal(t, !usual[id], len(each[2]) > 0, "%s: whether it is in the strict pack only", id)
	}
	page, err := os.ReadFile("../../../docs/code.md")
	require.NoError(t, err)
	require.Contains(t, string(page), fmt.Sprintf("a built-in pack of %d rules", len(usual)))
	require.Contains(t, string(page), fmt.Sprintf("adds %d built-in rules", len(ids)-len(usual)))

	// The rule of the page about more keys can be run as it stands there.
	_, example, _ := strings.Cut(string(page), "## More than semgrep's format")
	_, example, _ = strings.Cut(example, "```\n")
	example, _, _ = strings.Cut(example, "```")
	d := code.New(code.Options{Files: []code.RuleFile{{Name: "page.yaml", Data: []byte(example)}}})
	require.Empty(t, d.Refused())
	require.Len(t, d.Active(), 1)
}

func isConfiguration(l rule.Language) bool {
	return slices.Contains([]rule.Language{"yaml", "json", "dockerfile", "terraform"}, l)
}
