package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// operator is how a name gets its value.
type operator int

const (
	opNone operator = iota
	// opAssign is "=", ":=", "<-", "=>": a value of any form follows.
	opAssign
	// opColon is ":" of YAML, JSON and literals.
	opColon
	// opCompare is "==", "!=" and their kin: a text follows with which an input is compared.
	opCompare
	// opArgument is a quoted text behind "name(" or a quoted name's comma.
	opArgument
	// opElement is the text of an XML element.
	opElement
	// opAttribute is value="..." behind name="...".
	opAttribute
	// opFlag is "--name value".
	opFlag
	// opDirective is "ENV NAME value" and a configuration's "name value": nothing else stands on the line.
	opDirective
)

// readOperator gives the operator behind a name at data[first:last], and the offset from which on the value is sought.
func readOperator(data []byte, first, last int) (operator, int) {
	i := last
	quoted := false
	for n := 0; n < 3 && i < len(data); n++ {
		switch {
		case ascii.IsQuote(data[i]):
			quoted = true
		case data[i] == '\\' && i+1 < len(data) && ascii.IsQuote(data[i+1]):
			quoted = true
			i++
		case data[i] != ']':
			n = 3
			continue
		}
		i++
	}
	if i < len(data) && data[i] == '[' {
		// char name[32] = "x"
		if end := bytes.IndexByte(data[i:min(len(data), i+6)], ']'); end > 0 && ascii.OnlyOf(data[i+1:i+end], ascii.ClassDigit, "") && bytes.HasPrefix(bytes.TrimLeft(data[i+end+1:min(len(data), i+end+4)], " "), []byte("= ")) {
			i += end + 1
		}
	}
	gap := i
	i = ascii.SkipSpace(data, i)
	if i >= len(data) {
		return opNone, 0
	}
	peek := func(n int) byte {
		if i+n < len(data) {
			return data[i+n]
		}
		return 0
	}
	switch c := data[i]; {
	case (c == '|' || c == '?' || c == '&') && peek(1) == c && peek(2) == '=':
		// Ruby's and JavaScript's assignment of a default.
		return opAssign, i + 3
	case c == '=' && peek(1) == '>', c == ':' && peek(1) == '=', c == '<' && peek(1) == '-', c == '?' && peek(1) == '=':
		return opAssign, i + 2
	case c == '=' && peek(1) == '=':
		i += 2
		if peek(0) == '=' {
			i++
		}
		return opCompare, i
	case c == '!' && peek(1) == '=':
		i += 2
		if peek(0) == '=' {
			i++
		}
		return opCompare, i
	case c == '=' && peek(1) == '~':
		return opNone, 0
	case c == '=':
		return opAssign, i + 1
	case c == ':' && peek(1) == ':':
		return opNone, 0
	case c == ':' && i > gap && !quoted && (ascii.Is(peek(1), ascii.ClassAlnum) || peek(1) == '_'):
		// "pass :service" names a symbol.
		return opNone, 0
	case c == ':' && !quoted && data[i-1] == ']':
		// A selector: [name=password]:checked
		return opNone, 0
	case c == ':':
		return colon(data, i+1, quoted)
	case c == ',' && quoted:
		return argumentBehind(data, first, i+1)
	case c == ',' && constantArgument(data, first, last):
		return opArgument, i + 1
	case c == '(' && !quoted && gap == i && !asks(data[first:last]):
		return opArgument, i + 1
	case c == '>' && gap == i && first > 0 && (data[first-1] == '<' || quoted && inTag(data, first)):
		return opElement, i + 1
	case c == '<' && bytes.HasPrefix(data[i:], []byte("</key>")):
		return plistValue(data, i)
	case c == '\n' || c == '\r':
		return nextLine(data, first, i)
	case c == '{' && quoted:
		return blockDefault(data, first, i)
	case gap == i:
		return opNone, 0
	case first > 0 && data[first-1] == '<':
		return elementBehind(data, i)
	case quoted:
		return attributeBehind(data, i)
	case c == 'A' || c == 'a':
		return typeBehind(data, first, i)
	case first > 0 && data[first] == '-':
		return opFlag, i
	case flagLine(data, first):
		return opDirective, i
	case c == '\'' && len(data[first:last]) >= 8 && ascii.EqualFold(data[last-8:last], []byte("password")) && (bytes.HasSuffix(data[first:last], []byte("PASSWORD")) || sqlOption(data, first)),
		ascii.IsQuote(c) && first > 0 && data[first-1] == ':':
		// CREATE ROLE x WITH PASSWORD 'y', and a keyword of Clojure.
		return opFlag, i
	}
	return opNone, 0
}

