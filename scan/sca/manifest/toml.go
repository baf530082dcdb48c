package manifest

import (
	"bytes"
	"errors"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlNode is a value of a TOML file (https://toml.io/en/v1.0.0) with its place. Exactly one of text, members and items says
// something, by kind.
type tomlNode struct {
	kind unstable.Kind
	// key is the name of a member; keyStart and keyEnd are the offsets of its text.
	key              string
	keyStart, keyEnd int
	// text is that of a scalar, and start and end its offsets, with the quotes; of a table or a list they are its key's.
	text       string
	start, end int
	// members are those of a table, in the file's order; items those of a list, be it [a, b] or [[tables]].
	members []*tomlNode
	items   []*tomlNode
	// byKey finds the members of a table with many.
	byKey map[string]*tomlNode
}

// maxTOMLBytes bounds a TOML file: its nodes can take about fifty times as much memory as its text.
const maxTOMLBytes = 16 << 20

// fewMembers is the number of members up to which a table is searched by looking at each.
const fewMembers = 8

// readTOML reads a whole file as a table. With an error, the table holds what stands before it.
func readTOML(s *source) (*tomlNode, error) {
	root := &tomlNode{kind: unstable.Table}
	if len(s.data) > maxTOMLBytes {
		return root, errors.New("larger than the 16 MB up to which TOML is read")
	}
	table := root
	// Positions count from the file's first byte, with the byte order mark.
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
		// The library's message can quote the file, and its place is behind a private door.
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

// descend goes to the table of a header, and makes what is missing on the way. Of a list of tables the last is meant.
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

// fill gives a node its value.
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
				continue // no file has anything to say in lists of others, which can be very long
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

// member gives the member of a table; nil when there is none, or no table.
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

// at gives the member of a member, and so on.
func (n *tomlNode) at(keys ...string) *tomlNode {
	for _, key := range keys {
		n = n.member(key)
	}
	return n
}

// lockVersion takes a member as the version of the file, when there is one: see [source.lockVersion].
func (n *tomlNode) lockVersion(s *source, m *tomlNode, oldest, newest int) {
	if m != nil {
		s.lockVersion(m.text, m.start, oldest, newest)
	}
}

// list gives the items of a list; nil for another value and for nil.
func (n *tomlNode) list() []*tomlNode {
	if n == nil {
		return nil
	}
	return n.items
}

// table gives the members of a table; nil for another value and for nil.
func (n *tomlNode) table() []*tomlNode {
	if n == nil {
		return nil
	}
	return n.members
}

// string gives the text of a string; "" for another value and for nil.
func (n *tomlNode) string() string {
	if n == nil || n.kind != unstable.String {
		return ""
	}
	return n.text
}
