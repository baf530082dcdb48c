package found

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
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

// Allow switches off findings that are known to be harmless, as the allow lists of other scanners do. They stay in the
// result, with a suppression. An empty condition does not count, and an Allow without any condition allows nothing.
type Allow struct {
	// Rules are the ids of the rules that it applies to; nil means all.
	Rules []string
	// All means that every condition that is set must hold; otherwise one is enough.
	All bool
	// Commits are full hashes. Only findings of the history belong to a commit.
	Commits []string
	// Paths and Patterns match the path, Expressions match Target.
	Paths       []*match.Expression
	Patterns    []scan.PathPattern
	Target      Target
	Expressions []*match.Expression
	// StopWords are lower-case texts that the credential contains.
	StopWords []string
	// Path and Line name one place; Line counts from 1.
	Path string
	Line int
	// Kind, Reason and Source go into the suppression.
	Kind, Reason, Source string
}

// holdsPath reports whether one of the path conditions matches.
func (a *Allow) holdsPath(path string) bool {
	return slices.ContainsFunc(a.Paths, func(e *match.Expression) bool { return e.MatchString(path) }) ||
		slices.ContainsFunc(a.Patterns, func(p scan.PathPattern) bool { return p.Match(path) })
}

// stops reports whether a secret contains one of the stop words, in any case.
func (a *Allow) stops(secret []byte) bool {
	if len(a.StopWords) == 0 {
		return false
	}
	text := strings.ToLower(string(secret))
	return slices.ContainsFunc(a.StopWords, func(word string) bool { return strings.Contains(text, word) })
}

// suppression returns the suppression of a finding that a allows.
func (a *Allow) suppression() *scan.Suppression {
	return &scan.Suppression{Kind: a.Kind, Reason: a.Reason, Source: a.Source}
}
