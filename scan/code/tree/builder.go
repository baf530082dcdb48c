package tree

const (
	// MaxNodes is how many nodes a tree may have. A builder makes no more.
	MaxNodes = 5_000_000
	// MaxDepth bounds the recursion of parsers. Deeper text becomes an Error node.
	MaxDepth = 1000
	// maxHeight bounds the height of trees, so that every walk may recurse. A long chain of operators is as high as it is
	// long without any recursion of the parser.
	maxHeight = 3 * MaxDepth
)

// Builder makes one tree. A front end makes the children first and then the node around them:
//
//	mark := b.Mark()
//	b.Push(tree.RoleCallee, callee)
//	for each argument { b.Push(tree.RoleArgument, argument) }
//	call := b.Close(mark, tree.Call, start, end)
//
// Everything that takes an ID takes None too, and then does nothing, so that a parser need not ask whether an optional
// part is there. A node becomes the child of one parent at most. A builder serves one goroutine.
type Builder struct {
	source   string
	language Language
	nodes    []made
	// pending holds the children of the nodes that are not closed yet.
	pending  []ID
	comments []Span
	numbers  map[string]Text
	texts    []string
	cut      bool
}

// made is a node under construction. Its children are a list from first along next.
type made struct {
	kind        Kind
	role        Role
	flags       Flags
	text        Text
	first, next ID
	start, end  uint32
	height      uint16
}

// Mark is a place among the pending children.
type Mark int

// Checkpoint is a state of a builder to which a parser can go back.
type Checkpoint struct{ nodes, pending, comments int }

// NewBuilder begins a tree over a source of less than 4 GB.
func NewBuilder(source string, language Language) *Builder {
	b := &Builder{source: source, language: language, numbers: make(map[string]Text, 64), texts: make([]string, 1, 64)}
	b.nodes = make([]made, 1, 16+len(source)/8)
	b.numbers[""] = 0
	return b
}

// Full reports that the tree has as many nodes as it may have. Further nodes are None. Loops over statements should end.
func (b *Builder) Full() bool { return b.cut }

// Intern gives the number of a text.
func (b *Builder) Intern(text string) Text {
	number, ok := b.numbers[text]
	if !ok {
		number = Text(len(b.texts))
		b.texts = append(b.texts, text)
		b.numbers[text] = number
	}
	return number
}

// Leaf makes a node without children.
func (b *Builder) Leaf(kind Kind, text string, start, end int) ID {
	if len(b.nodes) > MaxNodes {
		b.cut = true
		return None
	}
	return b.add(kind, text, start, end)
}

func (b *Builder) add(kind Kind, text string, start, end int) ID {
	b.nodes = append(b.nodes, made{kind: kind, text: b.Intern(text), start: uint32(start), end: uint32(end)})
	return ID(len(b.nodes) - 1)
}

// Mark begins a list of children. Marks nest.
func (b *Builder) Mark() Mark { return Mark(len(b.pending)) }

// Push adds a child with its role to the list of the last mark. Children come in the order of the text where they can.
func (b *Builder) Push(role Role, child ID) {
	if child != None {
		b.nodes[child].role = role
		b.pending = append(b.pending, child)
	}
}

// Count is how many children were pushed since a mark.
func (b *Builder) Count(mark Mark) int { return len(b.pending) - int(mark) }

// Pushed returns the child number i since a mark.
func (b *Builder) Pushed(mark Mark, i int) ID { return b.pending[int(mark)+i] }

// Close makes the node around all children since a mark. The span grows to hold every child. A node that would make the
// tree too high becomes an Error without children.
func (b *Builder) Close(mark Mark, kind Kind, start, end int) ID {
	if len(b.nodes) > MaxNodes && kind != File {
		b.cut = true
		b.Drop(mark)
		return None
	}
	children := b.pending[mark:]
	b.pending = b.pending[:mark]
	id := b.add(kind, "", start, end)
	node := &b.nodes[id]
	last := None
	for _, child := range children {
		c := &b.nodes[child]
		if last == None {
			node.first = child
		} else {
			b.nodes[last].next = child
		}
		c.next, last = None, child
		node.start, node.end = min(node.start, c.start), max(node.end, c.end)
		node.height = max(node.height, c.height+1)
	}
	if node.height > maxHeight && kind != File {
		node.kind, node.first, node.height = Error, None, 0
	}
	return id
}

