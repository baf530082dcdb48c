package secret

import (
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// maxCustom bounds the rules that users bring.
const maxCustom = 50_000

// gather joins the built-in rules and the user's own, and gives those that can run by their ids.
func (d *Detector) gather(builtin []Rule, options Options) (live map[string]*Rule, problems []error) {
	if len(options.Rules) > maxCustom {
		problems = append(problems, fmt.Errorf("%s are more than the %d that a scan can have",
			scan.Plural(len(options.Rules), "rule", "rules"), maxCustom))
		options.Rules = nil
	}
	d.custom = options.WithoutBuiltin
	d.rules = slices.Concat(builtin, options.Rules)
	live = make(map[string]*Rule, len(d.rules))
	for i := range d.rules {
		r := &d.rules[i]
		r.index = i
		if i < len(builtin) {
			d.byID[r.ID], live[r.ID] = r, r
			r.off = options.WithoutBuiltin && !slices.Contains(options.Builtin, r.ID)
			continue
		}
		if r.Custom != nil {
			// The places of its literals are this detector's.
			own := *r.Custom
			r.Custom = &own
		}
		if err := r.Complete(); err != nil {
			problems = append(problems, err)
			r.off = true
			continue
		}
		if other := live[r.ID]; other != nil {
			if other.Custom != nil {
				problems = append(problems, fmt.Errorf("%s: rule %s is there twice, first in %s", r.Custom.Origin, r.ID, other.Custom.Origin))
			}
			other.off = true
		}
		live[r.ID] = r
	}
	return live, problems
}

// compileCustom adds the literals of the users' rules to those of the automaton, whose index maps them to their places.
func (d *Detector) compileCustom(index map[string]int, literals *[]string) {
	place := func(literal string) int {
		at, ok := index[literal]
		if !ok {
			at = len(*literals)
			index[literal] = at
			*literals = append(*literals, literal)
			d.targets = append(d.targets, nil)
		}
		return at
	}
	var watch []int
	for i := range d.rules {
		r := &d.rules[i]
		c := r.Custom
		if c == nil || r.off {
			continue
		}
		c.wanted, c.near, c.short = nil, nil, nil
		if c.method == methodPath {
			d.files = append(d.files, r)
			continue
		}
		for _, keyword := range c.Keywords {
			if len(keyword) < match.MinLiteral {
				c.short = append(c.short, []byte(keyword))
				continue
			}
			c.wanted = append(c.wanted, place(keyword))
		}
		for _, literal := range c.literals {
			at := place(literal)
			c.near = append(c.near, at)
			if c.method != methodText {
				d.targets[at] = append(d.targets[at], target{rule: r})
			}
		}
		if c.method == methodText || c.method == methodSlow {
			d.whole = append(d.whole, r)
		}
		watch = append(watch, c.wanted...)
		if c.method == methodText {
			watch = append(watch, c.near...)
		}
	}
	d.watched = make([]bool, len(*literals))
	for _, at := range watch {
		d.watched[at] = true
	}
}

func (d *Detector) newText() *text {
	return &text{
		detector: d, next: make([]int, len(d.rules)), near: make([]bool, len(d.contextual)), seen: make([]bool, len(d.literals)),
	}
}

// namedFiles are the findings of rules that know a file by its path.
func (d *Detector) namedFiles(content *scan.Content) []scan.Finding {
	var found []scan.Finding
	for _, r := range d.files {
		if !r.Custom.path.MatchString(content.Path) {
			continue
		}
		f := scan.Finding{
			Engine: Engine, RuleID: r.ID, Title: r.Title, Severity: r.Severity, Confidence: r.Confidence,
			Message: "The path of this file matches a rule for files that hold secrets.", Remediation: r.Remediation(), Link: r.Link,
			Key: content.Path,
		}
		if all := d.allowances; all != nil {
			t := text{path: pathKind{path: content.Path}, commit: content.Commit}
			for _, a := range slices.Concat(all.byRule[r.ID], all.everywhere, all.byPath[content.Path]) {
				if f.Suppression == nil && (a.Line > 0 && (len(a.Rules) == 0 || slices.Contains(a.Rules, r.ID)) || a.holds(&t, &candidate{rule: r})) {
					c := candidate{allowed: a}
					f.Suppression = c.suppression()
				}
			}
		}
		found = append(found, f)
	}
	return found
}

// BuiltinIDs lists the ids of the built-in rules in their order.
func BuiltinIDs() []string {
	rules := builtinRules()
	ids := make([]string, len(rules))
	for i := range rules {
		ids[i] = rules[i].ID
	}
	return ids
}

// NewRule makes a rule of an expression that means just what it says, with nothing asked of the neighbours.
func NewRule(id, title, expression string, custom Custom) Rule {
	return Rule{ID: id, Title: title, Expression: expression, Boundary: boundaryNone, Custom: &custom}
}
