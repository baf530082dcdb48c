package ruleset

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret"
)

// GlobalSource is the Source of the rules that a server adds.
const GlobalSource = "global rules"

// Global is a rule that a server adds for all repositories.
type Global struct {
	// ID is the result of [RuleID] for the name.
	ID, Name, Expression string
	// WarnOnly is true for a rule whose findings never refuse a push.
	WarnOnly bool
}

// RuleID returns the id of a rule that people have named: upper-case words. If a built-in rule has that id, CUSTOM_ goes
// before it. The id is empty for a name without letters and digits.
func RuleID(name string) string { return ruleID(name, "CUSTOM") }

// BuiltinRules returns the ids of the built-in rules for a name, in any case: one of our ids, or a name of Soteri's
// (RSA, AWS_CLIENT_ID), which may mean several rules. Nil means that there is none.
func BuiltinRules(name string) []string {
	name = strings.ToUpper(name)
	if builtin()[name] && soteriNames[name] == "" {
		return []string{name}
	}
	return ourRules(soteriNames, name)
}

// Rule converts a server's rule to the detector's. An error says what is wrong with its expression, without quoting it.
func (g *Global) Rule() (secret.Rule, error) {
	rule := secret.NewRule(g.ID, g.Name, g.Expression, secret.Custom{Origin: GlobalSource, Name: g.Name, WarnOnly: g.WarnOnly})
	rule.Source = GlobalSource
	err := rule.Complete()
	return rule, err
}

// AddGlobal adds a server's rules for all repositories. The repository's own files take precedence: their rule replaces
// the server's rule with the same id, a built-in rule that they name stays on, and inherit_custom_rules: false leaves
// out the server's rules. Call it last. It returns the ids of the rules that cannot run, with the reasons.
func (s *Set) AddGlobal(rules []Global, disabled []string) map[string]error {
	bad := map[string]error{}
	for _, id := range disabled {
		if !slices.Contains(s.Builtin, id) && !slices.Contains(s.Disable, id) && builtin()[id] {
			s.Disable = append(s.Disable, id)
		}
	}
	if s.withoutGlobal {
		// With server rules the note would be wrong.
		s.Notes = slices.DeleteFunc(s.Notes, func(n Note) bool { return n.Text == noGlobalRules })
		return bad
	}
	for _, g := range rules {
		if slices.ContainsFunc(s.Rules, func(r secret.Rule) bool { return r.ID == g.ID }) {
			continue
		}
		rule, err := g.Rule()
		if err != nil {
			bad[g.ID] = err
			continue
		}
		s.Rules = append(s.Rules, rule)
	}
	return bad
}