// sqlOption reports whether a name stands among the options of a statement: OPTIONS (user 'app', password 'x').
func sqlOption(data []byte, first int) bool {
	before := data[ascii.LineStart(data, first, 200):first]
	at := bytes.LastIndexByte(before, '(')
	return at >= 0 && bytes.HasSuffix(bytes.TrimRight(bytes.ToLower(before[:at]), " "), []byte("options"))
}

// typeBehind knows Visual Basic's name As Type = "x".
func typeBehind(data []byte, first, at int) (operator, int) {
	if at+3 < len(data) && ascii.EqualFold(data[at:at+3], []byte("as ")) {
		i := at + 3
		for n := 0; i < len(data) && n < 24 && (ascii.Is(data[i], ascii.ClassAlnum) || data[i] == '.' || data[i] == ' '); n++ {
			i++
		}
		if i < len(data) && data[i] == '=' {
			return opAssign, i + 1
		}
		return opNone, 0
	}
	switch {
	case first > 0 && data[first] == '-':
		return opFlag, at
	case flagLine(data, first):
		return opDirective, at
	}
	return opNone, 0
}

// inTag reports whether the quoted name at an offset is an attribute of an XML element.
func inTag(data []byte, first int) bool {
	before := data[ascii.LineStart(data, first, 120):first]
	return bytes.LastIndexByte(before, '<') > bytes.LastIndexByte(before, '>')
}

// argumentBehind knows the second argument of a call whose first is the quoted name, the default of a declared option
// (add_argument("--name", default="x")), and the three texts of an Android build's buildConfigField.
func argumentBehind(data []byte, first, at int) (operator, int) {
	line := data[at:ascii.LineEnd(data, at, 160)]
	for _, option := range [...]string{"default=", "default =", "defaultValue=", "defaultValue ="} {
		if mark := bytes.Index(line, []byte(option)); mark >= 0 && bytes.IndexByte(line[:mark], ')') < 0 {
			return opAttribute, at + mark + len(option)
		}
	}
	if next := ascii.SkipBlank(data, at); data[first] == '-' && next < len(data) && ascii.IsQuote(data[next]) {
		// An option and its argument in a list: ["redis-server", "--requirepass", "x"].
		return opArgument, at
	}
	if value := siblingValue(data, at); value > 0 {
		return opColon, value
	}
	switch {
	case bytes.HasSuffix(bytes.TrimRight(data[max(0, first-12):first], "\"' "), []byte("define(")):
		// What a constant is defined as is its value, even when it is a word.
		return opAssign, at
	case firstArgument(data, first), settingLine(data, first):
		return opArgument, at
	}
	before := data[ascii.LineStart(data, first, 80):first]
	if bytes.Contains(before, []byte("buildConfigField")) || bytes.Contains(before, []byte("resValue")) {
		return opArgument, at
	}
	return opNone, 0
}

// siblingValue finds the member "value" behind a member that holds a name, as in Postman's headers and in the environment of
// a container: {"name": "DB_PASSWORD", "value": "x"}. It gives the offset behind the colon, or 0.
func siblingValue(data []byte, at int) int {
	at = ascii.SkipBlank(data, at)
	for _, member := range [...]string{`"value"`, `'value'`, `\"value\"`, "value", `"defaultValue"`} {
		if bytes.HasPrefix(data[at:], []byte(member)) {
			if colon := ascii.SkipSpace(data, at+len(member)); colon < len(data) && data[colon] == ':' {
				return colon + 1
			}
		}
	}
	return 0
}

// constantArgument reports whether a name without quotes is a call's first argument that says what the second one is: a
// constant, or where a string is copied to.
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

// questions are the first words of functions that take what they look for, or where, and not a secret.
var questions = ascii.WordSet(" get find fetch load read lookup resolve retrieve has is use list remove delete clear wait expect click select require import export describe it test ")

// asks reports whether a function's name begins with a word of asking: getCredentials("x") names what it wants.
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
var setters = ascii.WordSet(" set property systemproperty put config option setting env environment default ")

// settingLine reports whether what stands before a name on its line is a function that sets something, called without
// brackets as Ruby and Groovy do: set :password, "x" and property "sonar.login", "x".
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
	return at < 0 || data[at] == '(' && !lists(data[:at])
}