// Drop forgets the children since a mark.
func (b *Builder) Drop(mark Mark) { b.pending = b.pending[:mark] }

// Wrap makes a node around one child.
func (b *Builder) Wrap(kind Kind, start, end int, role Role, child ID) ID {
	mark := b.Mark()
	b.Push(role, child)
	return b.Close(mark, kind, start, end)
}

// Join makes a node around two children.
func (b *Builder) Join(kind Kind, start, end int, role1 Role, child1 ID, role2 Role, child2 ID) ID {
	mark := b.Mark()
	b.Push(role1, child1)
	b.Push(role2, child2)
	return b.Close(mark, kind, start, end)
}

// SetText sets the text of a node.
func (b *Builder) SetText(id ID, text string) {
	if id != None {
		b.nodes[id].text = b.Intern(text)
	}
}

// SetFlags adds flags to a node.
func (b *Builder) SetFlags(id ID, flags Flags) {
	if id != None {
		b.nodes[id].flags |= flags
	}
}

// SetKind changes the kind of a node, for a parser that learns late what it saw.
func (b *Builder) SetKind(id ID, kind Kind) {
	if id != None {
		b.nodes[id].kind = kind
	}
}

// SetSpan changes the span of a node before it has a parent. It must hold the children.
func (b *Builder) SetSpan(id ID, start, end int) {
	if id != None {
		b.nodes[id].start, b.nodes[id].end = uint32(start), uint32(end)
	}
}

// Kind returns the kind of a node, Invalid for None.
func (b *Builder) Kind(id ID) Kind { return b.nodes[id].kind }

// Has reports whether a node has all of the flags.
func (b *Builder) Has(id ID, flags Flags) bool { return b.nodes[id].flags&flags == flags }

// Text returns the text of a node.
func (b *Builder) Text(id ID) string { return b.texts[b.nodes[id].text] }

// Start is the offset of a node's first byte.
func (b *Builder) Start(id ID) int { return int(b.nodes[id].start) }

// End is the offset behind a node's last byte.
func (b *Builder) End(id ID) int { return int(b.nodes[id].end) }

// Comment notes a comment. Comments come in the order of the text.
func (b *Builder) Comment(start, end int) {
	b.comments = append(b.comments, Span{uint32(start), uint32(end)})
}

// Checkpoint remembers the state, for a parser that tries one reading of a text and then another.
func (b *Builder) Checkpoint() Checkpoint {
	return Checkpoint{len(b.nodes), len(b.pending), len(b.comments)}
}

// Rollback forgets everything since a checkpoint. Until then no node from before it may have got a parent.
func (b *Builder) Rollback(c Checkpoint) {
	b.nodes, b.pending, b.comments = b.nodes[:c.nodes], b.pending[:c.pending], b.comments[:c.comments]
}

// Finish makes the tree around the children since the first mark, which become the body of the root. The builder is of no
// use after it.
func (b *Builder) Finish() *Tree {
	for _, child := range b.pending {
		b.nodes[child].role = RoleBody
	}
	root := b.Close(0, File, 0, len(b.source))
	t := &Tree{Source: b.source, Language: b.language, Comments: b.comments, Cut: b.cut, texts: b.texts}
	t.Nodes = make([]Node, 1, len(b.nodes))
	b.emit(t, root, None)
	return t
}

// emit writes the subtree of a node in preorder.
func (b *Builder) emit(t *Tree, from, parent ID) {
	m := &b.nodes[from]
	id := ID(len(t.Nodes))
	t.Nodes = append(t.Nodes, Node{Kind: m.kind, Role: m.role, Flags: m.flags, Text: m.text, Parent: parent, Start: m.start, End: m.end})
	if m.kind == Error {
		t.ErrorBytes += int(m.end - m.start)
	}
	for child := m.first; child != None; child = b.nodes[child].next {
		b.emit(t, child, id)
	}
	t.Nodes[id].Limit = ID(len(t.Nodes))
}
