package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// keyOf reports whether the name "key" at an offset stands first in an object that belongs to a secret: "Jwt": {"Key":
func (t *names) keyOf(first int) bool {
	before := bytes.TrimRight(t.data[max(0, first-80):first], "\"' \t\r\n")
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

// listedKey reports whether the name "key" at an offset stands below a name that promises keys, in YAML: api_keys: - key: x.
func (t *names) listedKey(first int) bool {
	if t.notation != notationYAML {
		return false
	}
	name := parentName(t.data, first)
	return len(name) > 0 && (looks.ClassifyName(name) != looks.NameOther || looks.ClassifyName(bytes.TrimRight(name, "s")) != looks.NameOther)
}

// parentName gives the name of the YAML mapping within which the name at an offset stands: the nearest line above that is
// indented less and ends in a colon. It is empty when there is none within 400 bytes.
func parentName(data []byte, first int) []byte {
	begin := ascii.LineStart(data, first, 200)
	indent := bytes.IndexFunc(data[begin:first+1], func(r rune) bool { return r != ' ' && r != '-' })
	for from := max(0, first-400); begin > from; {
		end := begin - 1
		begin = ascii.LineStart(data, end, 200)
		line := data[begin:end]
		body := bytes.TrimLeft(line, " -")
		if len(bytes.TrimSpace(body)) == 0 || len(line)-len(body) >= indent {
			continue
		}
		name, ok := bytes.CutSuffix(bytes.TrimRight(body, " \r"), []byte(":"))
		if !ok {
			return nil
		}
		return bytes.Trim(name, "\"'")
	}
	return nil
}

// cipherKey reports whether a text with the bare name "key" is a cipher's: it is random, has the length of one, and its
// line turns it into bytes or speaks of a cipher.
func (t *names) cipherKey(first int, v value) bool {
	text := t.data[v.start:v.end]
	if n := len(text); v.bare || n != 16 && n != 24 && n != 32 || !looks.Random(text) {
		return false
	}
	line := t.data[ascii.LineStart(t.data, first, 200):ascii.LineEnd(t.data, v.end, 100)]
	return cipherWords().In(line)
}

var cipherWords = match.AnyOf("getbytes", "tobytearray", "toutf8bytes", "utf8.getbytes", "aes", "cipher", "crypt", "secretkeyspec", "blowfish", "fernet", "[]byte(")

// longRandom reports whether a value is so long and mixed that its name need not say much.
func longRandom(text []byte) bool {
	return len(text) >= 32 && len(text) <= 128 && ascii.OnlyOf(text, ascii.ClassAlnum, "") && looks.Random(text) && looks.Switches(text) >= len(text)/5
}
