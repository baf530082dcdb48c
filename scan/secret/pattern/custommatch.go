package pattern

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Own runs the expressions of users' rules.
type Own struct {
	*page.Page
	found *found.List
	// whole are the rules that wait for the end of the file.
	whole []*rule.Live
	// next is by rule the offset before which no further match may begin.
	next []int
	// seen marks the literals that users' rules ask for and that stand in the file; marked lists them.
	seen   []bool
	marked []int
	// pending are the lines that slow rules wait for, and timeouts what they cost before; nil outside of a pass.
	pending  []pending
	timeouts Timeouts
	// looks holds for rules with a path whether they look at this file.
	looks map[*rule.Live]bool
}

// NewOwn makes the matcher of a page. whole are the rules that wait for the end of the file, literals is how many literals
// the automaton has, and next is shared with the built-in rules.
func NewOwn(p *page.Page, list *found.List, whole []*rule.Live, literals int, next []int) Own {
	return Own{Page: p, found: list, whole: whole, next: next, seen: make([]bool, literals)}
}

// Begin sets what the rules cost before; nil outside of a pass.
func (t *Own) Begin(timeouts Timeouts) { t.timeouts = timeouts }

// Reset forgets the text before.
func (t *Own) Reset() {
	for _, literal := range t.marked {
		t.seen[literal] = false
	}
	t.marked, t.pending, t.timeouts = t.marked[:0], t.pending[:0], nil
	clear(t.looks)
}

// See notes that a literal stands in the file.
func (t *Own) See(literal int) {
	if !t.seen[literal] {
		t.seen[literal] = true
		t.marked = append(t.marked, literal)
	}
}

// pending is a line that a slow rule is to look at once the keywords of the file are known.
type pending struct {
	rule       *rule.Live
	start, end int
}

// Timeouts counts by rule the files in which the backtracking engine took too long, over one pass.
type Timeouts []atomic.Int32

// NewTimeouts makes the counters of a pass.
func NewTimeouts(rules int) Timeouts { return make(Timeouts, rules) }

// MaxTimeouts is how many files a slow rule may spoil before it is switched off for the pass: a hostile tree costs
// seconds, not hours.
const MaxTimeouts = 8

// off reports whether a rule has used up its patience.
func (c Timeouts) off(r *rule.Live) bool { return c != nil && c[r.Index].Load() >= MaxTimeouts }

// Match lets a rule that a user brought look at the literal at data[start:end].
func (t *Own) Match(r *rule.Live, start, end int) {
	if r.Off || !t.wants(r) {
		return
	}
	switch r.Custom.Method {
	case rule.MethodWindow:
		t.matchWindow(r, start, end)
	case rule.MethodLines:
		if start >= t.next[r.Index] {
			from, to := t.Line(start)
			t.next[r.Index] = to
			t.matchAll(r, from, to)
		}
	case rule.MethodSlow:
		if start >= t.next[r.Index] {
			from, to := t.Line(start)
			t.next[r.Index] = to
			t.pending = append(t.pending, pending{r, from, to})
		}
	}
}

// wants reports whether the rule looks at this path.
func (t *Own) wants(r *rule.Live) bool {
	if r.Custom.Path == "" {
		return t.Kind.Allows(r.File)
	}
	looks, known := t.looks[r]
	if !known {
		looks = t.Kind.Allows(r.File) && r.Custom.MatchesPath(t.Kind.Path)
		if t.looks == nil {
			t.looks = make(map[*rule.Live]bool)
		}
		t.looks[r] = looks
	}
	return looks
}

