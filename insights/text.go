package insights

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const ellipsis = "…"

// Cut makes text fit: valid UTF-8 of at most limit UTF-16 code units, without control characters other than newlines. It
// cuts after a word if one ends nearby, else between two characters, and adds an ellipsis. Cutting twice changes
// nothing.
func Cut(text string, limit int) string {
	text = sanitize(text)
	if units(text) <= limit {
		return text
	}
	if limit <= 0 {
		return ""
	}
	room := limit - units(ellipsis)
	end := 0
	for i, r := range text {
		n := utf16.RuneLen(r)
		if room < n {
			break
		}
		room -= n
		end = i + utf8.RuneLen(r)
	}
	head := text[:end]
	// A word boundary within the last eighth is worth the loss. A long token is not dropped for it.
	if next, _ := utf8.DecodeRuneInString(text[end:]); !unicode.IsSpace(next) {
		if i := strings.LastIndexFunc(head, unicode.IsSpace); i >= len(head)-len(head)/8-1 && i > 0 {
			head = head[:i]
		}
	}
	return strings.TrimRightFunc(head, func(r rune) bool { return unicode.IsSpace(r) || joins(r) }) + ellipsis
}

// joins reports whether a character belongs to its neighbour, so that a cut must not end with it.
func joins(r rune) bool { return r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) }

// units counts UTF-16 code units of valid UTF-8.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// sanitize returns valid UTF-8 without control characters other than '\n'. It also removes characters that change the
// direction of text, because they could make an annotation read as something else.
func sanitize(text string) string {
	clean := utf8.ValidString(text)
	if clean {
		for _, r := range text {
			if drop(r) || r == '\t' || r == '\r' {
				clean = false
				break
			}
		}
	}
	if clean {
		return strings.TrimSpace(text)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == '\r':
			b.WriteByte('\n')
		case !drop(r):
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// drop reports whether a character is invisible and could hide or reorder text: controls, direction marks, zero-width
// spaces, and tag characters, which spell invisible ASCII. It keeps the joiner of emoji.
func drop(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '\u200d':
		return false
	case r == '\u200b', r == '\u200c', r == '\u2060', r == '\ufeff', r == '\u00ad', r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// oneLine collapses all white space.
func oneLine(text string) string { return strings.Join(strings.Fields(sanitize(text)), " ") }
