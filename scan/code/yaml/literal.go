package yaml

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// header is what follows the sign of a block scalar.
type header struct {
	folded bool
	// chomp is '-' to take all line ends after the text away, '+' to keep them, 0 to keep one.
	chomp byte
	// indent is how far the text stands to the right of its parent; 0 leaves it to the text.
	indent int
}

// literal reads a block scalar. It is None when the line goes on with something else.
func (p *parser) literal(parent int) tree.ID {
	h := header{folded: p.source[p.at] == '>'}
	at := p.at + 1
	for ; at < len(p.source); at++ {
		if b := p.source[at]; b == '-' || b == '+' {
			h.chomp = b
		} else if b >= '1' && b <= '9' {
			h.indent = int(b - '0')
		} else {
			break
		}
	}
	head := p.lineEnd(at)
	if behind := strings.TrimSpace(p.source[at:head]); behind != "" && behind[0] != '#' {
		return tree.None
	}
	start := p.at
	lines, end := p.lines(min(head+1, len(p.source)), max(parent, -1), h)
	text := h.join(lines)
	if end == len(p.source) && h.chomp != '+' {
		text = strings.TrimSuffix(text, "\n") // The file ends without a line end.
	}
	p.move(max(end, head))
	return p.Leaf(tree.String, text, start, max(end, at))
}

// lines reads the lines of a block scalar without their indentation, and gives the end of the last one that is not empty; 0
// without any.
func (p *parser) lines(at, parent int, h header) (lines []string, end int) {
	indent := -1
	if h.indent > 0 {
		indent = max(parent, 0) + h.indent
	}
	for at < len(p.source) {
		stop := p.lineEnd(at)
		text := strings.TrimSuffix(p.source[at:stop], "\r")
		body := strings.TrimLeft(text, " ")
		column := len(text) - len(body)
		if strings.Trim(body, "\t") == "" && (indent < 0 || column < indent) {
			lines = append(lines, "")
			at = stop + 1
			continue
		}
		if indent < 0 {
			indent = max(column, parent+1)
		}
		if column < indent || column == 0 && p.markerAt(at) {
			break
		}
		lines = append(lines, text[indent:])
		end = at + len(text)
		at = stop + 1
	}
	return lines, end
}

// join makes the text of the lines.
func (h header) join(lines []string) string {
	last := len(lines)
	for last > 0 && lines[last-1] == "" {
		last--
	}
	kept := len(lines) - last
	lines = lines[:last]
	if last == 0 {
		return ""
	}
	var out strings.Builder
	for i, line := range lines {
		if i > 0 {
			out.WriteString(h.between(lines, i))
		}
		out.WriteString(line)
	}
	switch h.chomp {
	case '-':
	case '+':
		out.WriteString(strings.Repeat("\n", kept+1))
	default:
		out.WriteByte('\n')
	}
	return out.String()
}

// between is what is between a line and the one before. Folded text joins lines that are not empty and not indented.
func (h header) between(lines []string, i int) string {
	indented := func(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }
	if !h.folded || indented(lines[i]) || indented(lines[i-1]) {
		return "\n"
	}
	switch {
	case lines[i] == "":
		// The first empty line of several takes the place of the line end, and each is one itself.
		next := i
		for next < len(lines) && lines[next] == "" {
			next++
		}
		if lines[i-1] != "" && !indented(lines[min(next, len(lines)-1)]) {
			return ""
		}
		return "\n"
	case lines[i-1] == "":
		return "\n"
	}
	return " "
}

// lineEnd is the offset of the line feed of the line at an offset, or the end of the source.
func (p *parser) lineEnd(at int) int {
	if length := strings.IndexByte(p.source[at:], '\n'); length >= 0 {
		return at + length
	}
	return len(p.source)
}