// collectors are functions whose arguments are of one kind: a name among them has no value.
var collectors = ascii.WordSet(" array tuple list lookup query in_array isset compact enum in ")

// lists reports whether code ends in the name of such a function.
func lists(code []byte) bool {
	code = bytes.TrimRight(code, " ")
	at := len(code)
	for at > 0 && len(code)-at < 12 && (ascii.Is(code[at-1], ascii.ClassAlnum) || code[at-1] == '_') {
		at--
	}
	return ascii.OneOf(collectors, code[at:])
}

// colon knows ":" alone, and the type between name and "=" (name: string = "x").
func colon(data []byte, at int, quoted bool) (operator, int) {
	if quoted {
		return opColon, at
	}
	i := ascii.SkipSpace(data, at)
	begin := i
	for i < len(data) && i-begin < 40 && (ascii.Is(data[i], ascii.ClassAlnum) || bytes.IndexByte([]byte("_<>[].?&'*"), data[i]) >= 0) {
		i++
	}
	i = ascii.SkipSpace(data, i)
	if i > begin && i+1 < len(data) && data[i] == '=' && data[i+1] != '=' && data[i-1] == ' ' {
		return opAssign, i + 1
	}
	return opColon, at
}

// plistValue knows <key>name</key> <string>value</string>.
func plistValue(data []byte, at int) (operator, int) {
	at += len("</key>")
	for n := 0; at < len(data) && n < 64 && ascii.Is(data[at], ascii.ClassSpace); n++ {
		at++
	}
	if bytes.HasPrefix(data[at:], []byte("<string>")) {
		return opElement, at + len("<string>")
	}
	return opNone, 0
}

// nextLine knows the pairs of a Kubernetes manifest and their kin: a line "name: NAME", then a line "value: x".
func nextLine(data []byte, first, at int) (operator, int) {
	before := data[ascii.LineStart(data, first, 80):first]
	pair := false
	for _, label := range [...]string{"name:", "key:", "name ", "name=", "key=", "key "} {
		pair = pair || bytes.Contains(before, []byte(label))
	}
	if !pair {
		return opNone, 0
	}
	at = ascii.SkipBlank(data, at)
	if bytes.HasPrefix(data[at:], []byte("value:")) {
		return opColon, at + len("value:")
	}
	if rest, ok := bytes.CutPrefix(data[at:], []byte("value")); ok {
		// An attribute of an element over several lines, an argument of a block of Terraform's.
		if sign := ascii.SkipSpace(rest, 0); sign < len(rest) && rest[sign] == '=' {
			return opAttribute, at + len("value") + sign + 1
		}
	}
	return opNone, 0
}

// blockDefault knows Terraform's variable "NAME" { default = "x" }.
func blockDefault(data []byte, first, at int) (operator, int) {
	if !bytes.Contains(data[ascii.LineStart(data, first, 40):first], []byte("variable")) {
		return opNone, 0
	}
	block := data[at:min(len(data), at+400)]
	if end := bytes.IndexByte(block, '}'); end >= 0 {
		block = block[:end]
	}
	value := bytes.Index(block, []byte("default"))
	if value < 0 {
		return opNone, 0
	}
	i := ascii.SkipSpace(data, at+value+len("default"))
	if i < len(data) && data[i] == '=' {
		return opAssign, i + 1
	}
	return opNone, 0
}

// elementBehind knows <name attribute="x">value</name>.
func elementBehind(data []byte, at int) (operator, int) {
	for n := 0; at < len(data) && n < 100 && data[at] != '\n'; n++ {
		if data[at] == '>' {
			return opElement, at + 1
		}
		at++
	}
	return opNone, 0
}

// attributeBehind knows name="NAME" value="x".
func attributeBehind(data []byte, at int) (operator, int) {
	for _, attribute := range [...]string{"value=", "default=", "content=", "value:", "defaultValue="} {
		if bytes.HasPrefix(data[at:], []byte(attribute)) {
			return opAttribute, at + len(attribute)
		}
	}
	return opNone, 0
}

// directives stand before a name that gets a value without a sign.
var directives = ascii.WordSet(" env arg set setx #define ")

// flagLine reports whether the name stands where a directive's does: first on its line, or behind ENV, ARG, set or
// #define.
func flagLine(data []byte, first int) bool {
	begin := ascii.LineStart(data, first, 40)
	before := bytes.TrimSpace(data[begin:first])
	if len(before) == 0 {
		return begin == 0 || data[begin-1] == '\n'
	}
	return len(before) <= 7 && ascii.OneOf(directives, before)
}
