package python

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Parse reads a file.
func Parse(source string) *tree.Tree {
	p := newParser(source, false)
	p.file()
	return p.b.Finish()
}

// ParsePattern reads a pattern of a rule. The error names the byte at which it could not be read.
func ParsePattern(source string) (*tree.Tree, error) {
	p := newParser(source, true)
	p.file()
	if p.firstError >= 0 {
		return nil, fmt.Errorf("the pattern is not valid Python at byte %d", p.firstError)
	}
	t := p.b.Finish()
	if len(t.Nodes) == 2 {
		return nil, fmt.Errorf("the pattern is empty")
	}
	return t, nil
}

// parser reads an array of tokens. After an error kind is stop, on which every loop ends, until statements has made an
// Error of the statement.
type parser struct {
	b      *tree.Builder
	source string
	tokens []token
	at     int
	// kind is that of tokens[at], or stop.
	kind kind
	// end is the end of the last token that was not layout.
	end   int
	depth int
	// tooDeep says that the error is about the depth.
	tooDeep bool
	pattern bool
	// labels says that the expression is a pattern of match, so that `as` may follow a part.
	labels     bool
	firstError int
}

func newParser(source string, pattern bool) *parser {
	p := &parser{b: tree.NewBuilder(source, tree.Python), source: source, pattern: pattern, firstError: -1}
	l := lexer{source: source, pattern: pattern, comment: p.b.Comment}
	p.tokens = l.run()
	p.kind = p.tokens[0].kind
	return p
}

// start is the offset of the token in sight.
func (p *parser) start() int { return int(p.tokens[p.at].start) }

// next takes the token in sight.
func (p *parser) next() {
	if p.kind == stop || p.kind == endOfFile {
		return
	}
	if p.kind > dedent {
		p.end = int(p.tokens[p.at].end)
	}
	p.at++
	p.kind = p.tokens[p.at].kind
}

// peek is the kind of the token after the one in sight.
func (p *parser) peek() kind {
	if p.kind == stop || p.kind == endOfFile {
		return stop
	}
	return p.tokens[p.at+1].kind
}

// take takes the token in sight if it is of a kind.
func (p *parser) take(k kind) bool {
	if p.kind != k {
		return false
	}
	p.next()
	return true
}

// expect takes a token of a kind, or fails.
func (p *parser) expect(k kind) {
	if !p.take(k) {
		p.fail()
	}
}

// fail gives up the statement.
func (p *parser) fail() {
	if p.kind == stop {
		return
	}
	if p.firstError < 0 {
		p.firstError = p.start()
	}
	p.kind = stop
}

// word returns the text of the token in sight.
func (p *parser) word() string {
	if p.kind == stop {
		return ""
	}
	t := p.tokens[p.at]
	return p.source[t.start:t.end]
}

// is reports whether the token in sight is a name with a text: a word that is no keyword everywhere.
func (p *parser) is(word string) bool { return p.kind == name && p.word() == word }

// enter goes one step deeper, or fails. Each call has its leave.
func (p *parser) enter() {
	if p.depth++; p.depth > tree.MaxDepth {
		p.tooDeep = true
		p.fail()
	}
}

func (p *parser) leave() { p.depth-- }

// file reads statements up to the end. Blocks and dedents that belong to nothing do not end it.
func (p *parser) file() {
	for p.kind != endOfFile && !p.b.Full() {
		p.statements()
		if p.kind == dedent {
			p.next()
		}
	}
}

// state is where a parser can go back to.
type state struct {
	tree       tree.Checkpoint
	at, end    int
	firstError int
}

func (p *parser) save() state { return state{p.b.Checkpoint(), p.at, p.end, p.firstError} }

// back returns to a state, also after an error.
func (p *parser) back(s state) {
	p.b.Rollback(s.tree)
	p.at, p.end, p.firstError, p.tooDeep = s.at, s.end, s.firstError, false
	p.kind = p.tokens[p.at].kind
}
