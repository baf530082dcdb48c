package secret

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Target says which text the expressions of an [Allow] look at.
type Target int

// The targets.
const (
	TargetSecret Target = iota
	TargetMatch
	TargetLine
)

// Allow switches findings off that are known to be harmless, as the allow lists of other scanners do. They are not lost:
// they are findings with a suppression. Conditions that are empty do not count; an Allow without any holds nowhere.
type Allow struct {
	// Rules are the ids of the rules that it speaks of; nil means all.
	Rules []string
	// All means that every condition that is set must hold; else one is enough.
	All bool
	// Commits are full hashes. Only findings of the history belong to a commit.
	Commits []string
	// Paths and Patterns look at the path, Expressions at Target.
	Paths       []*match.Expression
	Patterns    []scan.PathPattern
	Target      Target
	Expressions []*match.Expression
	// StopWords are lower-case texts inside of the credential.
	StopWords []string
	// Path and Line name one place; Line counts from 1.
	Path string
	Line int
	// Kind, Reason and Source go into the suppression.
	Kind, Reason, Source string
}

// allowances are the allow lists of a detector, by what they speak of.
type allowances struct {
	everywhere []*Allow
	byRule     map[string][]*Allow
	byPath     map[string][]*Allow
}

func newAllowances(list []Allow) *allowances {
	if len(list) == 0 {
		return nil
	}
	all := &allowances{byRule: make(map[string][]*Allow), byPath: make(map[string][]*Allow)}
	for i := range list {
		a := &list[i]
		switch {
		case a.Line > 0:
			all.byPath[a.Path] = append(all.byPath[a.Path], a)
		case len(a.Rules) == 0:
			all.everywhere = append(all.everywhere, a)
		default:
			for _, id := range a.Rules {
				all.byRule[id] = append(all.byRule[id], a)
			}
		}
	}
	return all
}

// allow marks the candidates that an allow list speaks of.
func (l *list) allow() {
	all := l.allowances
	if all == nil || l.page.depth > 0 {
		// What is decoded is judged where it stands in the file.
		return
	}
	places := all.byPath[l.page.kind.path]
	line, counted := 1, 0
	if len(places) > 0 {
		// Lines are counted once, from one candidate to the next.
		slices.SortStableFunc(l.all, func(a, b candidate) int { return a.start - b.start })
	}
	for i := range l.all {
		c := &l.all[i]
		if len(places) > 0 {
			line += bytes.Count(l.page.data[counted:c.start], []byte{'\n'})
			counted = c.start
			last := line + bytes.Count(l.page.data[c.start:c.end], []byte{'\n'})
			for _, a := range places {
				if a.Line >= line && a.Line <= last && (len(a.Rules) == 0 || slices.Contains(a.Rules, c.rule.ID)) {
					c.allowed = a
					break
				}
			}
		}
		for _, list := range [...][]*Allow{all.byRule[c.rule.ID], all.everywhere} {
			for _, a := range list {
				if c.allowed == nil && a.holds(l.page, c) {
					c.allowed = a
				}
			}
		}
		if c.allowed != nil && l.trace != nil {
			l.trace.add(c.rule, c.start, c.end, "allowed by %s", c.allowed.Source)
		}
	}
}

// holds reports whether the conditions speak of a candidate.
func (a *Allow) holds(t *page, c *candidate) bool {
	set, held := 0, 0
	condition := func(asked, ok bool) {
		if asked {
			set++
			if ok {
				held++
			}
		}
	}
	condition(len(a.Commits) > 0, t.commit != "" && slices.Contains(a.Commits, t.commit))
	condition(len(a.Paths)+len(a.Patterns) > 0, a.holdsPath(t.kind.path))
	if set > held && a.All || set > 0 && held == set && !a.All {
		return held == set
	}
	condition(len(a.Expressions) > 0, a.matches(t, c))
	condition(len(a.StopWords) > 0, a.stops(t.data[c.start:c.end]) || c.decoded != "" && a.stops([]byte(c.decoded)))
	if a.All {
		return set > 0 && held == set
	}
	return held > 0
}

func (a *Allow) holdsPath(path string) bool {
	return slices.ContainsFunc(a.Paths, func(e *match.Expression) bool { return e.MatchString(path) }) ||
		slices.ContainsFunc(a.Patterns, func(p scan.PathPattern) bool { return p.Match(path) })
}

// maxAllowLine bounds in bytes the part of a line on each side of a finding that expressions look at.
const maxAllowLine = 4096

func (a *Allow) matches(t *page, c *candidate) bool {
	if len(a.Expressions) == 0 {
		return false
	}
	start, end := c.start, c.end
	switch a.Target {
	case TargetMatch:
		start, end = c.matchStart, c.matchEnd
	case TargetLine:
		start, end = ascii.LineStart(t.data, c.start, maxAllowLine), ascii.LineEnd(t.data, c.end, maxAllowLine)
	}
	text := string(t.data[start:end])
	if c.decoded != "" && a.Target != TargetMatch && a.Target != TargetLine {
		text = c.decoded
	}
	return slices.ContainsFunc(a.Expressions, func(e *match.Expression) bool { return e.MatchString(text) })
}

func (a *Allow) stops(secret []byte) bool {
	if len(a.StopWords) == 0 {
		return false
	}
	text := strings.ToLower(string(secret))
	return slices.ContainsFunc(a.StopWords, func(word string) bool { return strings.Contains(text, word) })
}
