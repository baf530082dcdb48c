package syntax

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// YAML parses the documents of a YAML file into nodes, which know their lines. It does not follow aliases, so an
// alias bomb stays small.
type YAML struct {
	s     *document.Source
	lines document.Lines
	// Roots are the nodes of the documents, in file order; empty documents are left out.
	Roots []*yaml.Node
	// line, column and offset are the last position that was found: a line can contain the whole file.
	line, column, offset int
}

// maxYAMLBytes limits a YAML file, whose nodes take about forty times as much memory as its text.
const maxYAMLBytes = 8 << 20

// ReadYAML parses all documents of a file. With an error, Roots are the documents before it.
func ReadYAML(s *document.Source) (*YAML, error) {
	if len(s.Data) > maxYAMLBytes {
		return nil, errors.New("larger than the 8 MB up to which YAML is read")
	}
	y := &YAML{s: s, lines: document.NewLines(s.Data)}
	decoder := yaml.NewDecoder(bytes.NewReader(s.Data))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			if root := y.Root(); root != nil && root.Kind != yaml.MappingNode && root.Tag != "!!null" && !s.Loose {
				return y, s.ErrAt(y.lines.Offset(root.Line, root.Column, len(s.Data)), "not a mapping")
			}
			return y, nil
		}
		if err != nil {
			// The library's message can quote the file.
			return y, errors.New("not valid YAML")
		}
		if len(doc.Content) > 0 {
			y.Roots = append(y.Roots, doc.Content[0])
		}
	}
}

// Span returns the offsets of a scalar: from its first byte to the end of its text on that line.
func (y *YAML) Span(n *yaml.Node) (start, end int) {
	if n.Line != y.line || n.Column < y.column {
		y.line, y.column, y.offset = n.Line, 1, y.lines.Offset(n.Line, 1, len(y.s.Data))
	}
	// A column counts characters.
	for ; y.column < n.Column; y.column++ {
		if y.offset < len(y.s.Data) {
			y.offset += runeLength(y.s.Data[y.offset])
		}
	}
	start = min(y.offset, len(y.s.Data))
	end = len(y.s.Data)
	if n.Line > 0 && n.Line < len(y.lines) {
		end = max(y.lines[n.Line], start)
	}
	if n.Kind == yaml.ScalarNode {
		// An anchor or a tag comes before the text.
		for start < end && (y.s.Data[start] == '&' || y.s.Data[start] == '!') {
			word := bytes.IndexAny(y.s.Data[start:min(end, start+maxAnchorBytes)], " \t")
			if word < 0 {
				break
			}
			start += word
			start = end - len(bytes.TrimLeft(y.s.Data[start:end], " \t"))
		}
		quotes := 0
		if isQuoted(n) {
			quotes = 2
		}
		end = min(end, start+len(n.Value)+quotes)
	}
	return start, start + max(len(bytes.TrimRight(y.s.Data[start:end], " \t\r\n")), 1)
}

// Inner returns the offsets of a scalar without its quotes.
func (y *YAML) Inner(n *yaml.Node) (start, end int) {
	if start, end = y.Span(n); isQuoted(n) && end > start+2 {
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

// Members calls visit for each key and value of a mapping, and not at all for another node.
func Members(n *yaml.Node, visit func(key, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i], n.Content[i+1])
	}
}

// Member returns the value of a key; nil if the node is not a mapping or does not have it.
func Member(n *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	Members(n, func(k, v *yaml.Node) {
		if k.Value == key && found == nil {
			found = v
		}
	})
	return found
}

// Scalar returns the text of a scalar; "" for nil and other nodes.
func Scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// Root returns the only document of a file; nil if it is empty.
func (y *YAML) Root() *yaml.Node {
	if len(y.Roots) == 0 {
		return nil
	}
	return y.Roots[0]
}

// Items returns the elements of a list; nil for nil and other nodes.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
