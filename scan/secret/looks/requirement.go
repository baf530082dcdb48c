package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// comparisons join the name of a package and a version, longest first. "=" is conda's, "-" that of the names of archives.
// A list of words breaks at < and >, so that these begin no comparison here.
var comparisons = [...]string{"===", "==", "~=", "!=", "=", "-"}

// maxNameDigits is how many runs of digits the name of a package may have.
const maxNameDigits = 2

// Requirement splits a word that names a package and a version, as requirements.txt and the names of archives do:
// "PyYAML==5.3", "Werkzeug[watchdog]==0.15.3;", "PyNaCl-1.3.0.tar.gz". name is the package, and rest is what follows the
// version. ok is false for any other word. Neither name nor rest is known to be harmless.
func Requirement(word []byte) (name, rest []byte, ok bool) {
	end := 0
	for end < len(word) && ascii.NameByte(word[end]) && !versionAt(word[end:]) {
		end++
	}
	name, rest = word[:end], word[end:]
	if digitRuns(name) > maxNameDigits || len(name) < 2 || !ascii.Is(name[0], ascii.ClassLower|ascii.ClassUpper) {
		return nil, nil, false
	}
	if len(rest) > 0 && rest[0] == '[' {
		stop := bytes.IndexByte(rest, ']')
		if stop < 0 || !ascii.OnlyOf(rest[1:stop], ascii.ClassLower|ascii.ClassUpper|ascii.ClassDigit, "-_.,") {
			return nil, nil, false
		}
		rest = rest[stop+1:]
	}
	for _, sign := range comparisons {
		after, is := bytes.CutPrefix(rest, []byte(sign))
		if is {
			n := versionLength(after)
			return name, after[n:], n > 0
		}
	}
	return nil, nil, false
}

// versionAt reports whether a text begins with a hyphen and a version.
func versionAt(text []byte) bool { return text[0] == '-' && versionLength(text[1:]) > 0 }

// versionLength is the length of the numbers with dots between them at the start of a text; 0 if there are not two at least.
func versionLength(text []byte) int {
	at, dots := 0, 0
	for {
		start := at
		for at < len(text) && ascii.Is(text[at], ascii.ClassDigit) {
			at++
		}
		if at == start || at-start > 8 {
			return 0
		}
		if at+1 >= len(text) || text[at] != '.' || !ascii.Is(text[at+1], ascii.ClassDigit) {
			break
		}
		at++
		dots++
	}
	if dots == 0 {
		return 0
	}
	return at
}

// digitRuns counts the places with digits in a text.
func digitRuns(text []byte) (n int) {
	for i, b := range text {
		if ascii.Is(b, ascii.ClassDigit) && (i == 0 || !ascii.Is(text[i-1], ascii.ClassDigit)) {
			n++
		}
	}
	return n
}
