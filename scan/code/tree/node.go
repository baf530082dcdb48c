package tree

// ID is the number of a node in its tree. IDs count from 1 in preorder: a node comes before its children, and its
// subtree is the nodes from its ID up to its Limit.
type ID int32

// None is the ID of no node.
const None ID = 0

// Root is the ID of every tree's root, a File.
const Root ID = 1

// Text is the number of an interned text in its tree. 0 is the empty text. Two nodes of one tree have equal texts when
// the numbers are equal.
type Text uint32

// Node is one node. A tree is a slice of them without pointers.
type Node struct {
	Kind Kind
	Role Role
	// Flags are the node's own, except that Parens says something of the text around it.
	Flags Flags
	// Text is what the comment of the kind says: a name, a value, an operator.
	Text Text
	// Parent is None for the root.
	Parent ID
	// Limit is one more than the ID of the last node of the subtree. It is the next sibling, if there is one.
	Limit ID
	// Start and End are byte offsets in the source; the node's text is Source[Start:End]. A node contains its children.
	Start, End uint32
}

// Flags are facts about a node that its kind does not tell.
type Flags uint16

// The flags. The comments of the kinds say where they occur.
const (
	// Parens: parentheses stand around the expression. The node's span is without them. The tree has no node for them.
	Parens Flags = 1 << iota
	// Declares: an assignment or loop declares its target.
	Declares
	// Field: the member of a class.
	Field
	// Optional: the operator stops at null (`?.`).
	Optional
	// Postfix: the operator follows; a loop tests its condition at the end.
	Postfix
	// Chained: the comparison continues the one to its left.
	Chained
	// Arrow: a function whose body may be an expression (lambda, =>).
	Arrow
	// Async: async function, async for, async with.
	Async
	// Generator: a function* of JavaScript.
	Generator
	// Many: a metavariable for a sequence, $...X.
	Many
	// Computed: a key in brackets.
	Computed
	// Raw: a text whose escapes were not decoded.
	Raw
	// Bytes: a text of bytes.
	Bytes
	// Tagged: a call by a tagged template.
	Tagged
	// From: an import that names what it imports.
	From
	// Accessor: a function that reads (get) or writes (set) a property.
	Accessor
)

// flagNames are the names in dumps, in the order of the bits.
var flagNames = [...]string{
	"parens", "declares", "field", "optional", "postfix", "chained", "arrow", "async", "generator", "many", "computed",
	"raw", "bytes", "tagged", "from", "accessor",
}
