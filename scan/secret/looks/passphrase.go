package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// AppPassword reports whether a text has the form in which Google shows passwords of apps: four groups of four letters
// (https://support.google.com/accounts/answer/185833). Words of four letters in a row are a sentence.
func AppPassword(text []byte) bool {
	if len(text) != 19 || !ascii.OnlyOf(text, ascii.ClassLower, " ") || Wordy(text) {
		return false
	}
	return text[4] == ' ' && text[9] == ' ' && text[14] == ' ' && bytes.Count(text, []byte(" ")) == 3
}

// Grouped reports whether a text is a password that is written in groups, as recovery codes and keys of networks are.
func Grouped(text []byte) bool {
	if spaces := bytes.Count(text, []byte(" ")); spaces == 0 || spaces > 8 || len(text) > 64 {
		return false
	}
	joined := bytes.ReplaceAll(text, []byte(" "), nil)
	for group := range bytes.SplitSeq(text, []byte(" ")) {
		if !ascii.HasDigit(group) && !(ascii.HasClass(group, ascii.ClassUpper) && ascii.HasClass(group[1:], ascii.ClassUpper)) || Wordy(group) {
			return false
		}
	}
	return StrongPassword(joined) && Random(joined)
}

// plainWords stand in names of services and resources, and hardly in a passphrase.
var plainWords = words("resource-words")

// Passphrase reports whether a text is what a generator of passphrases makes: words of one dictionary between signs of one
// kind, at least so many, none of which belongs to the name of a resource. One number may stand among them.
func Passphrase(text []byte, least int) bool {
	if len(text) < 4*least || len(text) > MaxPassword {
		return false
	}
	at := bytes.IndexFunc(text, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' })
	if at < 3 || text[at] != '-' && text[at] != ' ' {
		return false
	}
	words, numbers := 0, 0
	for word := range bytes.SplitSeq(text, text[at:at+1]) {
		letters := bytes.TrimRight(word, ascii.Decimals)
		numbers += len(word) - len(letters)
		switch {
		case len(letters) == 0:
			continue
		case len(letters) < 3 || len(letters) > 10 || !ascii.Is(letters[0], ascii.ClassLower|ascii.ClassUpper) || !ascii.OnlyOf(letters[1:], ascii.ClassLower, "") || ascii.OneOf(plainWords, letters):
			return false
		}
		words++
	}
	return words >= least && numbers <= 4
}
