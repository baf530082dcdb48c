package syntax

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// Block walks the lines of a file in YAML's block style: "key: value", with indented lines below a key. yarn and
// pnpm always write their lock files in this style. Reading line by line is about twenty times as fast as building YAML
// nodes. Unwanted parts are skipped by indentation without parsing, even long texts and deep nesting.
type Block struct {
	data []byte
	at   int
	next BlockLine
	held bool
}

// BlockLine is a line that is neither empty nor a comment. Start and end are the offsets of its text, and
// Indent is the number of spaces and tabs before it.
type BlockLine struct {
	Indent, Start, end int
}

// NewBlock starts at the first line of a file.
func NewBlock(s *document.Source) *Block {
	return &Block{data: s.Data, at: len(ByteOrderMark(s.Data))}
}

// peek returns the next line without consuming it.
func (b *Block) peek() (line BlockLine, ok bool) {
	for !b.held && b.at < len(b.data) {
		from := b.at
		end := len(b.data)
		if i := bytes.IndexByte(b.data[from:], '\n'); i >= 0 {
			end = from + i
		}
		b.at = min(end+1, len(b.data))
		line := b.data[from:end]
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		text := bytes.TrimRight(line[indent:], " \t\r")
		if len(text) == 0 || text[0] == '#' || indent == 0 && (string(text) == "---" || string(text) == "...") {
			continue
		}
		start := from + indent
		if text[0] == ':' && (len(text) == 1 || text[1] == ' ') {
			// The value of a key that was too long for one line: "? key" and then ": value".
			rest := bytes.TrimLeft(text[1:], " \t")
			if len(rest) == 0 {
				continue
			}
			start += len(text) - len(rest)
			indent += 2
			text = rest
		}
		b.next, b.held = BlockLine{Indent: indent, Start: start, end: start + len(text)}, true
	}
	return b.next, b.held
}

// Below calls visit for each line directly below a line with that indentation (-1 for the whole text). It does not call
// visit for deeper lines: visit reads those that it needs.
func (b *Block) Below(indent int, visit func(line BlockLine) error) error {
	level := -1
	for {
		line, ok := b.peek()
		if !ok || line.Indent <= indent {
			return nil
		}
		if b.held = false; level < 0 {
			level = line.Indent
		}
		if line.Indent > level {
			continue
		}
		if err := visit(line); err != nil {
			return err
		}
	}
}

func (b *Block) Text(line BlockLine) string { return string(b.data[line.Start:line.end]) }

// Pair splits a line; start and end are the offsets of the key without its quotes. ok is false if it is not "key:
// value".
func (b *Block) Pair(line BlockLine) (key, value string, start, end int, ok bool) {
	text := b.data[line.Start:line.end]
	start = line.Start
	if bytes.HasPrefix(text, []byte("? ")) {
		rest := bytes.TrimLeft(text[2:], " ")
		start += len(text) - len(rest)
		key = UnquoteYAML(string(rest))
		return key, "", start, line.end, true
	}
	if quote := text[0]; quote == '"' || quote == '\'' {
		n := QuotedLength(text)
		rest := bytes.TrimLeft(text[n:], " ")
		if n < 2 || len(rest) == 0 || rest[0] != ':' {
			return "", "", 0, 0, false
		}
		return UnquoteYAML(string(text[:n])), strings.TrimSpace(string(rest[1:])), start + 1, start + n - 1, true
	}
	n := bytes.Index(text, []byte(": "))
	if n < 0 {
		if n = len(text) - 1; text[n] != ':' {
			return "", "", 0, 0, false
		}
	}
	return string(text[:n]), strings.TrimSpace(string(text[n+1:])), start, start + n, true
}

// Scalar removes the quotes of a value, and a comment after it.
func (b *Block) Scalar(value string) string {
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		return UnquoteYAML(value[:QuotedLength(value)])
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value)
}

// Flow returns the value of a line with braces, "{integrity: sha512-…}", which formatters may break into several lines.
func (b *Block) Flow(line BlockLine, value string) string {
	if value == "" {
		next, ok := b.peek()
		if !ok || next.Indent <= line.Indent || b.data[next.Start] != '{' {
			return ""
		}
		b.held = false
		value = b.Text(next)
	}
	if !strings.HasPrefix(value, "{") {
		return ""
	}
	var all strings.Builder
	for all.WriteString(value); !strings.HasSuffix(value, "}"); {
		next, ok := b.peek()
		if !ok || next.Indent <= line.Indent {
			break
		}
		b.held = false
		value = b.Text(next)
		all.WriteString(" " + value)
	}
	return all.String()
}

// FlowMember returns a member of a value in braces, whose names end with ":" or "="; "" if it is missing.
func FlowMember(flow, name, separator string) string {
	flow = strings.TrimRight(strings.TrimLeft(flow, "{ "), "} ")
	for flow != "" {
		n := 0
		for n < len(flow) && flow[n] != ',' {
			if c := flow[n]; (c == '"' || c == '\'') && (n == 0 || flow[n-1] == ' ' || flow[n-1] == separator[0]) {
				n += max(QuotedLength(flow[n:]), 1)
				continue
			}
			n++
		}
		key, value, ok := strings.Cut(strings.TrimSpace(flow[:n]), separator)
		if ok && UnquoteYAML(strings.TrimSpace(key)) == name {
			return UnquoteYAML(strings.TrimSpace(value))
		}
		flow = flow[min(n+1, len(flow)):]
	}
	return ""
}

// QuotedLength returns the length of the quoted text at the beginning, including its quotes. Without a closing quote it
// is the length of the whole text.
func QuotedLength[T string | []byte](text T) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] != text[0]:
		case text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// UnquoteYAML removes the quotes around a scalar (https://yaml.org/spec/1.2.2/#73-flow-scalar-styles).
func UnquoteYAML(text string) string {
	if len(text) < 2 || text[0] != text[len(text)-1] {
		return text
	}
	switch inner := text[1 : len(text)-1]; text[0] {
	case '\'':
		return strings.ReplaceAll(inner, "''", "'")
	case '"':
		if strings.Contains(inner, `\`) {
			return unescape([]byte(inner))
		}
		return inner
	}
	return text
}
