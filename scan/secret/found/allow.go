package found

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/page"
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

// Allowances are the allow lists of a detector, by what they speak of.
type Allowances struct {
	everywhere []*Allow
	byRule     map[string][]*Allow
	byPath     map[string][]*Allow
}

func NewAllowances(list []Allow) *Allowances {
	if len(list) == 0 {
		return nil
	}
	all := &Allowances{byRule: make(map[string][]*Allow), byPath: make(map[string][]*Allow)}
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

// File returns the suppression of a rule that reports the file at path itself; nil when nothing allows it. A nil receiver
// allows nothing.
func (all *Allowances) File(id, path, commit string) *scan.Suppression {
	if all == nil {
		return nil
	}
	p := page.Page{Kind: page.Kind{Path: path}, Commit: commit}
	for _, a := range slices.Concat(all.byRule[id], all.everywhere, all.byPath[path]) {
		if a.Line > 0 && (len(a.Rules) == 0 || slices.Contains(a.Rules, id)) || a.holds(&p, &Candidate{}) {
			return a.suppression()
		}
	}
	return nil
}

// allow marks the candidates that an allow list speaks of.
func (l *List) allow() {
	all := l.allowances
	if all == nil || l.page.Depth > 0 {
		// What is decoded is judged where it stands in the file.
		return
	}
	places := all.byPath[l.page.Kind.Path]
	line, counted := 1, 0
	if len(places) > 0 {
		// Lines are counted once, from one candidate to the next.
		slices.SortStableFunc(l.all, func(a, b Candidate) int { return a.Start - b.Start })
	}
	for i := range l.all {
		c := &l.all[i]
		if len(places) > 0 {
			line += bytes.Count(l.page.Data[counted:c.Start], []byte{'\n'})
			counted = c.Start
			last := line + bytes.Count(l.page.Data[c.Start:c.End], []byte{'\n'})
			for _, a := range places {
				if a.Line >= line && a.Line <= last && (len(a.Rules) == 0 || slices.Contains(a.Rules, c.Rule.ID)) {
					c.allowed = a
					break
				}
			}
		}
		for _, list := range [...][]*Allow{all.byRule[c.Rule.ID], all.everywhere} {
			for _, a := range list {
				if c.allowed == nil && a.holds(l.page, c) {
					c.allowed = a
				}
			}
		}
		if c.allowed != nil && l.Trace != nil {
			l.Trace.Add(c.Rule, c.Start, c.End, "allowed by %s", c.allowed.Source)
		}
	}
}

// holds reports whether the conditions speak of a candidate.
func (a *Allow) holds(t *page.Page, c *Candidate) bool {
	set, held := 0, 0
	condition := func(asked, ok bool) {
		if asked {
			set++
			if ok {
				held++
			}
		}
	}
	condition(len(a.Commits) > 0, t.Commit != "" && slices.Contains(a.Commits, t.Commit))
	condition(len(a.Paths)+len(a.Patterns) > 0, a.holdsPath(t.Kind.Path))
	if set > held && a.All || set > 0 && held == set && !a.All {
		return held == set
	}
	condition(len(a.Expressions) > 0, a.matches(t, c))
	condition(len(a.StopWords) > 0, a.stops(t.Data[c.Start:c.End]) || c.Decoded != "" && a.stops([]byte(c.Decoded)))
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

func (a *Allow) matches(t *page.Page, c *Candidate) bool {
	if len(a.Expressions) == 0 {
		return false
	}
	start, end := c.Start, c.End
	switch a.Target {
	case TargetMatch:
		start, end = c.MatchStart, c.MatchEnd
	case TargetLine:
		start, end = ascii.LineStart(t.Data, c.Start, maxAllowLine), ascii.LineEnd(t.Data, c.End, maxAllowLine)
	}
	text := string(t.Data[start:end])
	if c.Decoded != "" && a.Target != TargetMatch && a.Target != TargetLine {
		text = c.Decoded
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

// suppression says who switched a finding off.
func (a *Allow) suppression() *scan.Suppression {
	return &scan.Suppression{Kind: a.Kind, Reason: a.Reason, Source: a.Source}
}
