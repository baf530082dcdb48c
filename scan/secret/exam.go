package secret

import (
	"context"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/guess"
	"github.com/sluice-scan/sluice/scan/secret/key"
	"github.com/sluice-scan/sluice/scan/secret/login"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
)

// exam is the examination of one text: the page, what is found on it, and the matchers with the buffers that they keep
// from one text to the next.
type exam struct {
	page.Page
	detector *Detector
	hits     match.Hits
	found    found.List
	shapes   pattern.Shapes
	own      pattern.Own
	names    guess.Names
	commands login.Commands
	keys     key.Keys
	decoder  decoder
	// shapesOnly switches off what guesses by names: the text is decoded, and nobody wrote it down like this.
	shapesOnly bool
}

// newExam makes an exam with its buffers.
func (d *Detector) newExam() *exam {
	x := &exam{detector: d}
	next := make([]int, len(d.rules))
	x.found = found.NewList(&x.Page, d.byID, d.allowances)
	x.shapes = pattern.NewShapes(&x.Page, &x.found, next)
	x.own = pattern.NewOwn(&x.Page, &x.found, d.whole, len(d.literals), next)
	x.names = guess.NewNames(&x.Page, &x.found, d.contexts)
	x.commands = login.NewCommands(&x.Page, &x.found)
	x.keys = key.NewKeys(&x.Page, &x.found)
	x.decoder = decoder{Page: &x.Page, found: &x.found, exam: x}
	return x
}

func (t *exam) reset(path string, data []byte) {
	t.begin(data, page.Classify(path), 0, maxDecoded)
}

// begin makes the exam ready for another text, which lies under depth codings; budget bytes of it may be decoded.
func (t *exam) begin(data []byte, kind page.Kind, depth, budget int) {
	t.Page.Begin(data, kind, depth)
	t.shapesOnly = false
	t.shapes.Reset()
	t.found.Reset()
	t.own.Reset()
	t.names.Reset()
	t.commands.Reset()
	t.decoder.reset(budget)
}

// scan runs the automaton over the text and every hit's targets after each chunk.
func (t *exam) scan(ctx context.Context) error {
	for from := 0; from < len(t.Data); from += chunkSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.chunk(from, min(from+chunkSize, len(t.Data))) {
			return found.ErrTooMany
		}
	}
	t.passwordFile()
	return t.own.Finish(ctx)
}

// chunk looks at data[from:to]; it is false when there are too many candidates to go on.
func (t *exam) chunk(from, to int) bool {
	m := t.detector.automaton
	m.Find(t.Data, from, to, &t.hits)
	for k := range t.hits {
		for _, h := range t.hits[k] {
			for _, literal := range m.Ending(h.State) {
				t.dispatch(literal, h.End-m.Lengths[literal], h.End)
			}
			if t.found.Full() {
				return false
			}
		}
	}
	if !t.Kind.Lock && t.Depth < maxDepth {
		t.decoder.findRuns(to)
	}
	return !t.found.Full()
}

// dispatch lets everyone look who waits for a literal, which stands at data[start:end].
func (t *exam) dispatch(literal, start, end int) {
	if t.found.Trace != nil {
		t.detector.tellHit(t.found.Trace, literal, start, end)
	}
	if t.detector.watched[literal] {
		t.own.See(literal)
	}
	for _, to := range t.detector.targets[literal] {
		switch {
		case to.matcher != nil:
			if !to.guess || !t.shapesOnly {
				to.matcher(t, start, end)
			}
		case to.rule.Custom != nil:
			if t.Depth == 0 {
				t.own.Match(to.rule, start, end)
			}
		default:
			t.shapes.Match(to.rule, start, end)
		}
	}
}

// passwordFile reads files that hold nothing but passwords, by their name.
func (t *exam) passwordFile() {
	switch base := t.Kind.Base; {
	case t.Notation == notation.Table:
		t.names.Table()
	case strings.EqualFold(base, ".pgpass"), strings.EqualFold(base, "pgpass.conf"):
		login.Pgpass(&t.Page, &t.found)
	case strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(t.Kind.Path, base), "config/"),
		strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(t.Kind.Path, base), "config/credentials/"),
		base == "master.key":
		login.RailsKey(&t.Page, &t.found)
	}
}
