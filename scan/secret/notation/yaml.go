package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// yamlNode skips what may stand before a scalar: its anchor, the tag of a string, and the mark of a block or folded
// scalar, whose text begins on the next line. The text is data[from:to]; from is negative when no scalar follows.
func yamlNode(data []byte, from, to int) (int, int) {
	indent := 0
	for begin := ascii.LineStart(data, from, 400); begin+indent < from && data[begin+indent] == ' '; {
		indent++
	}
	for range 2 {
		end := ascii.Word(data, from, to-from)
		switch {
		case from < to && data[from] == '&' && ascii.SkipSpace(data, end) < to, bytes.HasPrefix(data[from:to], []byte("!!str ")):
			from = ascii.SkipSpace(data, end)
		case from < to && data[from] == '*' && bytes.Contains(data, append([]byte("&"), data[from+1:end]...)):
			return -1, 0
		}
	}
	mark := bytes.TrimSpace(data[from:to])
	if len(mark) > 0 && (mark[0] != '|' && mark[0] != '>' || len(mark) > 3 || !ascii.OnlyOf(mark[1:], ascii.ClassDigit, "+-")) {
		if mark[0] == '{' && bytes.Contains(mark, []byte(": ")) {
			return -1, 0
		}
		return from, to
	}
	// The scalar is on the lines below, further to the right.
	at := bytes.IndexByte(data[to:], '\n')
	if at < 0 {
		return -1, 0
	}
	from = to + at + 1
	text := from
	for text < len(data) && data[text] == ' ' {
		text++
	}
	to = ascii.LineEnd(data, text, MaxValue)
	if to > text && data[to-1] == '\r' {
		to--
	}
	if text-from <= indent || text == to || data[text] == '-' && text+1 < to && data[text+1] == ' ' {
		return -1, 0
	}
	line := data[text:to]
	if len(mark) == 0 && (bytes.Contains(line, []byte(": ")) || line[len(line)-1] == ':') {
		// A mapping.
		return -1, 0
	}
	return text, to
}

// ParentName returns the name of the YAML mapping that contains the name at an offset: that of the nearest line above
// with less indentation and a colon at its end. It is empty when there is none within 400 bytes.
func ParentName(data []byte, first int) []byte {
	begin := ascii.LineStart(data, first, 200)
	indent := bytes.IndexFunc(data[begin:first+1], func(r rune) bool { return r != ' ' && r != '-' })
	for from := max(0, first-400); begin > from; {
		end := begin - 1
		begin = ascii.LineStart(data, end, 200)
		line := data[begin:end]
		body := bytes.TrimLeft(line, " -")
		if len(bytes.TrimSpace(body)) == 0 || len(line)-len(body) >= indent {
			continue
		}
		name, ok := bytes.CutSuffix(bytes.TrimRight(body, " \r"), []byte(":"))
		if !ok {
			return nil
		}
		return bytes.Trim(name, "\"'")
	}
	return nil
}
