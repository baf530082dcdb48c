package golang

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// parser reads tokens by recursive descent. Its methods return the node that they made, None for nothing. After an error every token is stop,
// on which every loop ends; the loop over statements then makes the Error.
type parser struct {
	*tree.Builder
	source  string
	pattern bool
	tokens  []token
	// pairs are the brackets that belong together.
	pairs []int32
	at    int
	// failed is set by an error, failedAt is the token.
	failed   bool
	failedAt int
	depth    int
	// level is below zero in the head of if, for and switch, where T{ begins no literal.
	level int
	// again counts tokens that were read a second time after an error. It is bounded, so that errors in errors cost linear time.
	again int
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := newParser(source, false)
	p.statements(false)
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: declarations, statements, an expression, a type, a case, a pair `key: value`,
// a method of an interface, or a literal whose type is left out.
func ParsePattern(source string) (*tree.Tree, error) {
	p := newParser(source, true)
	start := p.Checkpoint()
	best := 0
	for _, read := range []func(){p.alone(p.expression), p.alone(p.pair), p.alone(p.clauseAlone), func() { p.statements(false) }, p.alone(p.methodAlone), p.alone(p.bareLiteral)} {
		p.Rollback(start)
		p.at, p.failed, p.depth, p.level = 0, false, 0, 0
		read()
		if !p.failed && p.kind() == endOfFile && p.Count(0) > 0 {
			return p.Finish(), nil
		}
		best = max(best, p.failedAt, p.at)
	}
	return nil, fmt.Errorf("byte %d: the pattern is no Go here", p.tokens[min(best, len(p.tokens)-1)].start)
}

func newParser(source string, pattern bool) *parser {
	p := &parser{Builder: tree.NewBuilder(source, tree.Go), source: source, pattern: pattern}
	l := lexer{source: source, pattern: pattern, b: p.Builder}
	p.tokens = l.run()
	p.pairs = pairs(p.tokens)
	return p
}

// alone reads one part and the line end after it, as the whole of a pattern.
func (p *parser) alone(part func() tree.ID) func() {
	return func() {
		p.Push(tree.RoleBody, part())
		p.accept(newline)
	}
}

// kind is the kind of the next token.
func (p *parser) kind() kind {
	if p.failed {
		return stop
	}
	return p.tokens[p.at].kind
}

// peek is the kind of the token after the next one.
func (p *parser) peek() kind {
	if p.failed || p.at+1 >= len(p.tokens) {
		return stop
	}
	return p.tokens[p.at+1].kind
}

func (p *parser) start() int { return int(p.tokens[p.at].start) }

// end is the end of the last token that was read.
func (p *parser) end() int {
	if p.at == 0 {
		return 0
	}
	return int(p.tokens[p.at-1].end)
}

// word is the text of the next token.
func (p *parser) word() string { return p.source[p.tokens[p.at].start:p.tokens[p.at].end] }

// skip passes the next token, if any is left.
func (p *parser) skip() {
	if !p.failed && p.tokens[p.at].kind != endOfFile {
		p.at++
	}
}

// accept passes the next token if it is of a kind.
func (p *parser) accept(k kind) bool {
	if p.kind() != k {
		return false
	}
	p.skip()
	return true
}

// expect passes a token of a kind, and fails on any other.
func (p *parser) expect(k kind) {
	if !p.accept(k) {
		p.fail()
	}
}

func (p *parser) fail() {
	if !p.failed {
		p.failed, p.failedAt = true, p.at
	}
}

// deeper bounds the recursion. Call the function that it returns at the end.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > tree.MaxDepth {
		p.fail()
	}
	return func() { p.depth-- }
}

// leaf makes a node of the next token.
func (p *parser) leaf(k tree.Kind, text string) tree.ID {
	id := p.Leaf(k, text, p.start(), int(p.tokens[p.at].end))
	p.skip()
	return id
}

// wrapped makes a node without children that spans from an offset to the last token.
func (p *parser) wrapped(mark tree.Mark, k tree.Kind, text string, start int) tree.ID {
	id := p.Close(mark, k, start, max(start, p.end()))
	if text != "" {
		p.SetText(id, text)
	}
	return id
}

// unbroken skips line ends inside brackets of a pattern, where they end nothing.
func (p *parser) unbroken() {
	for p.pattern && p.kind() == newline {
		p.skip()
	}
}
