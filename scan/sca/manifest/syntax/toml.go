package syntax

import (
	"bytes"
	"errors"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// TOML is a value of a TOML file (https://toml.io/en/v1.0.0) with its place. Depending on the type, exactly one of
// text, members and items is used.
type TOML struct {
	kind unstable.Kind
	// Key is the name of a member; KeyStart and KeyEnd are the offsets of its text.
	Key              string
	KeyStart, KeyEnd int
	// Text is the text of a scalar; Start and End are its offsets, including the quotes. For a table or a list they are the
	// offsets of the key.
	Text       string
	Start, End int
	// members are the members of a table, in file order; items are the elements of a list, either [a, b] or [[tables]].
	members []*TOML
	items   []*TOML
	// byKey finds the members of a large table.
	byKey map[string]*TOML
}

// maxTOMLBytes limits a TOML file, whose nodes can take about fifty times as much memory as its text.
const maxTOMLBytes = 16 << 20

// fewMembers is the number of members up to which a table is searched linearly.
const fewMembers = 8

// ReadTOML reads a whole file as a table. With an error, the table contains what comes before it.
func ReadTOML(s *document.Source) (*TOML, error) {
	root := &TOML{kind: unstable.Table}
	if len(s.Data) > maxTOMLBytes {
		return root, errors.New("larger than the 16 MB up to which TOML is read")
	}
	table := root
	// Positions count from the first byte of the file, including the byte order mark.
	skipped := 0
	if bytes.HasPrefix(s.Data, []byte("\ufeff")) {
		skipped = 3
	}
	text := s.Data[skipped:]
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
		return root, s.ErrAt(t.last, "not valid TOML at or below this line")
	}
	return root, nil
}

type tomlReader struct {
	s      *document.Source
	parser unstable.Parser
	shift  int
	// last is the offset of the last key that was read.
	last int
}

func (t *tomlReader) key(n *unstable.Node) *TOML {
	start := int(n.Raw.Offset) + t.shift
	end := start + int(n.Raw.Length)
	t.last = start
	return &TOML{Key: string(n.Data), KeyStart: start, KeyEnd: end, Start: start, End: end}
}

// descend goes to the table of a header, and creates missing tables on the way. A list of tables means its last one.
func (t *tomlReader) descend(table *TOML, keys unstable.Iterator, list bool) (*TOML, error) {
	for depth := 0; keys.Next(); depth++ {
		key := t.key(keys.Node())
		if depth >= MaxDepth {
			return table, t.s.ErrAt(key.Start, "%s", ErrDeep)
		}
		last := keys.IsLast()
		next := table.Member(key.Key)
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
			return table, t.s.ErrAt(key.Start, "a table has the name of a value")
		}
		table = next
	}
	return table, nil
}

// assign adds "a.b = value" to a table.
func (t *tomlReader) assign(table *TOML, e *unstable.Node, depth int) error {
	keys := e.Key()
	var last *TOML
	for ; keys.Next() && keys.Node().Kind == unstable.Key; depth++ {
		if depth >= MaxDepth {
			return t.s.ErrAt(t.last, "%s", ErrDeep)
		}
		if last != nil {
			next := table.Member(last.Key)
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
func (t *tomlReader) fill(n *TOML, value *unstable.Node, depth int) error {
	if depth >= MaxDepth {
		return t.s.ErrAt(t.last, "%s", ErrDeep)
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
			item := &TOML{Start: n.Start, End: n.End}
			if err := t.fill(item, child, depth+1); err != nil {
				return err
			}
			n.items = append(n.items, item)
		}
	default:
		n.Text = string(value.Data)
		if value.Raw.Length > 0 {
			n.Start = int(value.Raw.Offset) + t.shift
			n.End = n.Start + int(value.Raw.Length)
		}
	}
	return nil
}

func (n *TOML) append(member *TOML) {
	n.members = append(n.members, member)
	if n.byKey != nil {
		if _, ok := n.byKey[member.Key]; !ok {
			n.byKey[member.Key] = member
		}
	}
}

// Member returns the member of a table; nil if there is none, or n is not a table.
func (n *TOML) Member(key string) *TOML {
	if n == nil {
		return nil
	}
	if n.byKey == nil {
		if len(n.members) <= fewMembers {
			for _, m := range n.members {
				if m.Key == key {
					return m
				}
			}
			return nil
		}
		n.byKey = make(map[string]*TOML, len(n.members))
		for _, m := range n.members {
			if _, ok := n.byKey[m.Key]; !ok {
				n.byKey[m.Key] = m
			}
		}
	}
	return n.byKey[key]
}

// At follows keys through nested tables.
func (n *TOML) At(keys ...string) *TOML {
	for _, key := range keys {
		n = n.Member(key)
	}
	return n
}

// LockVersion takes a member, if it exists, as the version of the file: see [document.Source.LockVersion].
func (n *TOML) LockVersion(s *document.Source, m *TOML, oldest, newest int) {
	if m != nil {
		s.LockVersion(m.Text, m.Start, oldest, newest)
	}
}

// List returns the items of a list; nil for another value and for nil.
func (n *TOML) List() []*TOML {
	if n == nil {
		return nil
	}
	return n.items
}

// Table returns the members of a table; nil for another value and for nil.
func (n *TOML) Table() []*TOML {
	if n == nil {
		return nil
	}
	return n.members
}

// String returns the text of a string; "" for another value and for nil.
func (n *TOML) String() string {
	if n == nil || n.kind != unstable.String {
		return ""
	}
	return n.Text
}
