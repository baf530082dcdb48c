package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Filled reports whether one filler character, repeated, makes up more than half of a token.
func Filled(token []byte) bool {
	run := 0
	for i, b := range token {
		if b|0x20 != 'x' && b != '*' || i > 0 && b != token[i-1] {
			run = 0
		}
		if b|0x20 == 'x' || b == '*' {
			run++
		}
		if run > 8 && run*2 > len(token) {
			return true
		}
	}
	return false
}

// LongRun reports whether a character stands seven times in a row. An A does not count, because zeros are written so in
// base64.
func LongRun(token []byte) bool {
	run := 0
	for i, b := range token {
		if i > 0 && b != token[i-1] || b == 'A' {
			run = 0
		}
		if run++; run > 6 {
			return true
		}
	}
	return false
}

// Blank reports whether text consists of fillers: x, X, *, 0, dots, underscores and dashes.
func Blank(text []byte) bool { return len(bytes.Trim(text, "xX*0._-")) == 0 }

// counting holds runs that people type when they make something up.
var counting = wordlist.Finder("invented-runs")

// ExampleLike reports whether text contains, in any case, a run that people type when they make something up.
func ExampleLike(text []byte) bool {
	return counting().In(text) || Counted(text)
}

// Counted reports whether the letters and the digits of a value each go up one by one, as in abc123def456 and a1b2c3d4.
// People count like this when they make something up.
func Counted(value []byte) bool {
	var last [2]byte
	var steps, all [2]int
	for _, b := range value {
		kind := 0
		switch {
		case ascii.Is(b, ascii.ClassLower|ascii.ClassUpper):
			b |= 0x20
		case ascii.Is(b, ascii.ClassDigit):
			kind = 1
		default:
			continue
		}
		if last[kind] != 0 {
			all[kind]++
			next := last[kind] + 1
			if b == next || kind == 0 && next > 'z' && b == 'a' || kind == 1 && next > '9' && (b == '0' || b == '1') {
				steps[kind]++
			}
		}
		last[kind] = b
	}
	return all[0] >= 5 && steps[0]*5 >= all[0]*4 && (all[1] < 3 || steps[1]*3 >= all[1]*2)
}

// Periodic reports whether a value repeats a part of at most eight characters, in any case, at least three times:
// ABC123abc123ABC123.
func Periodic(value []byte) bool {
	for period := 1; period <= 8 && period*3 <= len(value); period++ {
		same := period
		for same < len(value) && value[same]|0x20 == value[same-period]|0x20 {
			same++
		}
		if same == len(value) {
			return true
		}
	}
	return false
}

// Published holds secrets of manuals that everybody copies: the secret of the Key URI format of authenticator apps, the
// key of the test vectors of RFC 6238 in base32, the tokens of RFC 5849, RFC 6749 and RFC 6750, the payloads of RFC 7515 and RFC 7520, and the public key
// tokens of .NET's own assemblies.
var Published = wordlist.Finder("published-secrets")

// manualNouns are the words that manuals use for a user or a password.
var manualNouns = wordlist.Set("manual-nouns")

// NounOnly reports whether text is a word that manuals use for a user or a password.
func NounOnly(text []byte) bool {
	return ascii.OneOf(manualNouns, text)
}

// CountedNoun reports whether text is such a word with a count behind it: pass123, key_1234.
func CountedNoun(text []byte) bool {
	word := bytes.TrimRight(text, ascii.Decimals)
	digits := text[len(word):]
	word = bytes.TrimRight(word, "_-")
	return len(digits) > 0 && len(digits) < 9 && bytes.HasPrefix([]byte(ascii.Decimals[1:]), digits) && (NounOnly(word) || string(word) == "key")
}
