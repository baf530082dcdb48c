package tree

import (
	"iter"
	"strconv"
	"strings"
)

// Tree is the syntax of one file or pattern. It is immutable and safe for concurrent use.
type Tree struct {
	// Source is the text that was parsed.
	Source   string
	Language Language
	// Nodes is indexed by ID. Nodes[0] is no node.
	Nodes []Node
	// Comments are the spans of the comments, in the order of the text, with the signs that begin and end them.
	Comments []Span
	// ErrorBytes is how many bytes the Error nodes cover.
	ErrorBytes int
	// Cut says that the file has more than MaxNodes nodes, so that its rest is missing.
	Cut bool

	texts []string
}

// Unread is the tree of a source that no front end has read.
func Unread(source string) *Tree {
	return &Tree{Source: source, Nodes: []Node{{}, {Kind: File, Limit: Root + 1, End: uint32(len(source))}}, texts: []string{""}}
}

// Span is a range of bytes in the source.
type Span struct{ Start, End uint32 }

// Text returns the text of a node: a name, a value or an operator; "" when it has none, and for None.
func (t *Tree) Text(id ID) string { return t.texts[t.Nodes[id].Text] }

// Kind returns the kind of a node, Invalid for None.
func (t *Tree) Kind(id ID) Kind { return t.Nodes[id].Kind }

// Role returns what a node is to its parent.
func (t *Tree) Role(id ID) Role { return t.Nodes[id].Role }

// Has reports whether a node has all of the flags.
func (t *Tree) Has(id ID, flags Flags) bool { return t.Nodes[id].Flags&flags == flags }

// Parent returns the parent of a node, None for the root.
func (t *Tree) Parent(id ID) ID { return t.Nodes[id].Parent }

// Span returns the range of a node.
func (t *Tree) Span(id ID) Span { return Span{t.Nodes[id].Start, t.Nodes[id].End} }

// At returns the source text of a node.
func (t *Tree) At(id ID) string { return t.Source[t.Nodes[id].Start:t.Nodes[id].End] }

// First returns the first child of a node, or None.
func (t *Tree) First(id ID) ID {
	if t.Nodes[id].Limit > id+1 {
		return id + 1
	}
	return None
}

// Next returns the next sibling of a node, or None.
func (t *Tree) Next(id ID) ID {
	node := &t.Nodes[id]
	if node.Parent != None && node.Limit < t.Nodes[node.Parent].Limit {
		return node.Limit
	}
	return None
}

// Child returns the first child with a role, or None.
func (t *Tree) Child(id ID, role Role) ID {
	limit := t.Nodes[id].Limit
	for child := id + 1; child < limit; child = t.Nodes[child].Limit {
		if t.Nodes[child].Role == role {
			return child
		}
	}
	return None
}

// Children visits the children of a node in the order of the text.
func (t *Tree) Children(id ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		limit := t.Nodes[id].Limit
		for child := id + 1; child < limit; child = t.Nodes[child].Limit {
			if !yield(child) {
				return
			}
		}
	}
}

// Within reports whether a node is in the subtree of another, or is that node.
func (t *Tree) Within(id, subtree ID) bool { return id >= subtree && id < t.Nodes[subtree].Limit }

// Find returns the number of a text among those of the tree. Without it no node has the text.
func (t *Tree) Find(text string) (Text, bool) {
	for number, each := range t.texts {
		if each == text {
			return Text(number), true
		}
	}
	return 0, false
}

// Texts returns all texts of the tree, by their numbers. Callers must not change the slice.
func (t *Tree) Texts() []string { return t.texts }

// String shows the tree for tests, a node a line: role, kind, text, flags, span.
func (t *Tree) String() string {
	var out strings.Builder
	t.dump(&out, Root, 0)
	return out.String()
}

func (t *Tree) dump(out *strings.Builder, id ID, depth int) {
	node := t.Nodes[id]
	for range depth {
		out.WriteString("  ")
	}
	if node.Role != NoRole {
		out.WriteString(node.Role.String())
		out.WriteString(": ")
	}
	out.WriteString(node.Kind.String())
	if node.Text != 0 {
		out.WriteString(" " + strconv.Quote(t.Text(id)))
	}
	for bit, name := range flagNames {
		if node.Flags>>bit&1 == 1 {
			out.WriteString(" " + name)
		}
	}
	out.WriteString(" " + strconv.Itoa(int(node.Start)) + "-" + strconv.Itoa(int(node.End)) + "\n")
	for child := range t.Children(id) {
		t.dump(out, child, depth+1)
	}
}
