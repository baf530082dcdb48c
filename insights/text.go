package insights

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/display"
)

// Cut makes text fit: valid UTF-8 of at most limit UTF-16 code units, without control characters other than newlines. It
// cuts after a word if one ends nearby, else between two characters, and adds an ellipsis. Cutting twice changes
// nothing.
func Cut(text string, limit int) string {
	text = display.Text(text)
	if units(text) <= limit {
		return text
	}
	if limit <= 0 {
		return ""
	}
	room := limit - units(display.Ellipsis)
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
	return strings.TrimRightFunc(head, func(r rune) bool { return unicode.IsSpace(r) || joins(r) }) + display.Ellipsis
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
