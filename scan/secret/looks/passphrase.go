package looks

import (
	"bytes"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// AppPassword reports whether a text is a Google app password: four groups of four letters
// (https://support.google.com/accounts/answer/185833). Four words of four letters are a sentence.
func AppPassword(text []byte) bool {
	if len(text) != 19 || !ascii.OnlyOf(text, ascii.ClassLower, " ") || Wordy(text) {
		return false
	}
	return text[4] == ' ' && text[9] == ' ' && text[14] == ' ' && bytes.Count(text, []byte(" ")) == 3
}

// Grouped reports whether a text is a password in groups, like recovery codes and network keys.
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

// Mnemonic reports whether a text can be the words of a wallet: 12, 15, 18, 21 or 24 words in lower case with blanks between
// them (https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki). The wallets of test networks repeat one word.
func Mnemonic(text []byte) bool {
	n := bytes.Count(text, []byte(" ")) + 1
	if n < 12 || n > 24 || n%3 != 0 || !ascii.OnlyOf(text, ascii.ClassLower, " ") {
		return false
	}
	var seen [24]string
	different := 0
	for word := range bytes.SplitSeq(text, []byte(" ")) {
		if len(word) < 3 || len(word) > 8 {
			return false
		}
		if !slices.Contains(seen[:different], string(word)) {
			seen[different] = string(word)
			different++
		}
	}
	return different > n/2
}

// plainWords are words in the names of services and resources. A passphrase hardly has them.
var plainWords = wordlist.Set("resource-words")

// Passphrase reports whether a text looks like the work of a passphrase generator: at least least dictionary words,
// joined by one kind of sign, none of them from the name of a resource. One number may stand among them.
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
