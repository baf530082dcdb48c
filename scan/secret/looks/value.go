package looks

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Placeholders are whole values that people write in the place of a secret.
var Placeholders = wordlist.Set("placeholders")

// placeholderParts are texts that only a placeholder contains, anywhere and in any case.
var placeholderParts = wordlist.Finder("placeholder-parts")

// Placeholder reports whether a value takes the place of a secret that comes later.
func Placeholder(value []byte) bool {
	if ascii.OneOf(Placeholders, value) || Blank(value) || !ascii.Diverse(value, 2) || framed(value) {
		return true
	}
	if bytes.HasSuffix(value, []byte("***")) || bytes.HasSuffix(value, []byte("...")) || placeholderParts().In(value) || bytes.Contains(value, []byte("...")) && !Drawn(value) || ascii.OnlyOf(value, ascii.ClassUpper, "_-") && AboutPasswords(value) {
		return true
	}
	return len(value) > 2 && value[0] == '<' && value[len(value)-1] == '>'
}

// framed reports whether a value stands between the marks of a program that fills it in: ###NAME###, @@NAME@@, %%NAME%%.
func framed(value []byte) bool {
	first := value[0]
	if len(value) < 5 || first != '#' && first != '@' && first != '%' && first != '~' || value[1] != first {
		return false
	}
	name := bytes.Trim(value, string(first))
	return len(name) > 0 && (ascii.OnlyOf(name, ascii.ClassUpper|ascii.ClassDigit, "_-.") || Named(name)) && (value[2] == first || value[len(value)-1] == first)
}

// Typed reports whether a text looks typed by hand for a secret that nobody has to remember: letters, run together or
// in two or three words.
func Typed(text []byte) bool {
	return len(text) >= 10 && ascii.OnlyOf(text, ascii.ClassLower, " ") && bytes.Count(text, []byte(" ")) < 3 && ascii.Diverse(text, 6) && !AboutPasswords(text)
}

// Sentence reports whether a text is natural language: several words, or one word with punctuation at its end. The text
// must not be empty.
func Sentence(text []byte) bool {
	if Foreign(text) && !ascii.HasDigit(text) {
		return true
	}
	spaces := bytes.Count(text, []byte(" "))
	last := text[len(text)-1]
	switch {
	case spaces >= 2:
		return true
	case spaces == 1:
		return AboutPasswords(text) || ascii.Is(text[0], ascii.ClassUpper) || ascii.HasDigit(text) || last == ':' || last == '.' || last == ','
	}
	return (last == ':' || last == '?' || last == '.') && !ascii.HasDigit(text)
}

// MostlyForeign reports whether more than half of a text is beyond ASCII, as a sentence in another script is.
func MostlyForeign(text []byte) bool {
	n := 0
	for _, b := range text {
		if b >= 0x80 {
			n++
		}
	}
	return n*2 > len(text)
}

// HexNumber reports whether a text is a number in a program: 0x and at most eight digits.
func HexNumber(text []byte) bool {
	return len(text) <= 10 && bytes.HasPrefix(text, []byte("0x")) && ascii.OnlyOf(text[2:], ascii.ClassHex, "")
}

// Foreign reports whether a text has characters beyond ASCII. Labels of a translation do, and few passwords.
func Foreign(text []byte) bool {
	for _, b := range text {
		if b >= 0x80 {
			return true
		}
	}
	return false
}

// EncodedPlaceholder reports whether a value is base64 of a placeholder, a sentence, or the "user:password" of a
// manual.
func EncodedPlaceholder(value []byte) bool {
	if len(value) < 8 || len(value) > MaxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	decoded := bytes.TrimRight(coding.DecodeBase64(value), "\r\n")
	if len(decoded) < MinPassword || !utf8.Valid(decoded) || !ascii.Printable(decoded) {
		return false
	}
	user, password, pair := bytes.Cut(decoded, []byte(":"))
	if !pair {
		return Placeholder(decoded) || bytes.IndexByte(decoded, ' ') > 0 && Wordy(decoded)
	}
	return len(password) == 0 || Placeholder(password) || NounOnly(user) && NounOnly(password)
}

// AnonymousPasswords are the passwords of public, anonymous accounts.
var AnonymousPasswords = wordlist.Set("anonymous-passwords")

// TrivialPasswords are the passwords that everybody tries first.
var TrivialPasswords = wordlist.Set("trivial-passwords")

// Trivial reports whether a text is a password that everybody tries first, or one of its like: such a word with a count or a
// sign behind it, or a run of neighbouring keys.
func Trivial(text []byte) bool {
	word := bytes.TrimRight(text, ascii.Decimals+"!@#$*_-.")
	digits := bytes.Trim(text[len(word):], "!@#$*_-.")
	switch {
	case ascii.OneOf(TrivialPasswords, text), ascii.OneOf(keyboardRuns, word):
		return true
	case len(digits) >= 5 && bytes.HasPrefix([]byte(ascii.Decimals[1:]), digits):
		return true
	}
	return len(digits) > 0 && len(digits) < 4 && (ascii.OneOf(TrivialPasswords, word) || NounOnly(word))
}

// keyboardRuns are neighbouring keys.
var keyboardRuns = wordlist.Set("keyboard-runs")

// Encodings are the names of text encodings. Functions take them as arguments next to a password's file or field.
var Encodings = wordlist.Set("encodings")
