package secret

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// text is one file being looked at, with the buffers that outlive it.
type text struct {
	detector *Detector
	data     []byte
	path     pathKind
	hits     match.Hits
	// next is by rule the offset before which no further match may begin.
	next []int
	// near marks the contextual rules one of whose words stands near the value in hand.
	near  []bool
	found []candidate
	// named is the end of the last name that the assignment matcher has looked at.
	named int
	// buffer is for the base64 of keys.
	buffer []byte

	// depth is how many codings lie over this text, and budget how many bytes may still be decoded.
	depth, budget int
	// shapesOnly switches off what guesses by names: the text is decoded, and nobody wrote it down like this.
	shapesOnly bool
	runs       coding.Runs
	// escapedTo, mailEnd and manifestEnd are how far the decoders have looked.
	escapedTo, mailEnd, manifestEnd int
	// sought is true once the beginning has been searched for a mark of generated files.
	sought bool
	// longFrom and longTo are a part of a long line.
	longFrom, longTo int
	// command is the program whose options were read last, and commandEnd how far.
	command, commandEnd int
	decoded             coding.Text
	// encoded are the parts of which the decoded form has been judged.
	encoded []span
	// commit is the file's, for files of the history.
	commit string
	// seen marks the literals that users' rules ask for and that stand in the file; marked lists them.
	seen   []bool
	marked []int
	// pending are the lines that slow rules wait for, and timeouts what they cost before; nil outside of a pass.
	pending  []pending
	timeouts timeouts
	// forced are the severities that rules have whatever they say themselves.
	forced map[string]scan.Severity
	// looks holds for rules with a path whether they look at this file.
	looks map[*rule.Live]bool
	// trace is nil unless someone asks what happens.
	trace *trace
	// masking is true while a redactor asks what must not be shown; masked is what it gets.
	masking bool
	masked  []span
}

// candidate is a match that may still lose its place to a better one.
type candidate struct {
	start, end int
	rule       *rule.Live
	severity   scan.Severity
	confidence scan.Confidence
	note       string
	refused    bool
	// decoded is the credential itself, when the text holds it encoded.
	decoded string
	// matchStart and matchEnd are the whole match, of which the candidate may be a part.
	matchStart, matchEnd int
	// allowed is the allow list that speaks of it, or nil.
	allowed *Allow
}

func (t *text) reset(path string, data []byte) {
	t.begin(data, classify(path), 0, maxDecoded)
}

// begin makes the text ready for data, which lies under a number of codings.
func (t *text) begin(data []byte, path pathKind, depth, budget int) {
	t.data = data
	t.path = path
	if (path.notation == notationINI || path.notation == notationText) && markupStart(data) {
		t.path.notation = notationXML
	}
	clear(t.next)
	t.found = t.found[:0]
	t.named = 0
	t.depth, t.budget, t.shapesOnly = depth, budget, false
	t.runs = coding.Runs{}
	t.escapedTo, t.mailEnd, t.manifestEnd = 0, 0, 0
	t.command, t.commandEnd = 0, 0
	t.longFrom, t.longTo, t.sought = 0, 0, false
	t.encoded = t.encoded[:0]
	t.commit = ""
	for _, literal := range t.marked {
		t.seen[literal] = false
	}
	t.marked, t.pending = t.marked[:0], t.pending[:0]
	t.timeouts, t.trace = nil, nil
	clear(t.looks)
}

// scan runs the automaton over the text and every hit's targets after each chunk.
func (t *text) scan(ctx context.Context) error {
	for from := 0; from < len(t.data); from += chunkSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.chunk(from, min(from+chunkSize, len(t.data))) {
			return ErrTooMany
		}
	}
	t.passwordFile()
	return t.finishCustom(ctx)
}

// chunk looks at data[from:to]; it is false when there are too many candidates to go on.
func (t *text) chunk(from, to int) bool {
	m := t.detector.automaton
	m.Find(t.data, from, to, &t.hits)
	for k := range t.hits {
		for _, h := range t.hits[k] {
			for _, literal := range m.Ending(h.State) {
				t.dispatch(literal, h.End-m.Lengths[literal], h.End)
			}
			if len(t.found) >= maxFindings {
				return false
			}
		}
	}
	if !t.path.lock && t.depth < maxDepth {
		t.findRuns(to)
	}
	return len(t.found) < maxFindings
}

