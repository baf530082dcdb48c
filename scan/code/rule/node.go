package rule

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is the value of a key, or an item of a list, with the position that messages name: that of the key or item.
type value struct {
	Position
	key  string
	node *yaml.Node
}

// fields are the keys of a mapping. Each is taken once; leave refuses the rest.
type fields struct {
	Position
	r       *reader
	entries []value
}

// place is the position of a node.
func place(n *yaml.Node) Position { return Position{Line: n.Line, Column: n.Column} }

// resolve follows aliases and counts what it visits, because an alias makes a small file large.
func (r *reader) resolve(n *yaml.Node) *yaml.Node {
	for hops := 0; n.Kind == yaml.AliasNode && hops < 10; hops++ {
		n = n.Alias
	}
	r.visits++
	return n
}

// fields reads a mapping; nil when the value is none, which is refused.
func (r *reader) fields(v value) *fields {
	n := r.resolve(v.node)
	if n.Kind != yaml.MappingNode {
		r.refuse(v, "%s is a mapping: keys, each with a colon", named(v))
		return nil
	}
	f := &fields{Position: place(n), r: r, entries: make([]value, 0, len(n.Content)/2)}
	var seen map[string]int
	if len(n.Content) > 2 {
		seen = make(map[string]int, len(n.Content)/2)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := r.resolve(n.Content[i])
		entry := value{Position: place(n.Content[i]), key: key.Value, node: n.Content[i+1]}
		if key.Kind != yaml.ScalarNode {
			r.refuse(entry, "a key of %s is a word", named(v))
			continue
		}
		if first := seen[entry.key]; first > 0 {
			r.refuse(entry, "the key %s occurs twice, first in line %d; write each once, or a list", shown(entry.key), first)
		}
		if seen != nil {
			seen[entry.key] = entry.Line
		}
		f.entries = append(f.entries, entry)
	}
	return f
}

// named says what a value is, for messages.
func named(v value) string {
	if v.key == "" {
		return "an item of this list"
	}
	return "the value of " + shown(v.key)
}

// take takes a key; the value has no node when the key is not there.
func (f *fields) take(names ...string) value {
	if f == nil {
		return value{}
	}
	for i, entry := range f.entries {
		for _, name := range names {
			if entry.key == name {
				f.entries = append(f.entries[:i:i], f.entries[i+1:]...)
				return entry
			}
		}
	}
	return value{Position: f.Position}
}

// has reports whether a key is there and not yet taken.
func (f *fields) has(name string) bool {
	for i := range f.entries {
		if f.entries[i].key == name {
			return true
		}
	}
	return false
}

// need takes a key that must be there.
func (f *fields) need(name string) value {
	if f == nil {
		return value{}
	}
	v := f.take(name)
	if v.node == nil {
		f.r.refuse(value{Position: f.Position, key: name}, "the key %q is missing", name)
	}
	return v
}

// leave refuses the keys that were not taken.
func (f *fields) leave(where string) {
	if f == nil {
		return
	}
	for _, entry := range f.entries {
		if reason := refusedKeys[entry.key]; reason != "" {
			f.r.refuse(entry, "%s", reason)
			continue
		}
		f.r.refuse(entry, "the key %s is not known in %s", shown(entry.key), where)
	}
	f.entries = nil
}

// list reads the items of a list; nil when the value is none, which is refused.
func (r *reader) list(v value) []value {
	if v.node == nil {
		return nil
	}
	n := r.resolve(v.node)
	if n.Kind != yaml.SequenceNode {
		r.refuse(v, "%s is a list: begin each item with \"- \"", named(v))
		return nil
	}
	if r.visits += len(n.Content); r.visits > r.allowed {
		r.refuse(v, "it says too much by aliases; write it out")
		return nil
	}
	items := make([]value, len(n.Content))
	for i, item := range n.Content {
		items[i] = value{Position: place(item), node: item}
	}
	return items
}

// scalar gives the node of a text, number or truth value; nil when the value is something else.
func (r *reader) scalar(v value) *yaml.Node {
	if v.node == nil {
		return nil
	}
	n := r.resolve(v.node)
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return nil
	}
	return n
}

// text reads a text. A number or truth value is the text that was written.
func (r *reader) text(v value) string {
	n := r.scalar(v)
	if n == nil {
		if v.node != nil {
			r.refuse(v, "%s is a text", named(v))
		}
		return ""
	}
	return n.Value
}

// filled reads a text that is not empty.
func (r *reader) filled(v value) string {
	text := r.text(v)
	if text == "" && r.scalar(v) != nil {
		r.refuse(v, "%s is empty", named(v))
	}
	return text
}

// texts reads a list of texts, or one text.
func (r *reader) texts(v value) []string {
	if v.node == nil {
		return nil
	}
	if r.scalar(v) != nil {
		return []string{r.filled(v)}
	}
	var all []string
	for _, item := range r.list(v) {
		item.key = v.key
		all = append(all, r.filled(item))
	}
	return all
}

// truth reads true or false, also in quotes, as semgrep does; without a value it gives the default.
func (r *reader) truth(v value, without bool) bool {
	if v.node == nil {
		return without
	}
	if n := r.scalar(v); n != nil {
		switch strings.ToLower(n.Value) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	r.refuse(v, "%s is true or false", named(v))
	return without
}

// number reads a whole number in a range; without a value it gives the default.
func (r *reader) number(v value, without, low, high int) int {
	if v.node == nil {
		return without
	}
	if n := r.scalar(v); n != nil {
		if i, err := strconv.Atoi(n.Value); err == nil && i >= low && i <= high {
			return i
		}
	}
	r.refuse(v, "%s is a whole number from %d to %d", named(v), low, high)
	return without
}

// metavariable reads the name of a metavariable.
func (r *reader) metavariable(v value) string {
	if v.node == nil {
		return ""
	}
	name := r.text(v)
	if name != "" && !metavariable(name) || name == "" && r.scalar(v) != nil {
		r.refuse(v, "%s is a metavariable: write it like $X, with capital letters", named(v))
	}
	return name
}

// begin gives the place of the first line of a text: a block text begins below its key.
func begin(n *yaml.Node) Position {
	at := place(n)
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return Position{Line: at.Line + 1, Column: 1}
	}
	return at
}

// refuse says that the rule is not run. Of many reasons the first ones are kept.
func (r *reader) refuse(v value, format string, args ...any) {
	if len(r.refused) >= maxRefusals {
		return
	}
	r.refused = append(r.refused, Refusal{Position: v.Position, Source: r.file, RuleID: r.id, Key: v.key, Reason: fmt.Sprintf(format, args...)})
}
