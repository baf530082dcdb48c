package secret

import (
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// maxCustom bounds the rules that users bring.
const maxCustom = 50_000

// gather joins the built-in rules and the user's own, and gives those that can run by their ids.
func (d *Detector) gather(builtin []rule.Rule, options Options) (running map[string]*rule.Live, problems []error) {
	if len(options.Rules) > maxCustom {
		problems = append(problems, fmt.Errorf("%s are more than the %d that a scan can have",
			scan.Plural(len(options.Rules), "rule", "rules"), maxCustom))
		options.Rules = nil
	}
	d.custom = options.WithoutBuiltin
	d.rules = make([]rule.Live, len(builtin)+len(options.Rules))
	running = make(map[string]*rule.Live, len(d.rules))
	for i := range d.rules {
		r := &d.rules[i]
		r.Index = i
		if i < len(builtin) {
			r.Rule = builtin[i]
			d.byID[r.ID], running[r.ID] = r, r
			r.Off = options.WithoutBuiltin && !slices.Contains(options.Builtin, r.ID)
			continue
		}
		r.Rule = options.Rules[i-len(builtin)]
		if r.Custom != nil {
			// The places of its literals are this detector's.
			own := *r.Custom
			r.Custom = &own
		}
		if err := r.Complete(); err != nil {
			problems = append(problems, err)
			r.Off = true
			continue
		}
		if other := running[r.ID]; other != nil {
			if other.Custom != nil {
				problems = append(problems, fmt.Errorf("%s: rule %s is there twice, first in %s", r.Custom.Origin, r.ID, other.Custom.Origin))
			}
			other.Off = true
		}
		running[r.ID] = r
	}
	return running, problems
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
		if c == nil || r.Off {
			continue
		}
		if c.Method == rule.MethodPath {
			d.files = append(d.files, r)
			continue
		}
		for _, keyword := range c.Keywords {
			if len(keyword) < match.MinLiteral {
				r.Short = append(r.Short, []byte(keyword))
				continue
			}
			r.Wanted = append(r.Wanted, place(keyword))
		}
		for _, literal := range c.Literals {
			at := place(literal)
			r.Near = append(r.Near, at)
			if c.Method != rule.MethodText {
				d.targets[at] = append(d.targets[at], target{rule: r})
			}
		}
		if c.Method == rule.MethodText || c.Method == rule.MethodSlow {
			d.whole = append(d.whole, r)
		}
		watch = append(watch, r.Wanted...)
		if c.Method == rule.MethodText {
			watch = append(watch, r.Near...)
		}
	}
	d.watched = make([]bool, len(*literals))
	for _, at := range watch {
		d.watched[at] = true
	}
}

// namedFiles are the findings of rules that know a file by its path.
func (d *Detector) namedFiles(content *scan.Content) []scan.Finding {
	var found []scan.Finding
	for _, r := range d.files {
		if !r.Custom.MatchesPath(content.Path) {
			continue
		}
		f := scan.Finding{
			Engine: scan.EngineSecrets, RuleID: r.ID, Title: r.Title, Severity: r.Severity, Confidence: r.Confidence,
			Message: "The path of this file matches a rule for files that hold secrets.", Remediation: r.Remediation(), Link: r.Link,
			Key: content.Path,
		}
		f.Suppression = d.allowances.File(r.ID, content.Path, content.Commit)
		found = append(found, f)
	}
	return found
}
