package coding

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Percent decodes the percent encoding (RFC 3986, 2.1) of data[start:stop].
func (t *Text) Percent(data []byte, start, stop int) {
	t.begin(FormPercent, 1)
	for at := start; at < stop; {
		b, width := data[at], 1
		if b == '%' && isHexPair(data[at+1:stop]) {
			b, width = hexDigit(data[at+1])<<4|hexDigit(data[at+2]), 3
		}
		t.add(b, at)
		at += width
	}
	t.end(stop)
}

// Escapes decodes the escapes of data[start:stop], as JSON (RFC 8259, 7), YAML and programs write them.
func (t *Text) Escapes(data []byte, start, stop int) {
	t.begin(FormEscape, 1)
	for at := start; at < stop; {
		b, width := data[at], 1
		if b == '\\' {
			b, width = escapeAt(data[at:stop])
		}
		t.add(b, at)
		at += width
	}
	t.end(stop)
}

// InEscaped reports whether b can belong to a text with escapes or percent encoding: any byte but white space, quotes and
// angle brackets.
func InEscaped(b byte) bool {
	return b > ' ' && b != '"' && b != '\'' && b != '`' && b != '<' && b != '>'
}

// escapeAt decodes the escape at the beginning of text: its byte, and its length. A character beyond ASCII becomes a blank.
// A backslash that begins no escape stands for itself.
func escapeAt(text []byte) (b byte, width int) {
	if len(text) < 2 {
		return text[0], 1
	}
	switch text[1] {
	case 'u', 'x':
		digits := 4
		if text[1] == 'x' {
			digits = 2
		}
		if len(text) < 2+digits || !ascii.OnlyOf(text[2:2+digits], ascii.ClassHex, "") {
			return text[0], 1
		}
		value := 0
		for _, d := range text[2 : 2+digits] {
			value = value<<4 | int(hexDigit(d))
		}
		if value > 0x7f {
			value = ' '
		}
		return byte(value), 2 + digits
	case 'n', 'r', 't':
		return '\n', 2
	case '/', '\\', '"', '\'':
		return text[1], 2
	}
	return text[0], 1
}

// Unescape resolves backslashes as JSON, YAML, TOML, properties files and most languages write them. It returns nil when
// raw has no backslash.
func Unescape(raw []byte) []byte {
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

// UnescapeTwice resolves the backslashes of a text that stands escaped within an escaped text. It returns nil when the
// first pass leaves no backslash.
func UnescapeTwice(raw []byte) []byte {
	if text := Unescape(raw); text != nil {
		return Unescape(text)
	}
	return nil
}

// QuotedPrintable decodes the part of a mail data[start:stop] (RFC 2045, 6.7).
func (t *Text) QuotedPrintable(data []byte, start, stop int) {
	t.begin(FormQuotedPrintable, 1)
	for at := start; at < stop; {
		b, width := data[at], 1
		if b == '=' {
			switch rest := data[at+1 : stop]; {
			case bytes.HasPrefix(rest, []byte("\r\n")):
				at += 3
				continue
			case bytes.HasPrefix(rest, []byte("\n")):
				at += 2
				continue
			case isHexPair(rest):
				b, width = hexDigit(rest[0])<<4|hexDigit(rest[1]), 3
			}
		}
		t.add(b, at)
		at += width
	}
	t.end(stop)
}
