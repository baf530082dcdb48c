package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// argumentBehind recognises the second argument of a call whose first is the quoted name, the default of a declared
// option (add_argument("--name", default="x")), and the three texts of buildConfigField in an Android build.
func argumentBehind(data []byte, first, at int) (Operator, int) {
	line := data[at:ascii.LineEnd(data, at, 160)]
	for _, option := range [...]string{"default=", "default =", "defaultValue=", "defaultValue ="} {
		if mark := bytes.Index(line, []byte(option)); mark >= 0 && bytes.IndexByte(line[:mark], ')') < 0 {
			return opAttribute, at + mark + len(option)
		}
	}
	if next := ascii.SkipBlank(data, at); data[first] == '-' && next < len(data) && ascii.IsQuote(data[next]) {
		// An option and its argument in a list: ["redis-server", "--requirepass", "x"].
		return OpArgument, at
	}
	if value := siblingValue(data, at); value > 0 {
		return OpColon, value
	}
	switch {
	case bytes.HasSuffix(bytes.TrimRight(data[max(0, first-12):first], "\"' "), []byte("define(")):
		// The second argument is the value of a constant, even when it is a word.
		return OpAssign, at
	case firstArgument(data, first), settingLine(data, first):
		return OpArgument, at
	}
	before := data[ascii.LineStart(data, first, 80):first]
	if bytes.Contains(before, []byte("buildConfigField")) || bytes.Contains(before, []byte("resValue")) {
		return OpArgument, at
	}
	return OpNone, 0
}

// constantArgument reports whether a name without quotes is the first argument of a call, and says what the second one
// is: a constant, or the target of a string copy.
func constantArgument(data []byte, first, last int) bool {
	name := data[first:last]
	if dot := bytes.LastIndexByte(name, '.'); dot >= 0 {
		name = name[dot+1:]
	}
	before := data[max(0, first-8):first]
	if first > 0 && data[first-1] == ':' && settingLine(data, first-1) {
		return true
	}
	return bytes.HasSuffix(before, []byte("strcpy(")) || bytes.HasSuffix(before, []byte("strlcpy(")) ||
		bytes.HasSuffix(before, []byte("(")) && ascii.OnlyOf(name, ascii.ClassUpper|ascii.ClassDigit, "_")
}

// questions are the first words of functions that take the name or the place of a thing, and not a secret.
var questions = wordlist.Set("asking-verbs")

// asks reports whether a function's name begins with such a word: getCredentials("x") names what it wants.
func asks(name []byte) bool {
	name = name[bytes.LastIndexByte(name, '.')+1:]
	if ascii.EqualFold(name, []byte("pass")) {
		// assert.pass("what went well")
		return true
	}
	var words [looks.MaxNameWords][]byte
	n := looks.NameWords(name, &words)
	if n == 2 && ascii.EqualFold(words[0], []byte("pass")) && ascii.EqualFold(words[1], []byte("test")) {
		return true
	}
	return n > 1 && ascii.OneOf(questions, words[0])
}

// setters are functions that set something.
var setters = wordlist.Set("setters")

// settingLine reports whether the text before a name on its line is a function that sets something, called without
// brackets as in Ruby and Groovy: set :password, "x" and property "sonar.login", "x".
func settingLine(data []byte, first int) bool {
	before := bytes.TrimRight(data[ascii.LineStart(data, first, 60):first], "\"' \t")
	return ascii.OneOf(setters, bytes.TrimLeft(before, " \t"))
}

// firstArgument reports whether the quoted name at an offset is the first argument of a call, so that the second may be
// its value.
func firstArgument(data []byte, first int) bool {
	at := first - 1
	for at > 0 && (ascii.IsQuote(data[at]) || data[at] == ' ' || data[at] == '\\' || data[at] == '[') {
		at--
	}
	return at < 0 || data[at] == '(' && !endsInCollector(data[:at])
}

// collectors are functions whose arguments are all of one kind. A name among them has no value.
var collectors = wordlist.Set("collectors")

// endsInCollector reports whether code ends in the name of such a function.
func endsInCollector(code []byte) bool {
	code = bytes.TrimRight(code, " ")
	at := len(code)
	for at > 0 && len(code)-at < 12 && (ascii.Is(code[at-1], ascii.ClassAlnum) || code[at-1] == '_') {
		at--
	}
	return ascii.OneOf(collectors, code[at:])
}
