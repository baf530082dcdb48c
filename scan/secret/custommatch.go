package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// own runs the expressions of users' rules.
type own struct {
	*page
	found *list
	// whole are the rules that wait for the end of the file.
	whole []*rule.Live
	// next is by rule the offset before which no further match may begin.
	next []int
	// seen marks the literals that users' rules ask for and that stand in the file; marked lists them.
	seen   []bool
	marked []int
	// pending are the lines that slow rules wait for, and timeouts what they cost before; nil outside of a pass.
	pending  []pending
	timeouts timeouts
	// looks holds for rules with a path whether they look at this file.
	looks map[*rule.Live]bool
}

// reset forgets the text before.
func (t *own) reset() {
	for _, literal := range t.marked {
		t.seen[literal] = false
	}
	t.marked, t.pending, t.timeouts = t.marked[:0], t.pending[:0], nil
	clear(t.looks)
}

// see notes that a literal stands in the file.
func (t *own) see(literal int) {
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

// timeouts counts by rule the files in which the backtracking engine took too long, over one pass.
type timeouts []atomic.Int32

// maxTimeouts is how many files a slow rule may spoil before it is switched off for the pass: a hostile tree costs
// seconds, not hours.
const maxTimeouts = 8

// off reports whether a rule has used up its patience.
func (c timeouts) off(r *rule.Live) bool { return c != nil && c[r.Index].Load() >= maxTimeouts }

// match lets a rule that a user brought look at the literal at data[start:end].
func (t *own) match(r *rule.Live, start, end int) {
	if r.Off || !t.wants(r) {
		return
	}
	switch r.Custom.Method {
	case rule.MethodWindow:
		t.matchWindow(r, start, end)
	case rule.MethodLines:
		if start >= t.next[r.Index] {
			from, to := t.line(start)
			t.next[r.Index] = to
			t.matchAll(r, from, to)
		}
	case rule.MethodSlow:
		if start >= t.next[r.Index] {
			from, to := t.line(start)
			t.next[r.Index] = to
			t.pending = append(t.pending, pending{r, from, to})
		}
	}
}

// wants reports whether the rule looks at this path.
func (t *own) wants(r *rule.Live) bool {
	if r.Custom.Path == "" {
		return t.kind.allows(r.File)
	}
	looks, known := t.looks[r]
	if !known {
		looks = t.kind.allows(r.File) && r.Custom.MatchesPath(t.kind.path)
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
func (t *own) matchWindow(r *rule.Live, start, end int) {
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
	limit := min(len(t.data), start+reach+1)
	// A match that begins at or before last ends inside of the window, and so does what it looks at behind its end.
	last := len(t.data)
	if limit < len(t.data) {
		last = limit - r.Longest - 1
	}
	p := r.CompiledCustom()
	for from <= last {
		at := t.search(p, from, limit)
		if at == nil || at[0] > last {
			t.next[r.Index] = max(from, t.runeStart(last+1))
			return
		}
		t.judge(r, p, at, 0)
		from = at[1]
		t.next[r.Index] = from
		if t.found.full() {
			return
		}
	}
}

// runeStart gives the last offset at or before at where a sign begins, as the regexp package reads the text.
func (t *own) runeStart(at int) int {
	if at >= len(t.data) {
		return len(t.data)
	}
	for i := at; i >= 0 && i > at-utf8.UTFMax; i-- {
		if utf8.RuneStart(t.data[i]) {
			return i
		}
	}
	return at
}

// search finds the leftmost match in data[from:limit], which sees the byte before from. The offsets are those of the file.
func (t *own) search(p *rule.Programs, from, limit int) []int {
	if p.Behind != nil && from > 0 {
		at := p.Behind.FindSubmatchIndex(t.data[from-1 : limit])
		if at == nil {
			return nil
		}
		return shift(at[2:], from-1)
	}
	at := p.Free.FindSubmatchIndex(t.data[from:limit])
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
func (t *own) matchAll(r *rule.Live, from, to int) {
	p := r.CompiledCustom()
	for _, at := range p.Free.FindAllSubmatchIndex(t.data[from:to], maxFindings+1-min(maxFindings, len(t.found.all))) {
		t.judge(r, p, at, from)
	}
}

// judge keeps a match at the offsets at behind base when it is good.
func (t *own) judge(r *rule.Live, p *rule.Programs, at []int, base int) {
	start, end := r.Credential(p, at)
	if start < 0 || start >= end {
		return
	}
	matchStart, matchEnd := base+at[0], base+at[1]
	start, end = base+start, base+end
	if !r.Boundary.Fits(t.data, matchStart, matchEnd) {
		t.found.tell(r, start, end, "the expression matches, but the match is part of a longer word")
		return
	}
	if bits := looks.Entropy(t.data[start:end]); r.Custom.Entropy > 0 && bits <= r.Custom.Entropy {
		t.found.tell(r, start, end, fmt.Sprintf("the expression matches, but %.1f bits a byte are not more than %.1f", bits, r.Custom.Entropy))
		return
	}
	v := check.Verdict{}
	if offline := r.Offline(); offline != nil {
		if v = offline(t.data, start, end); v.Drop {
			t.found.tell(r, start, end, "the expression matches, but the check "+r.Check+" fails")
			return
		}
	}
	n := len(t.found.all)
	if t.found.emit(r, start, end, v); len(t.found.all) > n {
		t.found.all[n].matchStart, t.found.all[n].matchEnd = matchStart, matchEnd
	}
}

// finish runs what waits for the end of the file: rules that look at all of it, and slow rules on their lines. It
// drops what lacks its keyword. The error names the rules that took too long.
func (t *own) finish(ctx context.Context) error {
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
		case t.found.full():
			return ErrTooMany
		case r.Custom.Method == rule.MethodText:
			t.matchAll(r, 0, len(t.data))
		case len(r.Near) == 0:
			for from := 0; from < len(t.data) && !slow.stopped[r] && ctx.Err() == nil; {
				to := ascii.LineEnd(t.data, from, len(t.data))
				slow.look(r, from, to)
				from = to + 1
			}
		}
	}
	t.found.all = slices.DeleteFunc(t.found.all, func(c candidate) bool {
		if c.rule.Custom == nil || c.rule.Custom.Held || t.keyword(c.rule) {
			return false
		}
		t.found.tell(c.rule, c.start, c.end, "the expression matches, but no keyword of the rule stands in the file")
		return true
	})
	return joinFailures(slow.failed, slow.late)
}

// awake reports whether the file holds what the rule needs to be run at all.
func (t *own) awake(r *rule.Live) bool {
	return (len(r.Near) == 0 || t.seenAny(r.Near)) && t.keyword(r)
}

// keyword reports whether the file holds one of the rule's keywords.
func (t *own) keyword(r *rule.Live) bool {
	c := r.Custom
	return len(c.Keywords) == 0 || t.seenAny(r.Wanted) ||
		slices.ContainsFunc(r.Short, func(k []byte) bool { return ascii.ContainsFold(t.data, k) })
}

func (t *own) seenAny(literals []int) bool {
	return slices.ContainsFunc(literals, func(literal int) bool { return t.seen[literal] })
}

// maxSlowLine is the longest line in bytes that the backtracking engine gets.
const maxSlowLine = 256 << 10

// slowLines runs the backtracking engine over lines of one file. A rule that takes too long on one line does not look at
// the rest of the file.
type slowLines struct {
	own     *own
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
	case s.stopped[r] || t.found.full():
		return
	case t.timeouts.off(r):
		s.late = append(s.late, r.ID)
		s.stop(r, "was switched off, because it took too long in %d files before; "+
			"write its expression without look-around and back-references, or disable it", maxTimeouts)
		return
	case to-from > maxSlowLine:
		s.stop(r, "did not look at line %d, which is longer than %d KB, nor at the rest of the file", t.lineNumber(from), maxSlowLine>>10)
		return
	}
	all, p, err := r.Custom.FindSlow(string(t.data[from:to]), maxFindings)
	for _, at := range all {
		t.judge(r, p, at, from)
	}
	if err == nil {
		return
	}
	if t.timeouts != nil {
		t.timeouts[r.Index].Add(1)
	}
	s.late = append(s.late, r.ID)
	s.stop(r, "took longer than %s on line %d, and did not look at the rest of the file; "+
		"write its expression without look-around and back-references, or disable it", match.SlowTime, t.lineNumber(from))
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
