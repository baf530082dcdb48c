package rule

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzParse(f *testing.F) {
	for _, keys := range []string{
		"pattern: f($X)", "patterns:\n- pattern: f($X)\n- pattern-not-inside: {patterns: [{pattern: g()}]}\n- metavariable-regex: {metavariable: $X, regex: '[[:alpha:]]\\h(?=a)'}",
		"match:\n  all: [f($X), {not: {inside: g()}}]\n  where: [{focus: [$X]}, {comparison: int($X) > 1, strip: true}, {metavariable: $X, any: [a, b]}]",
		"mode: taint\npattern-sources: [{pattern: a, label: A, by-side-effect: only}]\npattern-sinks: [{pattern: b, requires: A and not B}]\npattern-propagators: [{pattern: a, from: $A, to: $B}]",
		"taint: {sources: [a], sinks: [b], sanitizers: [{pattern: c, exact: true}]}", "options: {generic_braces: [['(', ')']], timeout: 1}\npaths: {include: ['**/*.py']}\npattern: |\n  a\n  ...",
		"pattern: &a f()\nfix: *a\nmetadata: {cwe: [CWE-79], confidence: LOW}\nmin-version: 1.2.3", "mode: join\njoin: {}", "patterns: &b [{patterns: *b}]", "\x00", "pattern: \"\\xff\"", "? [a]\n: b",
	} {
		f.Add([]byte(whole(keys)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, refused := Parse("r.yaml", data)
		again, refusedAgain := Parse("r.yaml", data)
		require.Equal(t, refused, refusedAgain)
		require.Len(t, again, len(rules))
		for i, r := range rules {
			require.NotEmpty(t, r.ID)
			require.NotEmpty(t, r.Languages)
			require.NotEqual(t, r.Match == nil, r.Taint == nil)
			formulas := []Formula{r.Match}
			if r.Taint != nil {
				formulas = nil
				for _, s := range r.Taint.Sources {
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Sinks {
					require.NotNil(t, s.Requires)
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Sanitizers {
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Propagators {
					formulas = append(formulas, s.Formula)
				}
			}
			leaves := 0
			for _, formula := range formulas {
				require.NotNil(t, formula)
				require.False(t, negative(formula))
				Walk(formula, func(f Formula) { leaves += sound(t, f) })
			}
			require.Equal(t, len(r.Leaves), leaves)
			require.Equal(t, r.Message.String(), again[i].Message.Text(func(string, bool) (string, bool) { return "", false }))
			r.Paths.Match("a/b.py")
		}
		for _, each := range refused {
			require.Less(t, len(each.Error()), 1000+len(each.RuleID))
			require.LessOrEqual(t, each.Line, math.MaxInt32)
		}
	})
}

// sound holds a node to the contract of its type. It gives 1 for a leaf.
func sound(t *testing.T, f Formula) int {
	switch f := f.(type) {
	case *Pattern:
		require.NotEmpty(t, f.Text)
		return 1
	case *RegexPattern:
		require.NotNil(t, f.Regex)
		return 1
	case *Not:
		require.False(t, negative(f.Formula))
	case *Inside:
		require.False(t, negative(f.Formula))
	case *Or:
		require.GreaterOrEqual(t, len(f.Members), 2)
		for _, member := range f.Members {
			require.False(t, negative(member))
		}
	case *And:
		for _, c := range f.Where {
			require.NotNil(t, c)
			require.Positive(t, c.At().Line)
		}
		for _, focus := range f.Focus {
			require.NotEmpty(t, focus.Names)
		}
	}
	return 0
}
