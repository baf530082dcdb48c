package manifest

import (
	"bytes"
	"errors"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlNode is a value of a TOML file (https://toml.io/en/v1.0.0) with its place. Depending on the type, exactly one of
// text, members and items is used.
type tomlNode struct {
	kind unstable.Kind
	// key is the name of a member; keyStart and keyEnd are the offsets of its text.
	key              string
	keyStart, keyEnd int
	// text is the text of a scalar; start and end are its offsets, including the quotes. For a table or a list they are the
	// offsets of the key.
	text       string
	start, end int
	// members are the members of a table, in file order; items are the elements of a list, either [a, b] or [[tables]].
	members []*tomlNode
	items   []*tomlNode
	// byKey finds the members of a large table.
	byKey map[string]*tomlNode
}

// maxTOMLBytes limits a TOML file, whose nodes can take about fifty times as much memory as its text.
const maxTOMLBytes = 16 << 20

// fewMembers is the number of members up to which a table is searched linearly.
const fewMembers = 8

// readTOML reads a whole file as a table. With an error, the table contains what comes before it.
func readTOML(s *source) (*tomlNode, error) {
	root := &tomlNode{kind: unstable.Table}
	if len(s.data) > maxTOMLBytes {
		return root, errors.New("larger than the 16 MB up to which TOML is read")
	}
	table := root
	// Positions count from the first byte of the file, including the byte order mark.
	skipped := 0
	if bytes.HasPrefix(s.data, []byte("\ufeff")) {
		skipped = 3
	}
	text := s.data[skipped:]
	t := tomlReader{s: s, shift: skipped}
	t.parser.Reset(text[:len(text):len(text)])
	for t.parser.NextExpression() {
		e := t.parser.Expression()
		var err error
		switch e.Kind {
		case unstable.Table:
			table, err = t.descend(root, e.Key(), false)
		case unstable.ArrayTable:
			table, err = t.descend(root, e.Key(), true)
		case unstable.KeyValue:
			err = t.assign(table, e, 0)
		}
		if err != nil {
			return root, err
		}
	}
	if t.parser.Error() != nil {
		// The library's message can quote the file, and it does not export the position.
		return root, s.errAt(t.last, "not valid TOML at or below this line")
	}
	return root, nil
}

type tomlReader struct {
	s      *source
	parser unstable.Parser
	shift  int
	// last is the offset of the last key that was read.
	last int
}

func (t *tomlReader) key(n *unstable.Node) *tomlNode {
	start := int(n.Raw.Offset) + t.shift
	end := start + int(n.Raw.Length)
	t.last = start
	return &tomlNode{key: string(n.Data), keyStart: start, keyEnd: end, start: start, end: end}
}

// descend goes to the table of a header, and creates missing tables on the way. A list of tables means its last one.
func (t *tomlReader) descend(table *tomlNode, keys unstable.Iterator, list bool) (*tomlNode, error) {
	for depth := 0; keys.Next(); depth++ {
		key := t.key(keys.Node())
		if depth >= maxDepth {
			return table, t.s.errAt(key.start, "%s", errDeep)
		}
		last := keys.IsLast()
		next := table.member(key.key)
		switch {
		case last && list:
			if next == nil || next.kind != unstable.ArrayTable {
				next = key
				next.kind = unstable.ArrayTable
				table.append(next)
			}
			item := t.key(keys.Node())
			item.kind = unstable.Table
			next.items = append(next.items, item)
			next = item
		case next == nil:
			next = key
			next.kind = unstable.Table
			table.append(next)
		case next.kind == unstable.ArrayTable && len(next.items) > 0:
			next = next.items[len(next.items)-1]
		case next.kind != unstable.Table && next.kind != unstable.InlineTable:
			return table, t.s.errAt(key.start, "a table has the name of a value")
		}
		table = next
	}
	return table, nil
}

// assign adds "a.b = value" to a table.
func (t *tomlReader) assign(table *tomlNode, e *unstable.Node, depth int) error {
	keys := e.Key()
	var last *tomlNode
	for ; keys.Next() && keys.Node().Kind == unstable.Key; depth++ {
		if depth >= maxDepth {
			return t.s.errAt(t.last, "%s", errDeep)
		}
		if last != nil {
			next := table.member(last.key)
			if next == nil {
				next = last
				next.kind = unstable.Table
				table.append(next)
			}
			table = next
		}
		last = t.key(keys.Node())
	}
	if last == nil {
		return nil
	}
	if err := t.fill(last, e.Value(), depth); err != nil {
		return err
	}
	table.append(last)
	return nil
}

// fill sets the value of a node.
func (t *tomlReader) fill(n *tomlNode, value *unstable.Node, depth int) error {
	if depth >= maxDepth {
		return t.s.errAt(t.last, "%s", errDeep)
	}
	n.kind = value.Kind
	switch value.Kind {
	case unstable.InlineTable:
		for children := value.Children(); children.Next(); {
			if child := children.Node(); child.Kind == unstable.KeyValue {
				if err := t.assign(n, child, depth+1); err != nil {
					return err
				}
			}
		}
	case unstable.Array:
		for children := value.Children(); children.Next(); {
			child := children.Node()
			if child.Kind != unstable.String && child.Kind != unstable.InlineTable {
				continue // no format has data in nested lists, which can be very long
			}
			item := &tomlNode{start: n.start, end: n.end}
			if err := t.fill(item, child, depth+1); err != nil {
				return err
			}
			n.items = append(n.items, item)
		}
	default:
		n.text = string(value.Data)
		if value.Raw.Length > 0 {
			n.start = int(value.Raw.Offset) + t.shift
			n.end = n.start + int(value.Raw.Length)
		}
	}
	return nil
}

func (n *tomlNode) append(member *tomlNode) {
	n.members = append(n.members, member)
	if n.byKey != nil {
		if _, ok := n.byKey[member.key]; !ok {
			n.byKey[member.key] = member
		}
	}
}

// member returns the member of a table; nil if there is none, or n is not a table.
func (n *tomlNode) member(key string) *tomlNode {
	if n == nil {
		return nil
	}
	if n.byKey == nil {
		if len(n.members) <= fewMembers {
			for _, m := range n.members {
				if m.key == key {
					return m
				}
			}
			return nil
		}
		n.byKey = make(map[string]*tomlNode, len(n.members))
		for _, m := range n.members {
			if _, ok := n.byKey[m.key]; !ok {
				n.byKey[m.key] = m
			}
		}
	}
	return n.byKey[key]
}

// at follows keys through nested tables.
func (n *tomlNode) at(keys ...string) *tomlNode {
	for _, key := range keys {
		n = n.member(key)
	}
	return n
}

// lockVersion takes a member, if it exists, as the version of the file: see [source.lockVersion].
func (n *tomlNode) lockVersion(s *source, m *tomlNode, oldest, newest int) {
	if m != nil {
		s.lockVersion(m.text, m.start, oldest, newest)
	}
}

// list returns the items of a list; nil for another value and for nil.
func (n *tomlNode) list() []*tomlNode {
	if n == nil {
		return nil
	}
	return n.items
}

// table returns the members of a table; nil for another value and for nil.
func (n *tomlNode) table() []*tomlNode {
	if n == nil {
		return nil
	}
	return n.members
}

// string returns the text of a string; "" for another value and for nil.
func (n *tomlNode) string() string {
	if n == nil || n.kind != unstable.String {
		return ""
	}
	return n.text
}
