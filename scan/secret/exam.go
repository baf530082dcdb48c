package secret

import (
	"context"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/decode"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/guess"
	"github.com/sluice-scan/sluice/scan/secret/key"
	"github.com/sluice-scan/sluice/scan/secret/login"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
)

// chunkSize is how many bytes are searched between two looks at the context. It keeps the buffer of hits small.
const chunkSize = 64 << 10

// exam is the examination of one text: the page, what is found on it, and the matchers with the buffers that they keep
// from one text to the next.
type exam struct {
	page  page.Page
	index *index
	hits  match.Hits
	found found.List

	shapes   pattern.Shapes
	own      pattern.Own
	names    guess.Names
	commands login.Commands
	keys     key.Keys
	decoder  decode.Decoder
	// guesses is false in decoded text that nobody wrote down like this: names do not count there.
	guesses bool
	pool    *sync.Pool
}

// newExam makes an exam with its buffers. It takes the exams of decoded texts from the pool.
func newExam(rules *ruleSet, x *index, allowances *found.Allowances, pool *sync.Pool) *exam {
	e := &exam{index: x, pool: pool}
	p, list := &e.page, &e.found
	next := make([]int, len(rules.all))
	e.found = found.NewList(p, rules.builtin, allowances)
	e.shapes = pattern.NewShapes(p, list, next)
	e.own = pattern.NewOwn(p, list, x.whole, len(x.literals), next)
	e.names = guess.NewNames(p, list, x.contexts)
	e.commands = login.NewCommands(p, list)
	e.keys = key.NewKeys(p, list)
	e.decoder = decode.New(p, list, e.open)
	return e
}

// begin makes the exam ready for a text, which lies under depth codings. budget bytes of it may be decoded.
func (e *exam) begin(data []byte, kind page.Kind, depth, budget int, guesses bool) {
	e.page.Begin(data, kind, depth)
	e.guesses = guesses
	e.found.Reset()
	e.shapes.Reset()
	e.own.Reset()
	e.names.Reset()
	e.commands.Reset()
	e.decoder.Reset(budget, guesses)
}

// beginFile makes the exam ready for a whole file.
func (e *exam) beginFile(kind page.Kind, data []byte) { e.begin(data, kind, 0, decode.Budget, true) }

// scan examines the text. It looks at ctx after each chunk.
func (e *exam) scan(ctx context.Context) error {
	for from := 0; from < len(e.page.Data); from += chunkSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !e.chunk(from, min(from+chunkSize, len(e.page.Data))) {
			return found.ErrTooMany
		}
	}
	e.passwordFile()
	return e.own.Finish(ctx)
}

// chunk examines data[from:to]. It returns false when there are too many candidates to go on.
func (e *exam) chunk(from, to int) bool {
	m := e.index.automaton
	m.Find(e.page.Data, from, to, &e.hits)
	for k := range e.hits {
		for _, h := range e.hits[k] {
			for _, literal := range m.Ending(h.State) {
				e.hit(literal, h.End-m.Lengths[literal], h.End)
			}
			if e.found.Full() {
				return false
			}
		}
	}
	if !e.page.Kind.Lock && e.page.Depth < decode.MaxDepth {
		e.decoder.Runs(to)
	}
	return !e.found.Full()
}

// hit wakes every rule and matcher that waits for the literal at data[start:end].
func (e *exam) hit(literal, start, end int) {
	if e.found.Trace != nil {
		e.index.tell(e.found.Trace, literal, start, end)
	}
	if e.index.watched[literal] {
		e.own.See(literal)
	}
	for _, to := range e.index.targets[literal] {
		switch {
		case to.matcher != matcherNone:
			if e.guesses || !to.matcher.guesses() {
				e.run(to.matcher, start, end)
			}
		case to.rule.Custom != nil:
			if e.page.Depth == 0 {
				e.own.Match(to.rule, start, end)
			}
		default:
			e.shapes.Match(to.rule, start, end)
		}
	}
}

// run lets a matcher look at the literal at data[start:end].
func (e *exam) run(m matcher, start, end int) {
	switch m {
	case matcherAssignment:
		e.names.Match(start, end)
	case matcherCall:
		login.MatchCall(&e.page, &e.found, start, end)
	case matcherCommand:
		e.commands.Match(start, end)
	case matcherDER:
		e.keys.MatchDER(start)
	case matcherHeader:
		login.MatchHeader(&e.page, &e.found, start, end)
	case matcherJWK:
		key.MatchJWK(&e.page, &e.found, start, end)
	case matcherJWT:
		key.MatchJWT(&e.page, &e.found, start)
	case matcherNetrc:
		login.MatchNetrc(&e.page, &e.found, start, end)
	case matcherPEM:
		e.keys.MatchPEM(start, end)
	case matcherPhrase:
		guess.MatchPhrase(&e.page, &e.found, start, end)
	case matcherPuTTY:
		e.keys.MatchPuTTY(start, end)
	case matcherURL:
		login.MatchURL(&e.page, &e.found, start, end)
	case matcherPercent:
		e.decoder.Percent(start, end)
	case matcherEscape:
		e.decoder.Escape(start, end)
	case matcherQuotedPrintable:
		e.decoder.QuotedPrintable(end)
	case matcherManifest:
		e.decoder.Manifest(start, end)
	case matcherNone, matcherElsewhere:
	}
}

// passwordFile reads a file whose name or format says that it holds passwords.
func (e *exam) passwordFile() {
	switch base := e.page.Kind.Base; {
	case e.page.Notation == notation.Table:
		e.names.Table()
	case strings.EqualFold(base, ".pgpass"), strings.EqualFold(base, "pgpass.conf"):
		login.Pgpass(&e.page, &e.found)
	case base == ".erlang.cookie":
		login.ErlangCookie(&e.page, &e.found)
	case strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(e.page.Kind.Path, base), "config/"),
		strings.HasSuffix(base, ".key") && strings.HasSuffix(strings.TrimSuffix(e.page.Kind.Path, base), "config/credentials/"),
		base == "master.key":
		login.RailsKey(&e.page, &e.found)
	}
}

// open begins the exam of a decoded text.
func (e *exam) open(encoded decode.Encoded) decode.Exam {
	inner := e.pool.Get().(*exam)
	inner.begin(encoded.Text, encoded.Kind, encoded.Depth, encoded.Budget, encoded.Guesses)
	inner.found.StartMasking(encoded.Masking)
	return inner
}

// Examine implements decode.Exam. Users' rules and password files do not count in decoded text.
func (e *exam) Examine() (*found.List, int) {
	for from := 0; from < len(e.page.Data) && !e.found.Full(); from += chunkSize {
		e.chunk(from, min(from+chunkSize, len(e.page.Data)))
	}
	return &e.found, e.decoder.Budget()
}

// Close implements decode.Exam.
func (e *exam) Close() {
	e.page.Data = nil
	e.pool.Put(e)
}