// dispatch lets everyone look who waits for a literal, which stands at data[start:end].
func (t *text) dispatch(literal, start, end int) {
	if t.trace != nil {
		t.trace.hit(t.detector, literal, start, end)
	}
	if t.detector.watched[literal] && !t.seen[literal] {
		t.seen[literal] = true
		t.marked = append(t.marked, literal)
	}
	for _, to := range t.detector.targets[literal] {
		switch {
		case to.matcher != nil:
			if !to.guess || !t.shapesOnly {
				to.matcher(t, start, end)
			}
		case to.rule.Custom != nil:
			if t.depth == 0 {
				t.matchCustom(to.rule, start, end)
			}
		default:
			t.match(to.rule, start, end)
		}
	}
}

// match looks for matches of a rule's expression that hold the literal at data[start:end]. What it finds over all hits
// are the leftmost matches of the expression over the whole text, from left to right, where one that is refused is
// tried again from its second byte: a match that holds this literal begins at most Longest bytes before the literal's
// end, and one that begins at or before the literal ends at most Longest bytes behind its start; one that begins later
// holds a later literal.
func (t *text) match(r *rule.Live, start, end int) {
	if r.Off || !t.path.allows(r) {
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
func (t *text) matchAt(r *rule.Live, p *rule.Programs, begin int) {
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
func (t *text) accept(r *rule.Live, p *rule.Programs, at []int, base int) bool {
	start, end := base+at[2*p.Group], base+at[2*p.Group+1]
	t.consider(start, end)
	if !r.Boundary.Fits(t.data, base+at[0], base+at[1]) {
		t.tell(r, start, end, "the expression matches, but the match is part of a longer word")
		return false
	}
	v := check.Plausible(t.data[start:end])
	if v.Drop {
		t.tell(r, start, end, "the expression matches, but the text is a filler")
		return false
	}
	if offline := r.Offline(); offline != nil {
		if v = check.Worse(v, offline(t.data, start, end)); v.Drop {
			t.tell(r, start, end, "the expression matches, but the check "+r.Check+" fails")
			return false
		}
	}
	if r.Severity <= scan.SeverityMedium {
		v = t.guess(v)
	}
	n := len(t.found)
	if t.emit(r, start, end, v); len(t.found) > n {
		t.found[n].matchStart, t.found[n].matchEnd = base+at[0], base+at[1]
	}
	return true
}

// emit keeps data[start:end] as a candidate of a rule.
func (t *text) emit(r *rule.Live, start, end int, v check.Verdict) {
	if t.masking {
		t.mask(start, end)
		return
	}
	if r.Off || v.Drop || start >= end {
		return
	}
	c := candidate{
		start: start, end: end, rule: r, severity: r.Severity, confidence: r.Confidence, note: v.Note, refused: v.Refused,
		decoded:    v.Decoded,
		matchStart: start, matchEnd: end,
	}
	if v.Severity != 0 {
		c.severity = v.Severity
	}
	if v.Confidence != 0 {
		c.confidence = v.Confidence
	}
	t.found = append(t.found, c)
	if t.trace != nil {
		t.trace.emitted(&c)
	}
}

// appendBest resolves candidates that overlap each other, directly or through others.
func appendBest(kept, cluster []candidate) []candidate {
	first := len(kept)
	slices.SortFunc(cluster, better)
	for _, c := range cluster {
		if !slices.ContainsFunc(kept[first:], func(k candidate) bool { return c.start < k.end && k.start < c.end }) {
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept[first:], func(a, b candidate) int { return cmp.Compare(a.start, b.start) })
	return kept
}

func better(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(a.burden(), b.burden()),
		cmp.Compare(b.rule.Rank(), a.rule.Rank()),
		cmp.Compare(b.confidence, a.confidence),
		cmp.Compare(b.end-b.start, a.end-a.start),
		cmp.Compare(a.start, b.start),
		strings.Compare(a.rule.ID, b.rule.ID),
		-strings.Compare(a.decoded, b.decoded),
	)
}

// burden puts candidates that an allow list speaks of behind the others.
func (c *candidate) burden() int {
	if c.allowed != nil {
		return 1
	}
	return 0
}
