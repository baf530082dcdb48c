package secret

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// When a built-in rule's finding overlaps a user's, the one that covers the other and is at least as severe stands for both.
// Otherwise both stay.
func TestRulesOfOnesOwnLowerNothing(t *testing.T) {
	t.Parallel()
	// An AWS key is at least HIGH by the built-in rules. Users' rules are HIGH unless they say otherwise.
	key := "AKIA" + "Q3EGRZ7P2KX4MN5T"
	builtin, err := New(Options{})
	require.NoError(t, err)
	id := find(t, builtin, "a.txt", key)[0].RuleID
	with := func(expression string, own, ours scan.Severity) []string {
		t.Helper()
		theirs := custom("OV", expression)
		d, err := New(Options{Rules: []Rule{theirs}, Severity: map[string]scan.Severity{"OV": own, id: ours}})
		require.NoError(t, err)
		return texts(find(t, d, "a.txt", "x "+key+" y\n"))
	}
	const critical, high, medium = scan.SeverityCritical, scan.SeverityHigh, scan.SeverityMedium
	for name, x := range map[string]struct {
		expression string
		own, ours  scan.Severity
		want       []string
	}{
		"the same text, less severe":        {`AKIA[A-Z0-9]{16}`, high, critical, []string{id + " " + key}},
		"the same text, as severe":          {`AKIA[A-Z0-9]{16}`, high, high, []string{"OV " + key}},
		"the same text, more severe":        {`AKIA[A-Z0-9]{16}`, critical, high, []string{"OV " + key}},
		"a part, less severe":               {`AKIA[A-Z0-9]{4}`, high, critical, []string{id + " " + key}},
		"a part, more severe":               {`AKIA[A-Z0-9]{4}`, critical, high, []string{id + " " + key, "OV " + key[:8]}},
		"more, less severe":                 {`x AKIA[A-Z0-9]{16} y`, medium, high, []string{"OV x " + key + " y", id + " " + key}},
		"more, as severe":                   {`x AKIA[A-Z0-9]{16} y`, high, high, []string{"OV x " + key + " y"}},
		"across the beginning, less severe": {`x AKIA[A-Z0-9]{4}`, medium, critical, []string{"OV x " + key[:8], id + " " + key}},
		"across the end, more severe":       {`[A-Z0-9]{4} y`, critical, high, []string{id + " " + key, "OV " + key[16:] + " y"}},
		"beside it":                         {`^x`, medium, critical, []string{"OV x", id + " " + key}},
	} {
		require.Equal(t, x.want, with(x.expression, x.own, x.ours), name)
	}

	// An allowed finding does not stand for one that is not.
	d, err := New(Options{Rules: []rule.Rule{custom("OV", `x AKIA[A-Z0-9]{16} y`)}, Allow: []found.Allow{{Kind: scan.SuppressedPath, Reason: "ours", Rules: []string{"OV"}, StopWords: []string{"akia"}}}})
	require.NoError(t, err)
	live := 0
	for _, f := range find(t, d, "a.txt", "x "+key+" y\n") {
		if f.Live() {
			require.Equal(t, id, f.RuleID)
			live++
		}
	}
	require.Equal(t, 1, live)

	// A rule that only warns does not let a push pass that a built-in rule refuses.
	warns := custom("OV", `AKIA[A-Z0-9]{16}`)
	warns.Custom.WarnOnly = true
	d, err = New(Options{Rules: []rule.Rule{warns}, Severity: map[string]scan.Severity{"OV": critical, id: high}})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"OV " + key, id + " " + key}, texts(find(t, d, "a.txt", key)))

	// A rule with the same id replaces the built-in one.
	d, err = New(Options{Rules: []rule.Rule{custom(id, `AKIA[A-Z0-9]{4}`)}})
	require.NoError(t, err)
	require.Equal(t, []string{id + " " + key[:8]}, texts(find(t, d, "a.txt", key)))

	// A text that a built-in rule refuses is not a credential.
	d, err = New(Options{Rules: []rule.Rule{custom("OV", `AKIA[A-Z0-9]{16}`)}})
	require.NoError(t, err)
	require.Empty(t, find(t, d, "a.txt", "AKIA"+"IOSFODNN7EXAMPLE"))
}
