package looks

import (
	"bytes"
	"math"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/odds"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Lengths in bytes that a secret value can have.
const (
	MinPassword = 4
	MaxPassword = 128
	MinToken    = 8
	MaxToken    = 512
)

// Entropy returns Shannon's entropy in bits a byte.
func Entropy(value []byte) float64 {
	var counts [256]int
	for _, b := range value {
		counts[b]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(value))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// pairs marks the letter pairs that are common in English and in the words of programs, as a bit set for each first
// letter.
var pairs = func() (table [26]uint32) {
	for pair := range wordlist.Set("letter-pairs") {
		for i := 0; i+1 < len(pair); i++ {
			table[pair[i]-'a'] |= 1 << (pair[i+1] - 'a')
		}
	}
	return table
}()

// CommonPair reports whether two letters, of any case, often follow each other in English and in the words of programs.
func CommonPair(first, second byte) bool { return pairs[(first|0x20)-'a']>>((second|0x20)-'a')&1 == 1 }

// Wordy reports whether a value reads like words: nearly all of its letter pairs are common, and few digits break it
// up.
func Wordy(value []byte) bool {
	common, all, letters := 0, 0, 0
	for i, b := range value {
		if !ascii.Is(b, ascii.ClassLower|ascii.ClassUpper) {
			continue
		}
		letters++
		if i == 0 || !ascii.Is(value[i-1], ascii.ClassLower|ascii.ClassUpper) {
			continue
		}
		if ascii.Is(b, ascii.ClassUpper) && ascii.Is(value[i-1], ascii.ClassLower) {
			// A new word begins.
			continue
		}
		all++
		if CommonPair(value[i-1], b) {
			common++
		}
	}
	return all >= 3 && letters*10 >= len(value)*7 && common*100 >= all*78
}

// Identifier reports whether a value consists of words of letters joined by single signs, like a name in a program.
func Identifier(value []byte) bool {
	letters, signs := 0, 0
	for i, b := range value {
		switch {
		case ascii.Is(b, ascii.ClassLower|ascii.ClassUpper):
			letters++
		case b == '_' || b == '-' || b == '.' || b == ':' || b == '/' || b == ' ':
			if i == 0 || i == len(value)-1 {
				return false
			}
			signs++
		case ascii.Is(b, ascii.ClassDigit):
			if i+2 < len(value) {
				return false
			}
		default:
			return false
		}
	}
	return letters > 0 && signs > 0
}

// version reports whether a value begins like a version: two or more numbers with dots between them.
func version(value []byte) bool {
	value = bytes.TrimPrefix(value, []byte("v"))
	dots := 0
	for i, b := range value {
		switch {
		case b == '.' && i > 0 && ascii.Is(value[i-1], ascii.ClassDigit):
			dots++
		case !ascii.Is(b, ascii.ClassDigit):
			return dots > 0 && i > 0 && ascii.Is(value[i-1], ascii.ClassDigit) && !ascii.Is(b, ascii.ClassUpper|ascii.ClassLower)
		}
	}
	return dots > 0
}

// How long the odds must be, in nats, before a text counts as random: a text with letters alone may be an abbreviation, and
// a short one may be a name with numbers in it.
const (
	oddsLong    = 4
	oddsShort   = 7
	oddsLetters = 12
)

// Random reports whether a value looks random: it is longer than a generator's shortest, its characters vary, and the odds
// are that it was drawn and not written.
func Random(value []byte) bool {
	if len(value) < MinToken || bytes.IndexByte(value, ' ') >= 0 || version(value) {
		return false
	}
	bits := Entropy(value)
	switch {
	case ascii.OnlyOf(value, ascii.ClassHex, ""):
		return len(value) >= 16 && bits > 2.9 && ascii.HasDigit(value) && (ascii.HasLetter(value) || len(value) >= 40)
	case ascii.OnlyOf(value, ascii.ClassDigit, ""), !ascii.HasLetter(value):
		return false
	case bits < 2.5:
		return false
	case !ascii.HasDigit(value):
		return (len(value) >= 12 || len(value) >= 10 && Symbols(value) >= 3) && !Identifier(value) && odds.Of(value) > oddsLetters
	case len(value) >= 14:
		return odds.Of(value) > oddsLong
	}
	return odds.Of(value) > oddsShort
}

// Drawn reports whether a value looks like the work of a password generator: it has signs among letters of both cases
// or digits, and the kind of character changes at every other place. Signs that mean something elsewhere (%d, {}, ::)
// mean nothing in such a value.
func Drawn(value []byte) bool {
	if len(value) < 10 || len(value) > MaxPassword || bytes.IndexByte(value, ' ') >= 0 || hasWord(value) {
		return false
	}
	var kinds [5]bool
	changes := 0
	for i, b := range value {
		kind := kindOf(b)
		kinds[kind] = true
		if i > 0 && (kind != kindOf(value[i-1]) || kind == 0 && b != value[i-1]) {
			changes++
		}
	}
	letters := kinds[1] && kinds[2] && kinds[3]
	switch {
	case kinds[4] || changes*5 < len(value)*2:
		return false
	case Symbols(value) == 0:
		// Names and paths have such signs too.
		return letters && kinds[0] && len(value) >= 12 && bytes.Count(value, []byte("/")) < 2 && !Wordy(value)
	}
	return letters || kinds[3] && (kinds[1] || kinds[2]) && !Wordy(value) || len(value) >= 14 && kinds[1] && kinds[2] && !Wordy(value)
}

// hasWord reports whether five or more letters in a row read like a word.
func hasWord(value []byte) bool {
	for at := 0; at < len(value); at++ {
		end := at
		for end < len(value) && ascii.Is(value[end], ascii.ClassLower|ascii.ClassUpper) {
			end++
		}
		if end-at >= 5 && Wordy(value[at:end]) {
			return true
		}
		at = max(at, end)
	}
	return false
}

// Mixed reports whether a value mixes letters, digits and several signs, as hardly anything but a password does.
func Mixed(value []byte) bool {
	return Drawn(value) || len(value) >= 8 && Symbols(value) >= 2 && ascii.HasDigit(value) && StrongPassword(value) && bytes.IndexByte(value, ' ') < 0
}

// kindOf returns 0 for a sign, 1 for a lower-case letter, 2 for an upper-case letter, 3 for a digit, and 4 for a
// character that no generator uses.
func kindOf(b byte) int {
	switch {
	case ascii.Is(b, ascii.ClassLower):
		return 1
	case ascii.Is(b, ascii.ClassUpper):
		return 2
	case ascii.Is(b, ascii.ClassDigit):
		return 3
	case b <= ' ' || b >= 0x7f:
		return 4
	}
	return 0
}

// Symbols counts the bytes that are neither letters, nor digits, nor signs that names use.
func Symbols(value []byte) int {
	n := 0
	for _, b := range value {
		if b > ' ' && b < 0x7f && !ascii.Is(b, ascii.ClassAlnum) && bytes.IndexByte([]byte("_-./: "), b) < 0 {
			n++
		}
	}
	return n
}

// Switches counts the changes between lower-case letters, upper-case letters, digits and other characters.
func Switches(value []byte) int {
	n := 0
	for i := 1; i < len(value); i++ {
		if ascii.ClassOf[value[i]]&ascii.ClassAlnum != ascii.ClassOf[value[i-1]]&ascii.ClassAlnum {
			n++
		}
	}
	return n
}

// StrongPassword reports whether a value mixes letters, digits and signs so much that nobody would take it for a word.
func StrongPassword(value []byte) bool {
	if len(value) < 8 {
		return false
	}
	kinds := 0
	for _, class := range [...]uint8{ascii.ClassLower, ascii.ClassUpper, ascii.ClassDigit} {
		if ascii.HasClass(value, class) {
			kinds++
		}
	}
	if Symbols(value) > 0 {
		kinds++
	}
	return kinds >= 3 || kinds == 2 && Switches(value) >= 3
}
