package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// shapes runs the expressions of built-in rules around their literals.
type shapes struct {
	*page
	found *list
	// next is by rule the offset before which no further match may begin.
	next []int
}

// match looks for matches of a rule's expression that hold the literal at data[start:end]. What it finds over all hits
// are the leftmost matches of the expression over the whole text, from left to right, where one that is refused is
// tried again from its second byte: a match that holds this literal begins at most Longest bytes before the literal's
// end, and one that begins at or before the literal ends at most Longest bytes behind its start; one that begins later
// holds a later literal.
func (t *shapes) match(r *rule.Live, start, end int) {
	if r.Off || !t.kind.allows(r.File) {
		return
	}
	p := r.Compiled()
	if p.Anchored != nil {
		t.matchAt(r, p, start-p.Offset)
		return
	}
	limit := min(len(t.data), start+r.Longest)
	for {
		from := max(t.next[r.Index], end-r.Longest, 0)
		if from > start {
			return
		}
		if !p.Run.In(t.data[from:limit]) {
			return
		}
		at := p.Free.FindSubmatchIndex(t.data[from:limit])
		if at == nil || from+at[0] > start {
			return
		}
		if t.accept(r, p, at, from) {
			t.next[r.Index] = from + at[1]
		} else {
			t.next[r.Index] = from + at[0] + 1
		}
	}
}

// matchAt tries an expression at the one offset where a match with the literal in hand can begin. What is cheap to
// refuse is refused before the expression runs, so that a text full of literals costs little.
func (t *shapes) matchAt(r *rule.Live, p *rule.Programs, begin int) {
	if begin < t.next[r.Index] || !bytes.HasPrefix(t.data[begin:], p.Prefix) || !r.Boundary.Begins(t.data, begin) {
		return
	}
	limit := min(len(t.data), begin+r.Longest)
	if !p.Run.In(t.data[begin:limit]) {
		return
	}
	if at := p.Anchored.FindSubmatchIndex(t.data[begin:limit]); at != nil && t.accept(r, p, at, begin) {
		t.next[r.Index] = begin + at[1]
	}
}

// accept judges a match at the offsets at behind base, and keeps it when it is good.
func (t *shapes) accept(r *rule.Live, p *rule.Programs, at []int, base int) bool {
	start, end := base+at[2*p.Group], base+at[2*p.Group+1]
	t.found.consider(start, end)
	if !r.Boundary.Fits(t.data, base+at[0], base+at[1]) {
		t.found.tell(r, start, end, "the expression matches, but the match is part of a longer word")
		return false
	}
	v := check.Plausible(t.data[start:end])
	if v.Drop {
		t.found.tell(r, start, end, "the expression matches, but the text is a filler")
		return false
	}
	if offline := r.Offline(); offline != nil {
		if v = check.Worse(v, offline(t.data, start, end)); v.Drop {
			t.found.tell(r, start, end, "the expression matches, but the check "+r.Check+" fails")
			return false
		}
	}
	if r.Severity <= scan.SeverityMedium {
		v = t.guess(v)
	}
	n := len(t.found.all)
	if t.found.emit(r, start, end, v); len(t.found.all) > n {
		t.found.all[n].matchStart, t.found.all[n].matchEnd = base+at[0], base+at[1]
	}
	return true
}
