package rulebook_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/rulebook"
	"github.com/sluice-scan/sluice/internal/store/policy"
)

// key is a credential that a built-in rule knows by its shape. It works nowhere.
var key = "AKIA" + "Q3EGRX7VNZT2LMWD"

func rule(t *testing.T, name, expression string) *policy.Rule {
	t.Helper()
	r, badName, badExpression := rulebook.New(name, expression, true, true)
	require.NoError(t, badName)
	require.NoError(t, badExpression)
	return r
}

func TestRulesThatMayBeAdded(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ name, expression, badName, badExpression string }{
		"good":          {" acme key ", "acme_[0-9]{8}", "", ""},
		"no name":       {"  ", "x", "letter", ""},
		"only signs":    {"!?", "x", "letter", ""},
		"two lines":     {"a\nb", "x", "one line", ""},
		"long":          {strings.Repeat("a", 201), "x", "200 bytes", ""},
		"no expression": {"a", "", "", "it is missing"},
		"broken":        {"a", "canary_(", "", "missing"},
		"a class":       {"a", "canary_[z-a]", "", ""},
	} {
		r, badName, badExpression := rulebook.New(x.name, x.expression, true, false)
		require.NotEmpty(t, r.DetectorID, name)
		if x.badName == "" {
			require.NoError(t, badName, name)
		} else {
			require.ErrorContains(t, badName, x.badName, name)
		}
		switch {
		case strings.Contains(x.expression, "canary"):
			require.Error(t, badExpression, name)
			require.NotContains(t, badExpression.Error(), "canary", "people paste secrets as expressions")
		case x.badExpression == "":
			require.NoError(t, badExpression, name)
		default:
			require.ErrorContains(t, badExpression, x.badExpression, name)
		}
	}
	list, err := rulebook.Builtins()
	require.NoError(t, err)
	require.Greater(t, len(list), 100)
}

// TestWhatRulesFindInAText: where, masked, by rules that are on; also what no rule reports is masked.
func TestWhatRulesFindInAText(t *testing.T) {
	t.Parallel()
	own := rule(t, "acme key", "acme_[0-9]{8}")
	set := &policy.RuleSet{Rules: []policy.Rule{*own}}
	text := "first line\nid = acme_12345678 # " + key + "\r\nacme_87654321 # pragma: allowlist-secret\n"
	tried, err := rulebook.Try(t.Context(), set, "", text)
	require.NoError(t, err)
	require.Len(t, tried.Matches, 3)
	require.Equal(t, []any{"ACME_KEY", 2, 6, "id = ", "", "the text allows it"}, []any{tried.Matches[0].RuleID, tried.Matches[0].Line, tried.Matches[0].Column, tried.Matches[0].Before, tried.Matches[0].Suppressed, tried.Matches[2].Suppressed})
	for _, m := range tried.Matches {
		for _, secret := range []string{"12345678", "87654321", key[4:]} {
			require.NotContains(t, m.Before+m.Mark+m.After, secret)
		}
	}
	alone, err := rulebook.TryOne(t.Context(), own, "", text)
	require.NoError(t, err)
	require.Len(t, alone.Matches, 2)
	require.NotContains(t, alone.Matches[0].After, key[4:], "of a rule that does not run here")

	set.Disabled = []string{tried.Matches[1].RuleID}
	less, err := rulebook.Try(t.Context(), set, "", text)
	require.NoError(t, err)
	require.Len(t, less.Matches, 2)
	set.Rules = append(set.Rules, policy.Rule{DetectorID: "BROKEN", Name: "broken", Regexp: "("})
	less, err = rulebook.Try(t.Context(), set, "", text)
	require.NoError(t, err)
	require.Contains(t, strings.Join(less.Notes, " "), "The rule BROKEN cannot run")
}

// TestAnyTextCanBeTried: nothing in it or in its path breaks, and it takes linear time.
func TestAnyTextCanBeTried(t *testing.T) {
	t.Parallel()
	own := rule(t, "look", "(?<=x)(a+)+b")
	set := &policy.RuleSet{Rules: []policy.Rule{*own}}
	for _, name := range []string{"", "..", "../../etc/passwd", "/a/b.py", `C:\x\y.env`, strings.Repeat("a/", 1000), "\x00", "a\nb"} {
		for _, text := range []string{"", "\n", "\x00\x00", "\xff\xfe\x00", "\ufeffid", strings.Repeat("acme_12345678\n", 300), "x" + strings.Repeat("a", 30_000), "pass" + "word = \"" + strings.Repeat("é", 9000)} {
			_, err := rulebook.Try(t.Context(), set, name, text)
			require.NoError(t, err, "%q", name)
		}
	}
	many, err := rulebook.TryOne(t.Context(), rule(t, "acme", "acme_[0-9]{8}"), "", strings.Repeat("acme_12345678\n", 300))
	require.NoError(t, err)
	require.Len(t, many.Matches, 200)
	require.Equal(t, 100, many.More)
}
