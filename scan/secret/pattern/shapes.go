package pattern

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Shapes runs the expressions of built-in rules around their literals.
type Shapes struct {
	*page.Page
	found *found.List
	// next is by rule the offset before which no further match may begin.
	next []int
}

// NewShapes makes the matcher of a page. next has a place for every rule, and is shared with the users' rules.
func NewShapes(p *page.Page, list *found.List, next []int) Shapes {
	return Shapes{Page: p, found: list, next: next}
}

// Reset forgets the text before.
func (t *Shapes) Reset() { clear(t.next) }

// Match looks for matches of a rule's expression that hold the literal at data[start:end]. What it finds over all hits
// are the leftmost matches of the expression over the whole text, from left to right, where one that is refused is
// tried again from its second byte: a match that holds this literal begins at most Longest bytes before the literal's
// end, and one that begins at or before the literal ends at most Longest bytes behind its start; one that begins later
// holds a later literal.
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

// matchAt tries an expression at the one offset where a match with the literal in hand can begin. What is cheap to
// refuse is refused before the expression runs, so that a text full of literals costs little.
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

// Accept judges a match at the offsets at behind base, and keeps it when it is good.
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
