package rule

import (
	"errors"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// maxMatches bounds the matches of one expression in one text.
const maxMatches = 100_000

// Regex is a regular expression of a rule: RE2, or PCRE's look-around and back-references on a backtracking engine with a
// time limit. It is safe for concurrent use.
type Regex struct {
	text     string
	compiled *match.Expression
}

// newRegex compiles an expression. With lines, ^ and $ match at each line.
func newRegex(text string, lines bool) (*Regex, error) {
	written := portable(text)
	if lines {
		written = "(?m)" + written
	}
	compiled, err := match.ParseExpression(written)
	if err != nil {
		return nil, err
	}
	if compiled.Slow() && strings.Contains(written, "[:^") {
		// It would read the letters of the name.
		return nil, errors.New("a negated POSIX class beside look-around is not supported; write the set out")
	}
	return &Regex{text: text, compiled: compiled}, nil
}

// String gives the expression as it was written.
func (r *Regex) String() string { return r.text }

// Find returns the matches in text, in order and without overlap, each with a pair of byte offsets for the match and for
// each of its groups, -1 for a group that took no part. With an error, a part of the text was not searched.
func (r *Regex) Find(text string) ([][]int, error) { return r.compiled.Find(text, maxMatches) }

// Names gives the name of each group, "" for one without a name and for the whole match, which is the first.
func (r *Regex) Names() []string { return r.compiled.Names() }

// Slow reports whether the backtracking engine runs the expression.
func (r *Regex) Slow() bool { return r.compiled.Slow() }

// Start gives the match at the first byte of text in the form of Find; nil when there is none. The match may end anywhere.
// With an error, the text was not searched to the end.
func (r *Regex) Start(text string) ([]int, error) {
	// The leftmost match begins at the first byte if any does.
	found, err := r.compiled.Find(text, 1)
	if err != nil || len(found) == 0 || found[0][0] != 0 {
		return nil, err
	}
	return found[0], nil
}

// MatchStart reports whether the expression matches at the first byte of text. A text that takes too long does not match.
func (r *Regex) MatchStart(text string) bool {
	found, err := r.Start(text)
	return err == nil && found != nil
}
