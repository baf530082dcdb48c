package coding

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// xmlEntities are the entities that every XML document has (https://www.w3.org/TR/xml/#sec-predefined-ent).
var xmlEntities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// Entities resolves the entities of XML and HTML. It returns nil when raw has none.
func Entities(raw []byte) []byte {
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

// character decodes a numeric reference: #65, #x41. It returns 0 for any other text.
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
