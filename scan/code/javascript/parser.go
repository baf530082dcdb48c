package javascript

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// parser reads by recursive descent. Its methods return the node that they made, None for nothing. After an error every token is stop, on which
// every loop ends; the loop over statements then makes the Error.
type parser struct {
	*tree.Builder
	source  string
	dialect Dialect
	pattern bool
	// token is the next token; last is the end of the one before.
	token token
	last  int
	// commented is the end of the last comment that was noted.
	commented int
	failed    bool
	failedAt  int
	depth     int
	// noIn is set in the head of a loop, where `in` is no operator.
	noIn bool
	// inThen counts the conditionals whose middle is being read: there, a colon after parentheses is rather theirs than a type.
	inThen int
	// wrong holds the offsets at which no arrow function and no type arguments of a value begin, and, below zero, those at which none of a type
	// begin. No text is tried twice.
	wrong map[int]bool
	// again counts bytes that were read a second time after an error. It is bounded, so that errors in errors cost linear time.
	again int
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string, dialect Dialect) *tree.Tree {
	p := newParser(source, dialect, false)
	p.statements(false)
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: an expression, a pair `key: value`, statements, or another part: a member of a class, a handler of
// try, a branch of switch, a decorator, a parameter, an attribute of JSX.
func ParsePattern(source string, dialect Dialect) (*tree.Tree, error) {
	p := newParser(source, dialect, true)
	start := p.save()
	best := 0
	for _, read := range []func(){
		p.alone(p.expression), p.alone(p.pairAlone), func() { p.statements(false) }, p.alone(p.memberAlone), p.alone(p.catchAlone), p.alone(p.caseAlone), p.alone(p.decorator), p.alone(p.attribute),
	} {
		p.restore(start)
		read()
		if !p.failed && p.kind() == endOfFile && p.Count(0) > 0 {
			return p.Finish(), nil
		}
		if !p.failed {
			p.failedAt = p.token.start
		}
		best = max(best, p.failedAt)
	}
	return nil, fmt.Errorf("byte %d: the pattern is no %s here", best, dialect.Language())
}

func newParser(source string, dialect Dialect, pattern bool) *parser {
	p := &parser{Builder: tree.NewBuilder(source, dialect.Language()), source: source, dialect: dialect, pattern: pattern, wrong: map[int]bool{}}
	p.token = p.lexAt(0)
	return p
}

// alone reads one part as the whole of a pattern.
func (p *parser) alone(part func() tree.ID) func() { return func() { p.Push(tree.RoleBody, part()) } }

// state is where a parser was.
type state struct {
	check           tree.Checkpoint
	token           token
	last, commented int
	depth, inThen   int
	failed, noIn    bool
}

func (p *parser) save() state {
	return state{p.Checkpoint(), p.token, p.last, p.commented, p.depth, p.inThen, p.failed, p.noIn}
}

// restore goes back to a state. Nodes from before it must not have got a parent since.
func (p *parser) restore(s state) {
	p.Rollback(s.check)
	p.token, p.last, p.commented, p.depth, p.inThen, p.failed, p.noIn = s.token, s.last, s.commented, s.depth, s.inThen, s.failed, s.noIn
}

// kind is the kind of the next token.
func (p *parser) kind() kind {
	if p.failed {
		return stop
	}
	return p.token.kind
}

func (p *parser) start() int { return p.token.start }

// word is the text of the next token.
func (p *parser) word() string { return p.source[p.token.start:p.token.end] }

// is reports whether the next token is a name with this text, which is a word of the grammar in this place only.
func (p *parser) is(word string) bool { return p.kind() == name && p.word() == word }

// skip passes the next token.
func (p *parser) skip() {
	if !p.failed && p.token.kind != endOfFile {
		p.last = p.token.end
		p.token = p.lexAt(p.token.end)
	}
}

// behind is the token after the next one.
func (p *parser) behind() token {
	if p.failed {
		return token{}
	}
	commented, mark := p.commented, p.Checkpoint()
	t := p.lexAt(p.token.end)
	p.commented = commented
	p.Rollback(mark)
	return t
}

func (p *parser) accept(k kind) bool {
	if p.kind() != k {
		return false
	}
	p.skip()
	return true
}

// acceptWord passes a name with this text.
func (p *parser) acceptWord(word string) bool {
	if !p.is(word) {
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
		p.failed, p.failedAt = true, p.token.start
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
	id := p.Leaf(k, text, p.token.start, p.token.end)
	p.skip()
	return id
}

// closed makes a node around the children since a mark, from an offset to the last token.
func (p *parser) closed(mark tree.Mark, k tree.Kind, text string, start int) tree.ID {
	id := p.Close(mark, k, start, max(start, p.last))
	if text != "" {
		p.SetText(id, text)
	}
	return id
}

// splitGreater passes a `>`, also when it is the start of `>>`, `>=` and the like.
func (p *parser) splitGreater() {
	switch p.kind() {
	case greater:
		p.skip()
	case shiftRight, shiftUnsigned, greaterEqual, assignOperator:
		if p.source[p.token.start] != '>' {
			p.fail()
			return
		}
		p.last = p.token.start + 1
		p.token = p.lexAt(p.last)
		p.token.line = false
	default:
		p.fail()
	}
}

// many makes an Ellipsis or a $...X of a pattern, if the next token is one. `...x` is a spread.
func (p *parser) many() tree.ID {
	switch p.kind() {
	case ellipsis:
		if p.pattern && !beginsExpression[p.behind().kind] {
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

// lone makes an Ellipsis or a $...X of a pattern where no spread can stand.
func (p *parser) lone() tree.ID {
	if p.kind() == ellipsis && p.pattern {
		return p.leaf(tree.Ellipsis, "")
	}
	return p.many()
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
