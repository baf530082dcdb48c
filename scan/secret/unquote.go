package secret

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// quoted reads a text from behind its opening quote to the closing one on the same line, by the rules of the file's
// notation.
func (t *text) quoted(start int, quote byte) (value, bool) {
	data := t.data
	slashes, doubled := t.escapes(quote)
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '\n' {
		switch {
		case slashes && data[end] == '\\' && !(t.path.notation == notationText && lastQuote(data, end+1, quote)):
			end++
		case data[end] == quote && doubled && end+1 < len(data) && data[end+1] == quote:
			end++
		case data[end] == quote && t.path.notation == notationSQL && data[end-1] == '\\' && !closedAt(data, end):
			// MySQL takes a backslash, which other databases take as it is: a text does not end where it is run together with more.
		case data[end] == quote:
			return value{start: start, end: end, decoded: t.decode(data[start:end], quote)}, end > start
		}
		end++
	}
	return value{}, false
}

// lastQuote reports whether a quote stands at an offset that is the last of its kind on the line: in a text a backslash before
// it belongs to what it closes.
func lastQuote(data []byte, at int, quote byte) bool {
	return at < len(data) && data[at] == quote && bytes.IndexByte(data[at+1:lineEnd(data, at, maxValue)], quote) < 0
}

// escapes says how a quote is written within quotes: behind a backslash, or twice.
func (t *text) escapes(quote byte) (slashes, doubled bool) {
	switch t.path.notation {
	case notationXML, notationINI, notationOptions:
		return false, false
	case notationYAML:
		return quote == '"', quote == '\''
	case notationTable, notationPowerShell, notationSQL:
		return false, true
	case notationShell, notationEnv, notationTOML:
		return quote != '\'', false
	}
	return quote != '`' || t.path.notation != notationText, false
}

// decode gives the text that a part of the file between quotes means; nil where it stands there as it is.
func (t *text) decode(raw []byte, quote byte) []byte {
	switch slashes, doubled := t.escapes(quote); {
	case t.path.notation == notationXML:
		return entities(raw)
	case slashes:
		return unescape(raw)
	case doubled:
		if twice := []byte{quote, quote}; bytes.Contains(raw, twice) {
			return bytes.ReplaceAll(raw, twice, twice[:1])
		}
	}
	return nil
}

// unescape resolves backslashes, as JSON, YAML, TOML, properties files and most languages write them; nil where there are
// none.
func unescape(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return nil
	}
	text := make([]byte, 0, len(raw))
	for at := 0; at < len(raw); {
		if raw[at] != '\\' || at+1 == len(raw) {
			text = append(text, raw[at])
			at++
			continue
		}
		if next := raw[at+1]; next == '\n' || next == '\r' {
			// The next line continues this one, behind its indentation.
			for at++; at < len(raw) && ascii.Is(raw[at], ascii.ClassSpace); {
				at++
			}
			continue
		}
		b, width := escapeAt(raw[at:])
		if width == 1 && !ascii.Is(raw[at+1], ascii.ClassAlnum) {
			// A sign that needs no backslash.
			b, width = raw[at+1], 2
		}
		text = append(text, b)
		at += width
	}
	return text
}

// xmlEntities are the names that every XML document knows (https://www.w3.org/TR/xml/#sec-predefined-ent).
var xmlEntities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// entities resolves the entities of XML and HTML; nil when raw has no entity.
func entities(raw []byte) []byte {
	if bytes.IndexByte(raw, '&') < 0 {
		return nil
	}
	text := make([]byte, 0, len(raw))
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], ';')
		if raw[at] != '&' || end < 2 || end > 8 {
			text = append(text, raw[at])
			at++
			continue
		}
		name := string(raw[at+1 : at+end])
		if b, ok := xmlEntities[name]; ok {
			text = append(text, b)
		} else if r := character(name); r > 0 {
			text = utf8.AppendRune(text, r)
		} else {
			text = append(text, raw[at])
			at++
			continue
		}
		at += end + 1
	}
	return text
}

// character reads a numeric reference: #65, #x41. It returns 0 for any other text.
func character(name string) rune {
	if len(name) < 2 || name[0] != '#' {
		return 0
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	var r rune
	for i := range len(digits) {
		d := digits[i]
		switch {
		case ascii.Is(d, ascii.ClassDigit):
			r = r*base + rune(d-'0')
		case base == 16 && ascii.Is(d, ascii.ClassHex):
			r = r*base + rune(hexDigit(d))
		default:
			return 0
		}
	}
	if len(digits) == 0 || !utf8.ValidRune(r) {
		return 0
	}
	return r
}
