package pattern

import (
	"fmt"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Own runs the expressions of users' rules. It is not safe for concurrent use.
type Own struct {
	*page.Page
	found *found.List
	// whole are the rules that wait for the end of the file.
	whole []*rule.Live
	// next holds, by rule, the offset before which no further match begins.
	next []int
	// seen marks the watched literals that are in the file; marked lists them.
	seen   []bool
	marked []int
	// pending are the lines for slow rules; timeouts is nil outside a pass.
	pending  []pending
	timeouts Timeouts
	// looks says, for rules with a path, whether they look at this file.
	looks map[*rule.Live]bool
}

// pending is a line for a slow rule, which waits until the keywords of the file are known.
type pending struct {
	rule       *rule.Live
	start, end int
}

// NewOwn makes the matcher of a page. whole are the rules that wait for the end of the file, literals is how many
// literals the automaton has, and next is shared with [Shapes].
func NewOwn(p *page.Page, list *found.List, whole []*rule.Live, literals int, next []int) Own {
	return Own{Page: p, found: list, whole: whole, next: next, seen: make([]bool, literals)}
}

// Begin sets what the rules cost before; nil outside a pass.
func (t *Own) Begin(timeouts Timeouts) { t.timeouts = timeouts }

// Reset makes the matcher ready for another text on its page.
func (t *Own) Reset() {
	for _, literal := range t.marked {
		t.seen[literal] = false
	}
	t.marked, t.pending, t.timeouts = t.marked[:0], t.pending[:0], nil
	clear(t.looks)
}

// See notes that a literal is in the file.
func (t *Own) See(literal int) {
	if !t.seen[literal] {
		t.seen[literal] = true
		t.marked = append(t.marked, literal)
	}
}

// Match runs a user's rule on the literal at data[start:end].
func (t *Own) Match(r *rule.Live, start, end int) {
	if r.Off || !t.wants(r) {
		return
	}
	switch r.Custom.Plan().Method {
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

// wants reports whether a rule looks at this path.
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

// matchWindow finds the matches that contain the literal at data[start:end]. When literals stand close together it
// widens the window and finds the matches behind the literal too, so that each byte is searched a bounded number of
// times. It has found every match that begins before next.
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
	// A match that begins at or before last ends inside the window, and so does the neighbour that it looks at.
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

// runeStart returns the last offset up to at where a character begins, as the regexp package reads the text.
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

// search returns the leftmost match in data[from:limit]. The expression sees the byte before from. The offsets are
// those of the file.
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

// shift adds a number to all offsets of a match.
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

// Judge emits the match at the offsets at, counted from base, when it passes the conditions of the rule.
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
