package secret

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/decode"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/guess"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// index finds the literals of all rules in a text and knows what each of them wakes. It is immutable once it is built.
type index struct {
	automaton *match.Automaton
	literals  []string
	// targets lists, by literal, what a hit wakes.
	targets [][]target
	// watched marks the literals of which users' rules must know whether they stand in the file.
	watched  []bool
	contexts *guess.Contexts
	// whole are the users' rules that wait for the end of the file, and files those that report a file by its path.
	whole, files []*rule.Live
}

// target is a rule whose expression looks at a hit, or a matcher.
type target struct {
	rule    *rule.Live
	matcher matcher
	// name is the matcher's, as rules call it; empty for a decoder.
	name string
}

// indexer builds an index. Rules and matchers that share a literal share its place.
type indexer struct {
	*index
	places map[string]int
	// seen holds the pairs of a matcher's name and a literal that have been added.
	seen map[[2]string]bool
}

// newIndex indexes the literals of rules. The targets of a literal keep the order of the rules.
func newIndex(rules *ruleSet) (*index, error) {
	x := indexer{index: &index{}, places: make(map[string]int), seen: make(map[[2]string]bool)}
	var contextual []*rule.Live
	for i := range rules.all {
		r := &rules.all[i]
		if r.Custom != nil || rules.onlyNamed && r.Off {
			continue
		}
		if len(r.Context) > 0 {
			contextual = append(contextual, r)
		}
		x.addBuiltin(r)
	}
	for _, name := range looks.ShapedServices() {
		x.addMatcher(name, "assignment")
	}
	x.addDecoder(matcherPercent, decode.PercentLiterals)
	x.addDecoder(matcherEscape, decode.EscapeLiterals)
	x.addDecoder(matcherQuotedPrintable, decode.QuotedPrintableLiterals)
	x.addDecoder(matcherManifest, decode.ManifestLiterals)
	var watch []int
	for i := range rules.all {
		if r := &rules.all[i]; r.Custom != nil && !r.Off {
			watch = append(watch, x.addOwn(r)...)
		}
	}
	x.watched = make([]bool, len(x.literals))
	for _, at := range watch {
		x.watched[at] = true
	}
	var err error
	if x.automaton, err = match.NewAutomaton(x.literals); err != nil {
		return nil, err
	}
	x.contexts, err = guess.NewContexts(contextual)
	return x.index, err
}

// place returns the place of a literal, which it adds when it is new.
func (x *indexer) place(literal string) int {
	at, ok := x.places[literal]
	if !ok {
		at = len(x.literals)
		x.places[literal] = at
		x.literals = append(x.literals, literal)
		x.targets = append(x.targets, nil)
	}
	return at
}

// addBuiltin adds the literals of a built-in rule. The words of a rule with a context wake the matcher of assignments.
func (x *indexer) addBuiltin(r *rule.Live) {
	for _, word := range r.Context {
		x.addMatcher(word, "assignment")
	}
	for _, literal := range r.Literals {
		if r.Matcher != "" {
			x.addMatcher(literal, r.Matcher)
			continue
		}
		at := x.place(literal)
		x.targets[at] = append(x.targets[at], target{rule: r})
	}
}

// addMatcher lets a literal wake a matcher, once.
func (x *indexer) addMatcher(literal, name string) {
	at := x.place(literal)
	if key := [2]string{name, literal}; !x.seen[key] {
		x.seen[key] = true
		x.targets[at] = append(x.targets[at], target{matcher: matchers[name], name: name})
	}
}

// addDecoder lets literals wake a decoder.
func (x *indexer) addDecoder(m matcher, literals []string) {
	for _, literal := range literals {
		at := x.place(literal)
		x.targets[at] = append(x.targets[at], target{matcher: m})
	}
}

// addOwn adds the literals of a user's rule, and returns those that must be watched.
func (x *indexer) addOwn(r *rule.Live) (watch []int) {
	plan := r.Custom.Plan()
	if plan.Method == rule.MethodPath {
		x.files = append(x.files, r)
		return nil
	}
	for _, keyword := range r.Custom.Keywords {
		if len(keyword) < match.MinLiteral {
			r.Short = append(r.Short, []byte(keyword))
			continue
		}
		r.Wanted = append(r.Wanted, x.place(keyword))
	}
	for _, literal := range plan.Literals {
		at := x.place(literal)
		r.Near = append(r.Near, at)
		if plan.Method != rule.MethodText {
			x.targets[at] = append(x.targets[at], target{rule: r})
		}
	}
	if plan.Method == rule.MethodText || plan.Method == rule.MethodSlow {
		x.whole = append(x.whole, r)
	}
	if plan.Method == rule.MethodText {
		return slices.Concat(r.Wanted, r.Near)
	}
	return r.Wanted
}

// tell tells which rules wait for a literal.
func (x *index) tell(tr *found.Trace, literal, start, end int) {
	if !tr.Covers(start, end) {
		return
	}
	var waiting []string
	for _, to := range x.targets[literal] {
		switch {
		case to.rule != nil && !to.rule.Off:
			waiting = append(waiting, to.rule.ID)
		case to.matcher != matcherNone:
			waiting = append(waiting, "the matcher "+to.name)
		}
	}
	if len(waiting) > 0 {
		slices.Sort(waiting)
		waiting = slices.Compact(waiting)
		more := ""
		if n := len(waiting) - 5; n > 0 {
			waiting, more = waiting[:5], fmt.Sprintf(" and %d more", n)
		}
		tr.Add(nil, start, end, "the literal %q wakes %s%s", x.literals[literal], strings.Join(waiting, ", "), more)
	}
}
