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
	// ID is what [RuleID] gives for its name.
	ID, Name, Expression string
	// WarnOnly is set for a rule whose findings never refuse a push.
	WarnOnly bool
}

// RuleID gives the id under which a rule runs that people gave a name: upper-case words; one that a built-in rule has gets
// CUSTOM_ before it. It is empty for a name without letters and digits.
func RuleID(name string) string { return ruleID(name, "CUSTOM") }

// BuiltinRules gives the ids of the built-in rules that a name stands for, in any case: an id of ours, or a name of Soteri's
// (RSA, AWS_CLIENT_ID), which may stand for several. Nil means that there is none.
func BuiltinRules(name string) []string {
	name = strings.ToUpper(name)
	if builtin()[name] && soteriNames[name] == "" {
		return []string{name}
	}
	return ourRules(soteriNames, name)
}

// Rule makes the detector's rule of a server's, and says what is wrong with its expression, without quoting it.
func (g *Global) Rule() (secret.Rule, error) {
	rule := secret.NewRule(g.ID, g.Name, g.Expression, secret.Custom{Origin: GlobalSource, Name: g.Name, WarnOnly: g.WarnOnly})
	rule.Source = GlobalSource
	err := rule.Complete()
	return rule, err
}

// AddGlobal adds what a server says for all repositories, behind what the repository's own files say, which counts: a rule of
// the same id there takes the place of the server's, a built-in rule that they name stays on, and inherit_custom_rules: false
// leaves the server's rules out. Call it last. The ids of the rules that cannot run come back with the reasons.
func (s *Set) AddGlobal(rules []Global, disabled []string) map[string]error {
	bad := map[string]error{}
	for _, id := range disabled {
		if !slices.Contains(s.Builtin, id) && !slices.Contains(s.Disable, id) && builtin()[id] {
			s.Disable = append(s.Disable, id)
		}
	}
	if s.withoutGlobal {
		// There are such rules here.
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
