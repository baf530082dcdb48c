package manifest

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// yamlText parses the documents of a YAML file into nodes, which know their lines. It does not follow aliases, so an
// alias bomb stays small.
type yamlText struct {
	s     *source
	lines lines
	roots []*yaml.Node
	// line, column and offset are the last position that was found: a line can contain the whole file.
	line, column, offset int
}

// maxYAMLBytes limits a YAML file, whose nodes take about forty times as much memory as its text.
const maxYAMLBytes = 8 << 20

func readYAML(s *source) (*yamlText, error) {
	if len(s.data) > maxYAMLBytes {
		return nil, errors.New("larger than the 8 MB up to which YAML is read")
	}
	y := &yamlText{s: s, lines: newLines(s.data)}
	decoder := yaml.NewDecoder(bytes.NewReader(s.data))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			if root := y.root(); root != nil && root.Kind != yaml.MappingNode && root.Tag != "!!null" && !s.loose {
				return y, s.errAt(y.lines.offset(root.Line, root.Column, len(s.data)), "not a mapping")
			}
			return y, nil
		}
		if err != nil {
			// The library's message can quote the file.
			return y, errors.New("not valid YAML")
		}
		if len(doc.Content) > 0 {
			y.roots = append(y.roots, doc.Content[0])
		}
	}
}

// span returns the offsets of a scalar: from its first byte to the end of its text on that line.
func (y *yamlText) span(n *yaml.Node) (start, end int) {
	if n.Line != y.line || n.Column < y.column {
		y.line, y.column, y.offset = n.Line, 1, y.lines.offset(n.Line, 1, len(y.s.data))
	}
	// A column counts characters.
	for ; y.column < n.Column; y.column++ {
		if y.offset < len(y.s.data) {
			y.offset += runeLength(y.s.data[y.offset])
		}
	}
	start = min(y.offset, len(y.s.data))
	end = len(y.s.data)
	if n.Line > 0 && n.Line < len(y.lines) {
		end = max(y.lines[n.Line], start)
	}
	if n.Kind == yaml.ScalarNode {
		// An anchor or a tag comes before the text.
		for start < end && (y.s.data[start] == '&' || y.s.data[start] == '!') {
			word := bytes.IndexAny(y.s.data[start:min(end, start+maxAnchorBytes)], " \t")
			if word < 0 {
				break
			}
			start += word
			start = end - len(bytes.TrimLeft(y.s.data[start:end], " \t"))
		}
		quotes := 0
		if isQuoted(n) {
			quotes = 2
		}
		end = min(end, start+len(n.Value)+quotes)
	}
	return start, start + max(len(bytes.TrimRight(y.s.data[start:end], " \t\r\n")), 1)
}

// inner returns the offsets of a scalar without its quotes.
func (y *yamlText) inner(n *yaml.Node) (start, end int) {
	if start, end = y.span(n); isQuoted(n) && end > start+2 {
		return start + 1, end - 1
	}
	return start, end
}

func isQuoted(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
}

// maxAnchorBytes limits the search for the end of an anchor.
const maxAnchorBytes = 1000

// runeLength returns the number of bytes of the UTF-8 character that begins with c.
func runeLength(c byte) int {
	switch {
	case c >= 0xf0:
		return 4
	case c >= 0xe0:
		return 3
	case c >= 0xc0:
		return 2
	}
	return 1
}

// members calls visit for each key and value of a mapping, and not at all for another node.
func members(n *yaml.Node, visit func(key, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i], n.Content[i+1])
	}
}

// member returns the value of a key; nil if the node is not a mapping or does not have it.
func member(n *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	members(n, func(k, v *yaml.Node) {
		if k.Value == key && found == nil {
			found = v
		}
	})
	return found
}

// scalar returns the text of a scalar; "" for nil and other nodes.
func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// root returns the only document of a file; nil if it is empty.
func (y *yamlText) root() *yaml.Node {
	if len(y.roots) == 0 {
		return nil
	}
	return y.roots[0]
}

// items returns the elements of a list; nil for nil and other nodes.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
