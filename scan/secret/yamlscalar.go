package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// defaultMembers are the members of a parameter's description that hold its value.
var defaultMembers = ascii.WordSet(" default value ")

// defaultMember reads the default in the description of a parameter: in CloudFormation "DBPassword:" stands over
// "Default: x", or before "{Type: String, Default: x}". at is the offset behind the colon.
func (t *text) defaultMember(first, at int) (value, bool) {
	data := t.data
	stop := min(len(data), at+400)
	line := data[at:ascii.LineEnd(data, at, 400)]
	flow := bytes.IndexByte(line, '{') >= 0
	if flow {
		stop = at + len(line)
	} else if len(bytes.TrimSpace(line)) > 0 {
		return value{}, false
	}
	indent := first - ascii.LineStart(data, first, 200)
	for begin := at; begin < stop; {
		for begin < stop && (ascii.Is(data[begin], ascii.ClassSpace) || data[begin] == '{' || data[begin] == ',') {
			begin++
		}
		if !flow && begin-ascii.LineStart(data, begin, 200) <= indent {
			return value{}, false
		}
		end := begin
		for end < stop && ascii.NameByte(data[end]) {
			end++
		}
		if end < stop && data[end] == ':' && ascii.OneOf(defaultMembers, data[begin:end]) {
			if !flow {
				return t.lineValue(begin, end+1)
			}
			if i := ascii.SkipSpace(data, end+1); i < stop && ascii.IsQuote(data[i]) {
				return t.quoted(i+1, data[i])
			} else if i < stop {
				return t.wordValue(opColon, begin, i, end+1)
			}
		}
		for end < stop && data[end] != '\n' && !(flow && data[end] == ',') {
			end++
		}
		begin = end + 1
	}
	return value{}, false
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
	to = ascii.LineEnd(data, text, maxValue)
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
