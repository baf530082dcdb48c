package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// one puts the keys of a formula or of taint into a rule, and gives the rule.
func one(t *testing.T, keys string) *Rule {
	t.Helper()
	rules, refused := Parse("rules.yaml", []byte(whole(keys)))
	require.Empty(t, refused)
	require.Len(t, rules, 1)
	return rules[0]
}

func whole(keys string) string {
	return "rules:\n- id: some-rule\n  languages: [python]\n  severity: ERROR\n  message: Do not.\n" + indent(keys)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

// draw writes a formula on one line.
func draw(f Formula) string {
	list := func(name string, all []Formula) string {
		var parts []string
		for _, each := range all {
			parts = append(parts, draw(each))
		}
		return name + "(" + strings.Join(parts, " ") + ")"
	}
	switch f := f.(type) {
	case *Pattern:
		return fmt.Sprintf("%q", strings.TrimSpace(f.Text))
	case *RegexPattern:
		return "/" + f.Regex.String() + "/"
	case *Or:
		return list("or", f.Members)
	case *Not:
		return list("not", []Formula{f.Formula})
	case *Inside:
		return list("inside", []Formula{f.Formula})
	case *Anywhere:
		return list("anywhere", []Formula{f.Formula})
	case *And:
		text := list("and", f.Members)
		for _, c := range f.Where {
			text += " " + drawCondition(c)
		}
		for _, focus := range f.Focus {
			text += " focus" + fmt.Sprint(focus.Names)
		}
		if f.As != "" {
			text += " as " + f.As
		}
		return text
	}
	return "nothing"
}

func drawCondition(c Condition) string {
	switch c := c.(type) {
	case *RegexCondition:
		return fmt.Sprintf("%s~/%s/", c.Metavariable, c.Regex)
	case *Comparison:
		return fmt.Sprintf("<%s>", c.Expression)
	case *SubFormula:
		return fmt.Sprintf("%s:%s{%s}", c.Metavariable, c.Language, draw(c.Formula))
	case *TypeCondition:
		return fmt.Sprintf("%s is %v", c.Metavariable, c.Types)
	case *NameCondition:
		return fmt.Sprintf("%s from %v", c.Metavariable, c.Modules)
	case *AnalysisCondition:
		return fmt.Sprintf("%s by %s", c.Metavariable, c.Analysis)
	}
	return "nothing"
}

func TestBothSyntaxesGiveTheSameFormula(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"a pattern":    {`pattern: f($X)`, `match: f($X)`, `"f($X)"`},
		"a regex":      {`pattern-regex: f\d`, `match: {regex: 'f\d'}`, `/f\d/`},
		"alternatives": {"pattern-either:\n- pattern: f()\n- pattern-regex: g", "match:\n  any:\n  - f()\n  - regex: g", `or("f()" /g/)`},
		"one alternative is no union": {
			"pattern-either:\n- pattern: f()", "match:\n  any: [f()]", `"f()"`,
		},
		"inside and negations": {
			"patterns:\n- pattern: f($X)\n- pattern-inside: |\n    def $F(...):\n      ...\n- pattern-not: f(1)\n- pattern-not-inside: g(...)\n- pattern-not-regex: x",
			"match:\n  all:\n  - f($X)\n  - inside: |\n      def $F(...):\n        ...\n  - not: f(1)\n  - not:\n      inside: g(...)\n  - not:\n      regex: x",
			`and("f($X)" inside("def $F(...):\n  ...") not("f(1)") not(inside("g(...)")) not(/x/))`,
		},
		"conditions": {
			"patterns:\n- pattern: f($X, $Y)\n- metavariable-regex: {metavariable: $X, regex: ^a}\n- metavariable-comparison: {comparison: $Y > 3}\n- focus-metavariable: $X",
			"match:\n  pattern: f($X, $Y)\n  where:\n  - metavariable: $X\n    regex: ^a\n  - comparison: $Y > 3\n  - focus: $X",
			`and("f($X, $Y)") $X~/^a/ <$Y > 3> focus[$X]`,
		},
		"a conjunction with conditions": {
			"patterns:\n- pattern: f($X)\n- pattern-inside: g(...)\n- metavariable-type: {metavariable: $X, types: [int, str]}\n- focus-metavariable: [$X, $Y]",
			"match:\n  all:\n  - f($X)\n  - inside: g(...)\n  where:\n  - {metavariable: $X, types: [int, str]}\n  - focus: [$X, $Y]",
			`and("f($X)" inside("g(...)")) $X is [int str] focus[$X $Y]`,
		},
		"a formula for a metavariable": {
			"patterns:\n- pattern: f($X)\n- metavariable-pattern:\n    metavariable: $X\n    language: generic\n    patterns:\n    - pattern-not: a",
			"match:\n  pattern: f($X)\n  where:\n  - metavariable: $X\n    language: generic\n    not: a",
			`and("f($X)") $X:generic{and(not("a"))}`,
		},
		"an analysis": {
			"patterns:\n- pattern: f($X)\n- metavariable-analysis: {metavariable: $X, analyzer: redos}",
			"match:\n  pattern: f($X)\n  where: [{metavariable: $X, analyzer: redos}]",
			`and("f($X)") $X by redos`,
		},
		"anywhere": {
			"patterns:\n- pattern: f()\n- semgrep-internal-pattern-anywhere: import $X", "match:\n  all:\n  - f()\n  - anywhere: import $X",
			`and("f()" anywhere("import $X"))`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, draw(one(t, c.old).Match))
			require.Equal(t, c.want, draw(one(t, c.new).Match))
		})
	}
}

func TestEachPartHasItsPlace(t *testing.T) {
	t.Parallel()
	rule := one(t, "patterns:\n- pattern: f($X)\n- pattern-not: |\n    f(1)\n- metavariable-regex:\n    metavariable: $X\n    regex: a")
	require.Equal(t, Position{Line: 2, Column: 3}, rule.At())
	and, ok := rule.Match.(*And)
	require.True(t, ok)
	require.Equal(t, Position{Line: 6, Column: 3}, and.At())
	require.Equal(t, Position{Line: 7, Column: 14}, and.Members[0].At())
	require.Equal(t, Position{Line: 8, Column: 5}, and.Members[1].At())
	require.Equal(t, 9, rule.Leaves[1].At().Line, "a block text begins below its key")
	require.Equal(t, Position{Line: 10, Column: 5}, and.Where[0].At())
	require.Equal(t, 0, rule.Leaves[0].Index())
	require.Equal(t, 1, rule.Leaves[1].Index())
}

func TestTheOnlyMemberOfAllKeepsItsOwnKeys(t *testing.T) {
	t.Parallel()
	r := one(t, "match:\n  all:\n  - pattern: f($X)\n    as: $F\n  where:\n  - {metavariable: $F, pattern: g()}")
	outer, ok := r.Match.(*And)
	require.True(t, ok)
	require.Empty(t, outer.As)
	require.Len(t, outer.Where, 1)
	inner, ok := outer.Members[0].(*And)
	require.True(t, ok)
	require.Equal(t, "$F", inner.As)
	require.Empty(t, inner.Where)
}
