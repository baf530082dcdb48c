package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// defaultMembers are the members of a parameter's description that hold its value.
var defaultMembers = ascii.WordSet(" default value ")

// DefaultMember reads the default in the description of a parameter: in CloudFormation "DBPassword:" stands over
// "Default: x", or before "{Type: String, Default: x}". at is the offset behind the colon.
func (t *Text) DefaultMember(first, at int) (Value, bool) {
	data := t.Data
	stop := min(len(data), at+400)
	line := data[at:ascii.LineEnd(data, at, 400)]
	flow := bytes.IndexByte(line, '{') >= 0
	if flow {
		stop = at + len(line)
	} else if len(bytes.TrimSpace(line)) > 0 {
		return Value{}, false
	}
	indent := first - ascii.LineStart(data, first, 200)
	for begin := at; begin < stop; {
		for begin < stop && (ascii.Is(data[begin], ascii.ClassSpace) || data[begin] == '{' || data[begin] == ',') {
			begin++
		}
		if !flow && begin-ascii.LineStart(data, begin, 200) <= indent {
			return Value{}, false
		}
		end := begin
		for end < stop && ascii.NameByte(data[end]) {
			end++
		}
		if end < stop && data[end] == ':' && ascii.OneOf(defaultMembers, data[begin:end]) {
			if !flow {
				return t.LineValue(begin, end+1)
			}
			if i := ascii.SkipSpace(data, end+1); i < stop && ascii.IsQuote(data[i]) {
				return t.quoted(i+1, data[i])
			} else if i < stop {
				return t.WordValue(OpColon, begin, i, end+1)
			}
		}
		for end < stop && data[end] != '\n' && !(flow && data[end] == ',') {
			end++
		}
		begin = end + 1
	}
	return Value{}, false
}

// yamlNode skips what may stand before a scalar: its anchor, the tag of a string, and the mark of a block or a folded
// scalar, whose text begins on the next line. The text is data[from:to]; from is negative where no scalar follows.
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
	// The scalar stands on the lines below, further to the right.
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

// ParentName gives the name of the YAML mapping within which the name at an offset stands: the nearest line above that is
// indented less and ends in a colon. It is empty when there is none within 400 bytes.
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
