package secret

import (
	"context"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// exam is the examination of one text: the page, what is found on it, and the matchers with the buffers that they keep
// from one text to the next.
type exam struct {
	page
	detector *Detector
	hits     match.Hits
	found    list
	shapes   shapes
	own      own
	names    names
	commands commands
	keys     keys
	decoder  decoder
	// shapesOnly switches off what guesses by names: the text is decoded, and nobody wrote it down like this.
	shapesOnly bool
}

// newExam makes an exam with its buffers.
func (d *Detector) newExam() *exam {
	x := &exam{detector: d}
	next := make([]int, len(d.rules))
	x.found = list{page: &x.page, byID: d.byID, allowances: d.allowances}
	x.shapes = shapes{page: &x.page, found: &x.found, next: next}
	x.own = own{page: &x.page, found: &x.found, whole: d.whole, next: next, seen: make([]bool, len(d.literals))}
	x.names = names{page: &x.page, found: &x.found, contexts: d.contexts, near: make([]bool, len(d.contexts.rules))}
	x.commands = commands{page: &x.page, found: &x.found}
	x.keys = keys{page: &x.page, found: &x.found}
	x.decoder = decoder{page: &x.page, found: &x.found, exam: x}
	return x
}

func (t *exam) reset(path string, data []byte) {
	t.begin(data, classify(path), 0, maxDecoded)
}

// begin makes the exam ready for another text, which lies under depth codings; budget bytes of it may be decoded.
func (t *exam) begin(data []byte, kind pathKind, depth, budget int) {
	t.page.begin(data, kind, depth)
	t.shapesOnly = false
	clear(t.shapes.next)
	t.found.reset()
	t.own.reset()
	t.names.reset()
	t.commands.reset()
	t.decoder.reset(budget)
}

// scan runs the automaton over the text and every hit's targets after each chunk.
func (t *exam) scan(ctx context.Context) error {
	for from := 0; from < len(t.data); from += chunkSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.chunk(from, min(from+chunkSize, len(t.data))) {
			return ErrTooMany
		}
	}
	t.passwordFile()
	return t.own.finish(ctx)
}

// chunk looks at data[from:to]; it is false when there are too many candidates to go on.
func (t *exam) chunk(from, to int) bool {
	m := t.detector.automaton
	m.Find(t.data, from, to, &t.hits)
	for k := range t.hits {
		for _, h := range t.hits[k] {
			for _, literal := range m.Ending(h.State) {
				t.dispatch(literal, h.End-m.Lengths[literal], h.End)
			}
			if t.found.full() {
				return false
			}
		}
	}
	if !t.kind.lock && t.depth < maxDepth {
		t.decoder.findRuns(to)
	}
	return !t.found.full()
}

// dispatch lets everyone look who waits for a literal, which stands at data[start:end].
func (t *exam) dispatch(literal, start, end int) {
	if t.found.trace != nil {
		t.found.trace.hit(t.detector, literal, start, end)
	}
	if t.detector.watched[literal] {
		t.own.see(literal)
	}
	for _, to := range t.detector.targets[literal] {
		switch {
		case to.matcher != nil:
			if !to.guess || !t.shapesOnly {
				to.matcher(t, start, end)
			}
		case to.rule.Custom != nil:
			if t.depth == 0 {
				t.own.match(to.rule, start, end)
			}
		default:
			t.shapes.match(to.rule, start, end)
		}
	}
}

// passwordFile reads files that hold nothing but passwords, by their name.
func (t *exam) passwordFile() {
	switch base := t.kind.base; {
	case t.notation == notationTable:
		t.names.table()
	case strings.EqualFold(base, ".pgpass"), strings.EqualFold(base, "pgpass.conf"):
		pgpass(&t.page, &t.found)
	case strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(t.kind.path, base), "config/"),
		strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(t.kind.path, base), "config/credentials/"),
		base == "master.key":
		railsKey(&t.page, &t.found)
	}
}
