package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// quoted reads a text from behind its opening quote to the closing one on the same line, by the rules of the notation.
func (t *Text) quoted(start int, quote byte) (Value, bool) {
	data := t.Data
	slashes, doubled := t.escapes(quote)
	end := start
	for end < len(data) && end-start < MaxValue && data[end] != '\n' {
		switch {
		case slashes && data[end] == '\\' && !(t.Notation == Prose && lastQuote(data, end+1, quote)):
			end++
		case data[end] == quote && doubled && end+1 < len(data) && data[end+1] == quote:
			end++
		case data[end] == quote && t.Notation == SQL && data[end-1] == '\\' && !closedAt(data, end):
			// MySQL escapes with a backslash, other databases do not: a text does not end where more follows directly.
		case data[end] == quote:
			return Value{Start: start, End: end, Decoded: t.decode(data[start:end], quote)}, end > start
		}
		end++
	}
	return Value{}, false
}

// lastQuote reports whether the quote at an offset is the last of its kind on the line. In prose, a backslash before it
// belongs to the text that it closes.
func lastQuote(data []byte, at int, quote byte) bool {
	return at < len(data) && data[at] == quote && bytes.IndexByte(data[at+1:ascii.LineEnd(data, at, MaxValue)], quote) < 0
}

// escapes says how a quote is written inside quotes: behind a backslash, or twice.
func (t *Text) escapes(quote byte) (slashes, doubled bool) {
	switch t.Notation {
	case XML, INI, Options:
		return false, false
	case YAML:
		return quote == '"', quote == '\''
	case Table, PowerShell, SQL:
		return false, true
	case Shell, Env, TOML:
		return quote != '\'', false
	}
	return quote != '`' || t.Notation != Prose, false
}

// decode returns the text that quoted bytes mean; nil when they mean themselves.
func (t *Text) decode(raw []byte, quote byte) []byte {
	switch slashes, doubled := t.escapes(quote); {
	case t.Notation == XML:
		return coding.Entities(raw)
	case slashes:
		return coding.Unescape(raw)
	case doubled:
		if twice := []byte{quote, quote}; bytes.Contains(raw, twice) {
			return bytes.ReplaceAll(raw, twice, twice[:1])
		}
	}
	return nil
}

// closedAt reports whether the quote at an offset closes a text: no letter, digit or further sign of a word follows
// directly.
func closedAt(data []byte, at int) bool {
	return at+1 >= len(data) || ascii.Is(data[at+1], ascii.ClassSpace) || bytes.IndexByte([]byte(",;.:)]}<>/|\\+-\"'`"), data[at+1]) >= 0
}

// innerText removes quotes inside the quotes, which generated code has: '"x"', "\"x\"".
func innerText(data []byte, v Value) Value {
	text := data[v.Start:v.End]
	switch n := len(text); {
	case n > 4 && text[0] == '\\' && ascii.IsQuote(text[1]) && text[n-2] == '\\' && text[n-1] == text[1]:
		return Value{Start: v.Start + 2, End: v.End - 2}
	case n > 2 && ascii.IsQuote(text[0]) && text[0] != '`' && text[n-1] == text[0] && v.Decoded == nil:
		return Value{Start: v.Start + 1, End: v.End - 1}
	}
	return v
}
