package java

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
	pairs    []int32
	at       int
	failed   bool
	failedAt int
	depth    int
	// inLabel is set in the label of a branch, where an arrow begins no lambda.
	inLabel bool
	// again counts tokens that were read a second time after an error. It is bounded, so that errors in errors cost linear time.
	again int
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := newParser(source, false)
	p.statements(false)
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: an expression, statements, declarations, or another part: an annotation, a handler of try, a branch
// of switch, an argument with a name.
func ParsePattern(source string) (*tree.Tree, error) {
	p := newParser(source, true)
	start := p.Checkpoint()
	best := 0
	for _, read := range []func(){p.alone(p.annotationAlone), p.alone(p.expression), func() { p.statements(false) }, p.alone(p.catchAlone), p.alone(p.branchAlone), p.alone(p.parameter)} {
		p.Rollback(start)
		p.at, p.failed, p.depth = 0, false, 0
		read()
		if !p.failed && p.kind() == endOfFile && p.Count(0) > 0 {
			return p.Finish(), nil
		}
		if !p.failed {
			p.failedAt = p.at
		}
		best = max(best, p.failedAt)
	}
	return nil, fmt.Errorf("byte %d: the pattern is no Java here", p.tokens[min(best, len(p.tokens)-1)].start)
}

func newParser(source string, pattern bool) *parser {
	p := &parser{Builder: tree.NewBuilder(source, tree.Java), source: source, pattern: pattern}
	l := lexer{source: source, pattern: pattern, b: p.Builder}
	p.tokens = l.run()
	if pattern {
		p.tokens = splitLists(p.tokens)
	}
	p.pairs = pairs(p.tokens)
	return p
}

// splitLists reads `<...` and `...>` of a list of types as two tokens each: there a comma or the end of the list follows the
// ellipsis, or a comma precedes it.
func splitLists(tokens []token) []token {
	var out []token
	for i, t := range tokens {
		left, right := t, t
		switch {
		case t.kind == deepOpen && i+1 < len(tokens) && (tokens[i+1].kind == comma || tokens[i+1].kind == greater):
			left.kind, right.kind = less, ellipsis
			left.end = t.start + 1
		case t.kind == deepClose && i > 0 && tokens[i-1].kind == comma:
			left.kind, right.kind = ellipsis, greater
			left.end = t.end - 1
		default:
			out = append(out, t)
			continue
		}
		right.start = left.end
		out = append(out, left, right)
	}
	return out
}

// alone reads one part as the whole of a pattern.
func (p *parser) alone(part func() tree.ID) func() { return func() { p.Push(tree.RoleBody, part()) } }

// kind is the kind of the next token.
func (p *parser) kind() kind {
	if p.failed {
		return stop
	}
	return p.tokens[p.at].kind
}

// ahead is the kind of the token n after the next one.
func (p *parser) ahead(n int) kind {
	if p.failed || p.at+n >= len(p.tokens) {
		return stop
	}
	return p.tokens[p.at+n].kind
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
func (p *parser) word() string { return p.textOf(p.at) }

func (p *parser) textOf(i int) string { return p.source[p.tokens[i].start:p.tokens[i].end] }

// is reports whether the next token is a name with this text, which is a word of the grammar in this place only.
func (p *parser) is(word string) bool { return p.kind() == name && p.word() == word }

func (p *parser) skip() {
	if !p.failed && p.tokens[p.at].kind != endOfFile {
		p.at++
	}
}

func (p *parser) accept(k kind) bool {
	if p.kind() != k {
		return false
	}
	p.skip()
	return true
}

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
	if p.failed {
		return tree.None
	}
	id := p.Leaf(k, text, p.start(), int(p.tokens[p.at].end))
	p.skip()
	return id
}

// closed makes a node around the children since a mark, from an offset to the last token.
func (p *parser) closed(mark tree.Mark, k tree.Kind, text string, start int) tree.ID {
	id := p.Close(mark, k, start, max(start, p.end()))
	if text != "" {
		p.SetText(id, text)
	}
	return id
}

// many makes an Ellipsis or a $...X of a pattern, if the next token is one.
func (p *parser) many() tree.ID {
	switch p.kind() {
	case ellipsis:
		if p.pattern {
			return p.leaf(tree.Ellipsis, "")
		}
	case manyMetavariable:
		word := p.word()
		id := p.leaf(tree.Metavariable, "$"+word[len("$..."):])
		p.SetFlags(id, tree.Many)
		return id
	}
	return tree.None
}

// orMany reads an ellipsis or $...X of a pattern, or else a part.
func (p *parser) orMany(read func() tree.ID) tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	return read()
}

// commas reads parts up to a closing bracket, which it passes.
func (p *parser) commas(end kind, read func()) {
	for p.kind() != end && !p.failed && !p.Full() {
		read()
		if !p.accept(comma) {
			break
		}
	}
	p.expect(end)
}

// name makes a Name or a Metavariable of the next token.
func (p *parser) name() tree.ID {
	switch p.kind() {
	case name:
		return p.leaf(tree.Name, p.word())
	case metavariable:
		return p.leaf(tree.Metavariable, p.word())
	}
	p.fail()
	return tree.None
}
