package pattern

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Shapes runs the expressions of built-in rules around their literals. It is not safe for concurrent use.
type Shapes struct {
	*page.Page
	found *found.List
	// next holds, by rule, the offset before which no further match begins.
	next []int
}

// NewShapes makes the matcher of a page. next has a place for every rule and is shared with [Own].
func NewShapes(p *page.Page, list *found.List, next []int) Shapes {
	return Shapes{Page: p, found: list, next: next}
}

// Reset makes the matcher ready for another text on its page.
func (t *Shapes) Reset() { clear(t.next) }

// Match emits the matches of a rule's expression that contain the literal at data[start:end]. Over all hits these are
// the leftmost matches of the expression in the whole text, from left to right; a match that is refused is tried again
// from its second byte. A match with this literal begins at most Longest bytes before the literal's end. A match that
// begins at or before the literal ends at most Longest bytes behind its start. A match that begins later contains a
// later literal.
func (t *Shapes) Match(r *rule.Live, start, end int) {
	if r.Off || !t.Kind.Allows(r.File) {
		return
	}
	p := r.Compiled()
	if p.Anchored != nil {
		t.matchAt(r, p, start-p.Offset)
		return
	}
	limit := min(len(t.Data), start+r.Longest)
	for {
		from := max(t.next[r.Index], end-r.Longest, 0)
		if from > start {
			return
		}
		if !p.Run.In(t.Data[from:limit]) {
			return
		}
		at := p.Free.FindSubmatchIndex(t.Data[from:limit])
		if at == nil || from+at[0] > start {
			return
		}
		if t.Accept(r, p, at, from) {
			t.next[r.Index] = from + at[1]
		} else {
			t.next[r.Index] = from + at[0] + 1
		}
	}
}

// matchAt tries an expression at the one offset where a match with the literal can begin. Cheap refusals come before
// the expression, so that a text full of literals costs little.
func (t *Shapes) matchAt(r *rule.Live, p *rule.Programs, begin int) {
	if begin < t.next[r.Index] || !bytes.HasPrefix(t.Data[begin:], p.Prefix) || !r.Boundary.Begins(t.Data, begin) {
		return
	}
	limit := min(len(t.Data), begin+r.Longest)
	if !p.Run.In(t.Data[begin:limit]) {
		return
	}
	if at := p.Anchored.FindSubmatchIndex(t.Data[begin:limit]); at != nil && t.Accept(r, p, at, begin) {
		t.next[r.Index] = begin + at[1]
	}
}

// Accept judges the match at the offsets at, counted from base, and emits it when it is good.
func (t *Shapes) Accept(r *rule.Live, p *rule.Programs, at []int, base int) bool {
	start, end := base+at[2*p.Group], base+at[2*p.Group+1]
	t.found.Consider(start, end)
	if !r.Boundary.Fits(t.Data, base+at[0], base+at[1]) {
		t.found.Tell(r, start, end, "the expression matches, but the match is part of a longer word")
		return false
	}
	v := check.Plausible(t.Data[start:end])
	if v.Drop {
		t.found.Tell(r, start, end, "the expression matches, but the text is a filler")
		return false
	}
	if offline := r.Offline(); offline != nil {
		if v = check.Worse(v, offline(t.Data, start, end)); v.Drop {
			t.found.Tell(r, start, end, "the expression matches, but the check "+r.Check+" fails")
			return false
		}
	}
	if r.Severity <= scan.SeverityMedium {
		v = t.Guess(v)
	}
	t.found.EmitMatch(r, start, end, found.Span{Start: base + at[0], End: base + at[1]}, v)
	return true
}
