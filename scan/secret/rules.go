package secret

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// maxCustom bounds the rules that users bring.
const maxCustom = 50_000

// ruleSet holds the rules of one detector.
type ruleSet struct {
	// all are the built-in rules, ordered by id, and behind them the users'.
	all []rule.Live
	// builtin holds the built-in rules by id, whether they are off or not.
	builtin map[string]*rule.Live
	// onlyNamed is true when built-in rules run only where the options name them.
	onlyNamed bool
}

// newRuleSet joins the built-in rules and the users' own, and applies the options. The error names every problem.
func newRuleSet(builtin []rule.Rule, options Options) (*ruleSet, error) {
	var problems []error
	if len(options.Rules) > maxCustom {
		problems = append(problems, fmt.Errorf("%s are more than the %d that a scan can have",
			scan.Plural(len(options.Rules), "rule", "rules"), maxCustom))
		options.Rules = nil
	}
	s := &ruleSet{
		all:       make([]rule.Live, len(builtin)+len(options.Rules)),
		builtin:   make(map[string]*rule.Live, len(builtin)),
		onlyNamed: options.WithoutBuiltin,
	}
	running := make(map[string]*rule.Live, len(s.all))
	for i := range s.all {
		r := &s.all[i]
		r.Index = i
		if i < len(builtin) {
			r.Rule = builtin[i]
			s.builtin[r.ID], running[r.ID] = r, r
			r.Off = options.WithoutBuiltin && !slices.Contains(options.Builtin, r.ID)
			continue
		}
		r.Rule = options.Rules[i-len(builtin)]
		if err := addOwn(running, r); err != nil {
			problems = append(problems, err)
		}
	}
	if problems = append(problems, adjust(running, options)...); len(problems) > 0 {
		slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return nil, errors.Join(problems...)
	}
	return s, nil
}

// addOwn completes a user's rule and lets it replace the rule with its id.
func addOwn(running map[string]*rule.Live, r *rule.Live) error {
	if r.Custom != nil {
		// Completing a rule changes it, and the options belong to the caller.
		own := *r.Custom
		r.Custom = &own
	}
	if err := r.Complete(); err != nil {
		r.Off = true
		return err
	}
	var err error
	if other := running[r.ID]; other != nil {
		if other.Custom != nil {
			err = fmt.Errorf("%s: rule %s occurs twice, first in %s", r.Custom.Origin, r.ID, other.Custom.Origin)
		}
		other.Off = true
	}
	running[r.ID] = r
	return err
}

// adjust switches rules off and sets severities. It returns an error for every id that no rule has.
func adjust(running map[string]*rule.Live, options Options) (problems []error) {
	known := func(id string) *rule.Live {
		r := running[id]
		if r == nil {
			problems = append(problems, fmt.Errorf("there is no rule %q: `sluice rules list` shows them all", id))
		}
		return r
	}
	for _, id := range options.Disable {
		if r := known(id); r != nil {
			r.Off = true
		}
	}
	for id, severity := range options.Severity {
		if r := known(id); r != nil {
			r.Severity = severity
		}
	}
	return problems
}

// active returns the rules that can fire, ordered by id.
func (s *ruleSet) active() []rule.Rule {
	var list []rule.Rule
	for i := range s.all {
		if !s.all[i].Off {
			list = append(list, s.all[i].Rule)
		}
	}
	slices.SortStableFunc(list, func(a, b rule.Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// complete reports whether every built-in rule is on.
func (s *ruleSet) complete() bool {
	for _, r := range s.builtin {
		if r.Off {
			return false
		}
	}
	return true
}
