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

func (a *Allow) holdsPath(path string) bool {
	return slices.ContainsFunc(a.Paths, func(e *match.Expression) bool { return e.MatchString(path) }) ||
		slices.ContainsFunc(a.Patterns, func(p scan.PathPattern) bool { return p.Match(path) })
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