// matchWindow finds the matches that hold the literal at data[start:end], and those behind it when literals stand close
// together: then the window is wider, so that each byte is searched a bounded number of times. No match that begins
// before next is left to find.
func (t *Own) matchWindow(r *rule.Live, start, end int) {
	next := t.next[r.Index]
	from := max(next, 0)
	if end-r.Longest > from {
		from = max(next, t.runeStart(end-r.Longest))
	}
	if from > start {
		return
	}
	reach := r.Longest
	if next > 0 && next+r.Longest >= start {
		reach *= 8
	}
	limit := min(len(t.Data), start+reach+1)
	// A match that begins at or before last ends inside of the window, and so does what it looks at behind its end.
	last := len(t.Data)
	if limit < len(t.Data) {
		last = limit - r.Longest - 1
	}
	p := r.CompiledCustom()
	for from <= last {
		at := t.search(p, from, limit)
		if at == nil || at[0] > last {
			t.next[r.Index] = max(from, t.runeStart(last+1))
			return
		}
		t.Judge(r, p, at, 0)
		from = at[1]
		t.next[r.Index] = from
		if t.found.Full() {
			return
		}
	}
}

// runeStart gives the last offset at or before at where a sign begins, as the regexp package reads the text.
func (t *Own) runeStart(at int) int {
	if at >= len(t.Data) {
		return len(t.Data)
	}
	for i := at; i >= 0 && i > at-utf8.UTFMax; i-- {
		if utf8.RuneStart(t.Data[i]) {
			return i
		}
	}
	return at
}

// search finds the leftmost match in data[from:limit], which sees the byte before from. The offsets are those of the file.
func (t *Own) search(p *rule.Programs, from, limit int) []int {
	if p.Behind != nil && from > 0 {
		at := p.Behind.FindSubmatchIndex(t.Data[from-1 : limit])
		if at == nil {
			return nil
		}
		return shift(at[2:], from-1)
	}
	at := p.Free.FindSubmatchIndex(t.Data[from:limit])
	if at == nil {
		return nil
	}
	return shift(at, from)
}

func shift(at []int, by int) []int {
	for i := range at {
		if at[i] >= 0 {
			at[i] += by
		}
	}
	return at
}

// matchAll runs a rule over data[from:to].
func (t *Own) matchAll(r *rule.Live, from, to int) {
	p := r.CompiledCustom()
	for _, at := range p.Free.FindAllSubmatchIndex(t.Data[from:to], t.found.Room()) {
		t.Judge(r, p, at, from)
	}
}

// Judge keeps a match at the offsets at behind base when it is good.
func (t *Own) Judge(r *rule.Live, p *rule.Programs, at []int, base int) {
	start, end := r.Credential(p, at)
	if start < 0 || start >= end {
		return
	}
	matchStart, matchEnd := base+at[0], base+at[1]
	start, end = base+start, base+end
	if !r.Boundary.Fits(t.Data, matchStart, matchEnd) {
		t.found.Tell(r, start, end, "the expression matches, but the match is part of a longer word")
		return
	}
	if bits := looks.Entropy(t.Data[start:end]); r.Custom.Entropy > 0 && bits <= r.Custom.Entropy {
		t.found.Tell(r, start, end, fmt.Sprintf("the expression matches, but %.1f bits a byte are not more than %.1f", bits, r.Custom.Entropy))
		return
	}
	v := check.Verdict{}
	if offline := r.Offline(); offline != nil {
		if v = offline(t.Data, start, end); v.Drop {
			t.found.Tell(r, start, end, "the expression matches, but the check "+r.Check+" fails")
			return
		}
	}
	t.found.EmitMatch(r, start, end, found.Span{Start: matchStart, End: matchEnd}, v)
}

// Finish runs what waits for the end of the file: rules that look at all of it, and slow rules on their lines. It
// drops what lacks its keyword. The error names the rules that took too long.
func (t *Own) Finish(ctx context.Context) error {
	slow := slowLines{own: t}
	for _, w := range t.pending {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.rule.Custom.Held || t.keyword(w.rule) {
			slow.look(w.rule, w.start, w.end)
		}
	}
	for _, r := range t.whole {
		if r.Off || !t.awake(r) || !t.wants(r) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case t.found.Full():
			return found.ErrTooMany
		case r.Custom.Method == rule.MethodText:
			t.matchAll(r, 0, len(t.Data))
		case len(r.Near) == 0:
			for from := 0; from < len(t.Data) && !slow.stopped[r] && ctx.Err() == nil; {
				to := ascii.LineEnd(t.Data, from, len(t.Data))
				slow.look(r, from, to)
				from = to + 1
			}
		}
	}
	t.found.Drop(func(c *found.Candidate) bool {
		if c.Rule.Custom == nil || c.Rule.Custom.Held || t.keyword(c.Rule) {
			return false
		}
		t.found.Tell(c.Rule, c.Start, c.End, "the expression matches, but no keyword of the rule stands in the file")
		return true
	})
	return joinFailures(slow.failed, slow.late)
}

