package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// keyOf reports whether the name "key" at an offset is the first in an object that belongs to a secret: "Jwt": {"Key":
func keyOf(p *page.Page, first int) bool {
	before := bytes.TrimRight(p.Data[max(0, first-80):first], "\"' \t\r\n")
	before, ok := bytes.CutSuffix(before, []byte("{"))
	if !ok {
		return false
	}
	before = bytes.TrimRight(before, " \t\"':=")
	at := len(before)
	for at > 0 && ascii.NameByte(before[at-1]) {
		at--
	}
	var words [looks.MaxNameWords][]byte
	n := looks.NameWords(before[at:], &words)
	return n > 0 && (ascii.OneOf(looks.KeyQualifiers, words[n-1]) || ascii.OneOf(looks.TokenNouns, words[n-1]))
}

// listedKey reports whether the name "key" at an offset is, in YAML, below a name that promises keys: api_keys: - key:
// x.
func listedKey(p *page.Page, first int) bool {
	if p.Notation != notation.YAML {
		return false
	}
	name := notation.ParentName(p.Data, first)
	return len(name) > 0 && (looks.ClassifyName(name) != looks.NameOther || looks.ClassifyName(bytes.TrimRight(name, "s")) != looks.NameOther)
}

// cipherKey reports whether a value with the bare name "key" is the key of a cipher: it is random, has the right
// length, and its line turns it into bytes or mentions a cipher.
func cipherKey(p *page.Page, first int, v notation.Value) bool {
	text := p.Data[v.Start:v.End]
	if n := len(text); v.Bare || n != 16 && n != 24 && n != 32 || !looks.Random(text) {
		return false
	}
	line := p.Data[ascii.LineStart(p.Data, first, 200):ascii.LineEnd(p.Data, v.End, 100)]
	return cipherWords().In(line)
}

// cipherWords are the words of such lines.
var cipherWords = wordlist.Finder("cipher-words")

// longRandom reports whether a value is so long and mixed that its name need not say much.
func longRandom(text []byte) bool {
	return len(text) >= 32 && len(text) <= 128 && ascii.OnlyOf(text, ascii.ClassAlnum, "") && looks.Random(text) && looks.Switches(text) >= len(text)/5
}
