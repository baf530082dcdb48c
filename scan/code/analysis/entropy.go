package analysis

import (
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// Mode says how much a text must look random.
type Mode int

// The modes.
const (
	Default Mode = iota
	Lax
	Strict
)

// limits are the least bits of a text and of each byte, by mode. Texts of natural language and names of programs have
// about 3.5 bits a byte by the costs below, random ones more than 5.
var limits = map[Mode]struct{ bits, density float64 }{Default: {64, 4.8}, Lax: {48, 4.4}, Strict: {96, 5.1}}

// The costs of a byte in bits. A letter that begins a word is one of 26 and not evenly spread; a letter after another
// one costs little when the pair is common in English; a digit is one of 62 signs.
const (
	costWord     = 4.3
	costCommon   = 3.0
	costUncommon = 7.0
	costDigit    = 5.95
	costSign     = 3.5
	costSpace    = 2.0
)

// Random reports whether a text looks random, like a key or token. It estimates how much the text says that words would
// not: whole and by the byte. The text is the content of a literal, without quotes.
func Random(text string, mode Mode) bool {
	if repeated(text) {
		return false
	}
	bits, letters := 0.0, 0
	for i := range len(text) {
		bits += cost(text, i)
		if letter(text[i]) {
			letters++
		}
	}
	// Times, numbers and addresses are digits and signs.
	if letters < 4 {
		return false
	}
	limit := limits[mode]
	return bits > limit.bits && bits > limit.density*float64(len(text))
}

// repeated reports whether a text is one byte over and over.
func repeated(text string) bool {
	for i := range len(text) {
		if text[i] != text[0] {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return ascii.Is(c, ascii.ClassLower|ascii.ClassUpper) }

// cost is the cost of one byte after the one before it.
func cost(text string, i int) float64 {
	c := text[i]
	switch {
	case c == ' ' || c == '\n' || c == '\t':
		return costSpace
	case ascii.Is(c, ascii.ClassDigit):
		return costDigit
	case !letter(c):
		return costSign
	case i == 0 || !letter(text[i-1]), ascii.Is(c, ascii.ClassUpper) && ascii.Is(text[i-1], ascii.ClassLower):
		return costWord
	case looks.CommonPair(text[i-1], c):
		return costCommon
	}
	return costUncommon
}