// awake reports whether the file holds what the rule needs to be run at all.
func (t *Own) awake(r *rule.Live) bool {
	return (len(r.Near) == 0 || t.seenAny(r.Near)) && t.keyword(r)
}

// keyword reports whether the file holds one of the rule's keywords.
func (t *Own) keyword(r *rule.Live) bool {
	c := r.Custom
	return len(c.Keywords) == 0 || t.seenAny(r.Wanted) ||
		slices.ContainsFunc(r.Short, func(k []byte) bool { return ascii.ContainsFold(t.Data, k) })
}

func (t *Own) seenAny(literals []int) bool {
	return slices.ContainsFunc(literals, func(literal int) bool { return t.seen[literal] })
}

// MaxSlowLine is the longest line in bytes that the backtracking engine gets.
const MaxSlowLine = 256 << 10

// slowLines runs the backtracking engine over lines of one file. A rule that takes too long on one line does not look at
// the rest of the file.
type slowLines struct {
	own     *Own
	stopped map[*rule.Live]bool
	failed  []error
	// late are the ids of rules that ran out of time, here or in files before.
	late []string
}

func (s *slowLines) stop(r *rule.Live, format string, args ...any) {
	if s.stopped == nil {
		s.stopped = make(map[*rule.Live]bool)
	}
	s.stopped[r] = true
	s.failed = append(s.failed, fmt.Errorf("rule %s "+format, append([]any{r.ID}, args...)...))
}

// look runs a rule over data[from:to], a line.
func (s *slowLines) look(r *rule.Live, from, to int) {
	t := s.own
	switch {
	case s.stopped[r] || t.found.Full():
		return
	case t.timeouts.off(r):
		s.late = append(s.late, r.ID)
		s.stop(r, "was switched off, because it took too long in %d files before; "+
			"write its expression without look-around and back-references, or disable it", MaxTimeouts)
		return
	case to-from > MaxSlowLine:
		s.stop(r, "did not look at line %d, which is longer than %d KB, nor at the rest of the file", t.LineNumber(from), MaxSlowLine>>10)
		return
	}
	all, p, err := r.Custom.FindSlow(string(t.Data[from:to]), found.MaxFindings)
	for _, at := range all {
		t.Judge(r, p, at, from)
	}
	if err == nil {
		return
	}
	if t.timeouts != nil {
		t.timeouts[r.Index].Add(1)
	}
	s.late = append(s.late, r.ID)
	s.stop(r, "took longer than %s on line %d, and did not look at the rest of the file; "+
		"write its expression without look-around and back-references, or disable it", match.SlowTime, t.LineNumber(from))
}

// maxFailures bounds the failures of one file that are named.
const maxFailures = 10

// TimeoutError is why rules did not look at all of a file: they ran out of time in it, or in so many files before that they were
// switched off for the rest.
type TimeoutError struct {
	// Rules are their ids.
	Rules []string
	text  string
}

func (e *TimeoutError) Error() string { return e.text }

func joinFailures(failed []error, late []string) error {
	var text []byte
	for i, err := range failed {
		if i == maxFailures {
			text = fmt.Appendf(text, "; and %d more", len(failed)-i)
			break
		}
		if i > 0 {
			text = append(text, "; "...)
		}
		text = append(text, err.Error()...)
	}
	switch {
	case text == nil:
		return nil
	case late != nil:
		return &TimeoutError{late, string(text)}
	}
	return errors.New(string(text))
}
