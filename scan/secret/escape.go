package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// matchPercent decodes percent encoding (RFC 3986, 2.1) around a hit.
func matchPercent(t *text, start, end int) { t.unescape(codingPercent, start, end) }

// matchEscape decodes the escapes of JSON (RFC 8259, 7), YAML and program texts around a hit.
func matchEscape(t *text, start, end int) { t.unescape(codingEscape, start, end) }

// unescape decodes the word or quoted text around a hit, once.
func (t *text) unescape(how coding, hit, end int) {
	if hit < t.escaped || !t.decodable() {
		return
	}
	data := t.data
	start := hit
	for start > t.escaped && hit-start < maxBefore && wordByte(data[start-1]) {
		start--
	}
	stop := end
	for stop < len(data) && stop-hit < maxEscaped && wordByte(data[stop]) {
		stop++
	}
	t.escaped = stop
	t.scratch, t.places = t.scratch[:0], t.places[:0]
	for at := start; at < stop; {
		b, width := data[at], 1
		if how == codingPercent {
			if b == '%' && at+2 < stop && ascii.Is(data[at+1], ascii.ClassHex) && ascii.Is(data[at+2], ascii.ClassHex) {
				b, width = hexDigit(data[at+1])<<4|hexDigit(data[at+2]), 3
			}
		} else if b == '\\' {
			b, width = escapeAt(data[at:stop])
		}
		t.scratch = append(t.scratch, b)
		t.places = append(t.places, uint32(at))
		at += width
	}
	t.places = append(t.places, uint32(stop))
	t.nested(how, 1, false)
}

// wordByte reports whether a byte can belong to an escaped text: anything but space and quotes.
func wordByte(b byte) bool {
	return b > ' ' && b != '"' && b != '\'' && b != '`' && b != '<' && b != '>'
}

// escapeAt reads the escape with which text begins: its byte, and how long it is. A sign beyond ASCII becomes a blank.
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

// maxMail bounds what is decoded of a mail's quoted-printable part, in bytes.
const maxMail = 1 << 20

// matchQuotedPrintable decodes what follows the header of a mail's part (RFC 2045, 6.7) up to the next part.
func matchQuotedPrintable(t *text, _, end int) {
	if end < t.mailEnd || !t.decodable() {
		return
	}
	data := t.data
	stop := min(len(data), end+maxMail)
	if at := bytes.Index(data[end:stop], []byte("\n--")); at >= 0 {
		stop = end + at
	}
	t.mailEnd = stop
	t.scratch, t.places = t.scratch[:0], t.places[:0]
	for at := end; at < stop; {
		b, width := data[at], 1
		if b == '=' {
			switch rest := data[at+1 : stop]; {
			case bytes.HasPrefix(rest, []byte("\r\n")):
				at += 3
				continue
			case bytes.HasPrefix(rest, []byte("\n")):
				at += 2
				continue
			case len(rest) >= 2 && ascii.Is(rest[0], ascii.ClassHex) && ascii.Is(rest[1], ascii.ClassHex):
				b, width = hexDigit(rest[0])<<4|hexDigit(rest[1]), 3
			}
		}
		t.scratch = append(t.scratch, b)
		t.places = append(t.places, uint32(at))
		at += width
	}
	t.places = append(t.places, uint32(stop))
	t.nested(codingQuotedPrintable, 1, false)
}
