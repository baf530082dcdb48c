package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
)

// value is the text behind an operator.
type value struct {
	start, end int
	// bare is true for a value without quotes.
	bare bool
}

// readValue finds the value from offset at on; quoted says that the name stands in quotes of its own. It is false when
// there is none, or when it is an expression.
func (t *text) readValue(op operator, at int, quoted bool) (value, bool) {
	data := t.data
	i := skipSpace(data, at)
	if op == opArgument || op == opAttribute || op == opColon {
		for n := 0; n < 40 && i < len(data) && is(data[i], classSpace) && op == opArgument; n++ {
			i++
		}
	}
	if i >= len(data) {
		return value{}, false
	}
	if op == opElement {
		return elementValue(data, i)
	}
	i = literalPrefix(data, i)
	switch {
	case isQuote(data[i]):
		if !quoted && closes(data, at, data[i]) {
			return value{}, false
		}
		v, ok := quotedValue(data, i+1, data[i], false)
		return innerText(data, v), ok && (op != opDirective || lineOver(data, v.end+1))
	case data[i] == '\\' && i+1 < len(data) && isQuote(data[i+1]):
		return quotedValue(data, i+2, data[i+1], true)
	case op == opArgument || op == opCompare || op == opAttribute:
		return value{}, false
	}
	if v, ok := wrappedValue(data, i); ok {
		return v, true
	}
	v, ok := t.bareValue(op, i, at)
	if t.path.syntax == syntaxCode {
		if !t.inString(at) {
			return fallbackValue(data, i)
		}
		return v, ok
	}
	if !ok {
		return fallbackValue(data, i)
	}
	return v, ok
}

// closes reports whether a quote behind an operator at an offset ends a text that has begun before: the operator is
// within it ("password=" + x).
func closes(data []byte, at int, quote byte) bool {
	return bytes.Count(data[lineStart(data, at, 400):at], []byte{quote})%2 == 1
}

// literalPrefix skips what may stand before a quote: r, b, u, L, N, @ and Laravel's "base64:".
func literalPrefix(data []byte, i int) int {
	for n := 0; n < 2 && i+n+1 < len(data); n++ {
		if isQuote(data[i+n]) {
			return i + n
		}
		if bytes.IndexByte([]byte("rRbBuULN@"), data[i+n]) < 0 {
			break
		}
	}
	if i+2 < len(data) && isQuote(data[i+2]) && bytes.IndexByte([]byte("rRbBuULN@"), data[i]) >= 0 && bytes.IndexByte([]byte("rRbBuULN@"), data[i+1]) >= 0 {
		return i + 2
	}
	return i
}

// quotedValue reads to the closing quote on the same line. A text that is joined with something is an expression.
func quotedValue(data []byte, start int, quote byte, escaped bool) (value, bool) {
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '\n' {
		switch {
		case escaped && data[end] == '\\' && end+1 < len(data) && data[end+1] == quote:
			return value{start: start, end: end}, end > start
		case escaped && data[end] == quote:
			return value{}, false
		case !escaped && data[end] == '\\' && end+1 < len(data):
			end++
		case !escaped && data[end] == quote:
			next := skipSpace(data, end+1)
			if next < len(data) && (data[next] == '+' || data[next] == '%' && quote != '`' || data[next] == '.' && !conversion(data[next:])) {
				return value{}, false
			}
			return value{start: start, end: end}, end > start
		}
		end++
	}
	return value{}, false
}

// conversions are the methods behind a text that leave it what it is.
var conversions = [...]string{
	".toCharArray()", ".getBytes(", ".encode(", ".to_string()", ".to_owned()", ".into()", ".as_bytes()", ".freeze", ".strip()", ".trim()",
	".toString()", ".utf8", ".data(",
}

// conversion reports whether code begins with a method that leaves a text what it is, or with no method.
func conversion(code []byte) bool {
	if len(code) < 2 || !is(code[1], classLower) {
		return true
	}
	for _, method := range conversions {
		if bytes.HasPrefix(code, []byte(method)) {
			return true
		}
	}
	return false
}

// innerText leaves out quotes within the quotes, as generated code has them: '"x"', "\"x\"".
func innerText(data []byte, v value) value {
	text := data[v.start:v.end]
	switch n := len(text); {
	case n > 4 && text[0] == '\\' && isQuote(text[1]) && text[n-2] == '\\' && text[n-1] == text[1]:
		return value{start: v.start + 2, end: v.end - 2}
	case n > 2 && isQuote(text[0]) && text[n-1] == text[0]:
		return value{start: v.start + 1, end: v.end - 1}
	}
	return v
}

// wrappers are the functions that only change the type of their text.
var wrappers = wordSet(" []byte string::from some bytes bytearray buffer.from secretstr string str b secret securestring base64.b64decode " +
	"b64decode secret::new secret::from base64.decode secretstring std::string qstringliteral text u ")

// wrappedValue reads the text in []byte("x"), String::from("x") and their kin.
func wrappedValue(data []byte, start int) (value, bool) {
	if bytes.HasPrefix(data[start:], []byte("new ")) {
		start += len("new ")
	}
	i := start
	for i < len(data) && i-start < 24 && (is(data[i], classAlnum) || bytes.IndexByte([]byte("_.:[]"), data[i]) >= 0) {
		i++
	}
	if i == start || i+1 >= len(data) || data[i] != '(' || !oneOf(wrappers, data[start:i]) {
		return value{}, false
	}
	i = literalPrefix(data, skipSpace(data, i+1))
	if i >= len(data) || !isQuote(data[i]) {
		return value{}, false
	}
	v, ok := quotedValue(data, i+1, data[i], false)
	if next := v.end + 1; !ok || next >= len(data) || data[next] != ')' && data[next] != ',' {
		return value{}, false
	}
	return v, true
}

// elementValue reads the text up to the closing tag.
func elementValue(data []byte, start int) (value, bool) {
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '<' && data[end] != '\n' {
		end++
	}
	if end+1 >= len(data) || data[end] != '<' || data[end+1] != '/' {
		return value{}, false
	}
	v := value{start: start, end: end, bare: false}
	for v.start < v.end && is(data[v.start], classSpace) {
		v.start++
	}
	for v.end > v.start && is(data[v.end-1], classSpace) {
		v.end--
	}
	return v, v.end > v.start
}

// bareValue reads a value without quotes. Where the operator has no space behind it the value may stand among others;
// elsewhere nothing but a comment may follow on the line, or it is prose.
func (t *text) bareValue(op operator, start, at int) (value, bool) {
	data := t.data
	if bytes.HasPrefix(data[start:], []byte("base64:")) {
		start += len("base64:")
	}
	end := start
	if data[start] == '&' {
		// The next parameter of a query, or an entity of HTML.
		return value{}, false
	}
	for end < len(data) && end-start < maxValue && !is(data[end], classSpace|classEnd) {
		if data[end] == '\\' && end+1 < len(data) && (data[end+1] == 'n' || data[end+1] == 'r' || isQuote(data[end+1])) {
			break
		}
		if data[end] == '&' && op == opAssign && end > start && bytes.IndexByte(data[end:min(len(data), end+40)], '=') > 0 {
			break
		}
		end++
	}
	if end < len(data) && data[end] == '<' && end+1 < len(data) && data[end+1] != '/' {
		return value{}, false
	}
	for end > start && bytes.IndexByte([]byte(")]}"), data[end-1]) >= 0 && bytes.IndexByte(data[start:end], '(') < 0 {
		end--
	}
	if end == start {
		return value{}, false
	}
	if op != opFlag && (start > at || op == opDirective) && !lineOver(data, end) && !(end < len(data) && isQuote(data[end]) && t.inString(at)) {
		return value{}, false
	}
	return value{start: start, end: end, bare: true}, true
}

// lineOver reports whether only a comment or the end of a statement follows on the line.
func lineOver(data []byte, at int) bool {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || bytes.IndexByte([]byte(",;)}\"'`"), data[at]) >= 0) {
		at++
	}
	if at >= len(data) || data[at] == '\n' || data[at] == '#' || data[at] == '\\' {
		return true
	}
	return bytes.HasPrefix(data[at:], []byte("//")) || bytes.HasPrefix(data[at:], []byte("--")) || bytes.HasPrefix(data[at:], []byte("/*"))
}

// fallbackValue reads the text in `expression || "text"`, `expression ?? "text"` and `expression or "text"`.
func fallbackValue(data []byte, start int) (value, bool) {
	line := data[start:lineEnd(data, start, 200)]
	for _, mark := range [...]string{"|| ", "?? ", " or ", "?: "} {
		if at := bytes.Index(line, []byte(mark)); at >= 0 {
			i := skipSpace(data, start+at+len(mark))
			if i < len(data) && isQuote(data[i]) {
				return quotedValue(data, i+1, data[i], false)
			}
		}
	}
	return value{}, false
}

// inString reports whether an offset of a program stands in a text between quotes: an odd number of them stand before
// it on its line.
func (t *text) inString(at int) bool {
	count := 0
	for _, b := range t.data[lineStart(t.data, at, 400):at] {
		if b == '"' || b == '\'' || b == '`' {
			count++
		}
	}
	return count%2 == 1
}

// judgeValue decides whether a value is a secret of the kind that its name promises.
func (t *text) judgeValue(kind nameKind, name []byte, op operator, v value) verdict {
	text := t.data[v.start:v.end]
	drop := verdict{drop: true}
	if kind == namePassword && t.path.passwords && len(text) >= minPassword && !blank(text) && !reference(text) {
		return verdict{confidence: scan.ConfidenceMedium}
	}
	if len(text) < minPassword || len(text) > maxToken || placeholder(text) || reference(text) || location(text) || sameAs(text, name) {
		return drop
	}
	if pattern(text) || published().in(text) || encodedStandIn(text) || mostlyForeign(text) || hexNumber(text) {
		return drop
	}
	if bytes.ContainsAny(text, "\t\r\x00") || !printable(text) || t.path.markup && !random(text) {
		return drop
	}
	if kind == namePassword {
		return t.judgePassword(op, v)
	}
	if kind == nameSecret && op == opAssign && t.config() && !t.path.test && typed(text) {
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	}
	text = bytes.TrimSuffix(text, []byte(`\0`))
	strong := random(text)
	if op == opArgument && kind == nameToken && (!strong || len(text) < 20) || bytes.IndexByte(text, ' ') >= 0 || len(text) < minToken {
		return drop
	}
	switch {
	case exampleLike(text) || v.bare && t.expression(v), kind != nameSecret && nameLike(text), v.bare && aboutPasswords(text) && onlyOf(text, classLower|classDigit, "-."):
		return drop
	case uuid(text):
		if kind == nameToken || kind == nameCredential {
			return drop
		}
		return verdict{severity: scan.SeverityMedium, confidence: scan.ConfidenceLow}
	case kind == nameCredential && (!strong || len(text) < 16):
		return drop
	case strong && len(text) >= 16:
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	case strong:
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
	case t.path.test || kind != nameSecret:
		return drop
	case aboutPasswords(text) && !hasDigit(text):
		return drop
	case !identifier(text) && strongPassword(text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
	case !v.bare && chosen(op, text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	}
	return drop
}

// encodings are the names of what texts are written in: what a function takes besides a password's file or field.
var encodings = wordSet(" utf8 utf-8 utf16 utf-16 utf16le utf-16le ucs2 latin1 iso-8859-1 ascii us-ascii binary base64 base64url hex cp1252 windows-1252 sha1 md5 http https tcp udp ssl tls ")

// judgePassword knows that people choose passwords: words with digits, names, short ones.
func (t *text) judgePassword(op operator, v value) verdict {
	text := t.data[v.start:v.end]
	drop := verdict{drop: true}
	switch {
	case len(text) > maxPassword, uuid(text) && v.bare, v.bare && t.expression(v), onlyVersion(text), anonymous(text):
		return drop
	case passwordPart(text), op == opArgument && text[0] == '-', op == opDirective && onlyOf(text, classDigit, ""):
		return drop
	case op == opArgument && (onlyOf(text, classLower, "") || oneOf(encodings, text) || aboutPasswords(text) && !strongPassword(text)):
		return drop
	case appPassword(text):
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	case sentence(text), (op == opFlag || op == opDirective) && v.bare && !hasDigit(text) && symbols(text) == 0:
		return drop
	}
	strong := strongPassword(text) && !wordy(text)
	switch {
	case strong && random(text):
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	case t.path.test && strong && symbols(text) > 0 && hasDigit(text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	case t.path.test:
		return drop
	case strong:
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityMedium}
	case !v.bare && chosen(op, text), !v.bare && identifier(text) && hasDigit(text) && hasLetter(text) && !aboutPasswords(text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	case aboutPasswords(text) && !hasDigit(text) && (len(text) < 10 || !onlyOf(text, classLower, "")), identifier(text) && !(v.bare && t.path.syntax != syntaxCode):
		return drop
	case hasDigit(text) && hasLetter(text), symbols(text) > 0 && hasLetter(text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
	case len(text) >= 6:
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	}
	return drop
}

// appPassword reports whether a text has the form in which Google shows passwords of apps: four groups of four letters
// (https://support.google.com/accounts/answer/185833). Words of four letters in a row are a sentence.
func appPassword(text []byte) bool {
	if len(text) != 19 || !onlyOf(text, classLower, " ") || wordy(text) {
		return false
	}
	return text[4] == ' ' && text[9] == ' ' && text[14] == ' ' && bytes.Count(text, []byte(" ")) == 3
}

// passwordPart reports whether a text names a part of a form or of a program: passwordfield, passInput.
func passwordPart(text []byte) bool {
	if hasDigit(text) || !aboutPasswords(text) {
		return false
	}
	for _, part := range [...]string{"field", "input", "box", "label", "text", "file", "form", "view", "button", "page"} {
		if len(text) > len(part) && equalFold(text[len(text)-len(part):], []byte(part)) {
			return true
		}
	}
	return false
}

// onlyVersion reports whether a text is a version and nothing else: numbers with dots between them.
func onlyVersion(text []byte) bool {
	text = bytes.TrimLeft(text, "^~<>=v ")
	return bytes.IndexByte(text, '.') > 0 && onlyOf(text, classDigit, ".")
}

// anonymous reports whether a text is what programs give for a password where none is asked for: a word and an "@".
func anonymous(text []byte) bool {
	return len(text) > 1 && text[len(text)-1] == '@' && onlyOf(text[:len(text)-1], classLower|classUpper, "-._")
}

// expression reports whether a value without quotes is the beginning of an expression or a type.
func (t *text) expression(v value) bool {
	text := t.data[v.start:v.end]
	if bytes.ContainsAny(text, "({[)}]") && !t.config() {
		return true
	}
	if v.end < len(t.data) && (t.data[v.end] == '(' || t.data[v.end] == '[' || t.data[v.end] == '{') {
		return true
	}
	// config.password and req.body.token are names, not texts.
	dot := bytes.IndexByte(text, '.')
	return dot > 0 && dot < len(text)-1 && onlyOf(text, classLower|classUpper, "._[]")
}

func (t *text) config() bool { return t.path.syntax == syntaxConfig }

// sameAs reports whether a value only repeats its name, or a part of it.
func sameAs(text, name []byte) bool {
	i := 0
	for _, b := range name {
		for i < len(text) && !is(text[i], classAlnum) {
			i++
		}
		if i == len(text) {
			return true
		}
		if !is(b, classAlnum) {
			continue
		}
		if b|0x20 == text[i]|0x20 {
			i++
		} else if i > 0 {
			break
		}
	}
	for i < len(text) && !is(text[i], classAlnum) {
		i++
	}
	return i == len(text)
}

// chosen reports whether a person may have thought a text up: two words with one sign between them. "login.password" and
// "auth/reset" are names in a program, and so is what stands in a list of pairs.
func chosen(op operator, text []byte) bool {
	if len(text) < 8 || op == opArgument || op == opElement || aboutPasswords(text) || !onlyOf(text, classLower|classDigit, " -#!$&*+=?") {
		return false
	}
	sign := bytes.IndexAny(text, " -#!$&*+=?")
	if sign < 3 || sign > len(text)-4 || bytes.ContainsAny(text[sign+1:], " -#!$&*+=?") {
		return false
	}
	return op != opColon || text[sign] != '-' && text[sign] != ' '
}

// typed reports whether a text is what people type for a secret that nobody has to remember: letters, run together or
// in two or three words.
func typed(text []byte) bool {
	return len(text) >= 10 && onlyOf(text, classLower, " ") && bytes.Count(text, []byte(" ")) < 3 && diverse(text, 6) && !aboutPasswords(text)
}

// nameLike reports whether a text is the name of a header, a constant, a scope: words with a number behind them at most.
func nameLike(text []byte) bool {
	switch {
	case len(text) < 24 && identifier(text), text[0] == '@' && bytes.IndexByte(text, ':') > 0:
		return true
	case text[0] == '_' && onlyOf(text, classLower|classDigit, "_"):
		return true
	}
	// The name of a thing within modules (a.b.c:D), and that of a numbered step (0001_add_users).
	return bytes.IndexByte(text, '.') > 0 && bytes.IndexByte(text, ':') > 0 && namedSteps(text, classLower|classUpper|classDigit) ||
		bytes.Count(text, []byte("_")) > 1 && namedSteps(text, classLower|classDigit)
}

// namedSteps reports whether every step of a text, between dots, colons and underscores, is a word or a number, and one
// is a word of more than three letters: a token has steps that mix both.
func namedSteps(text []byte, class uint8) bool {
	if !onlyOf(text, class, "._:") {
		return false
	}
	word := false
	for _, step := range bytes.FieldsFunc(text, func(r rune) bool { return r == '.' || r == ':' || r == '_' }) {
		letters := bytes.TrimRight(step, decimals)
		if len(letters) > 0 && (!onlyOf(letters, classLower|classUpper, "") || len(step)-len(letters) > 2) {
			return false
		}
		word = word || len(letters) > 3
	}
	return word
}

var passwordWords = anyOf("password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "credential", "login", "user")

// aboutPasswords reports whether a text speaks of passwords.
func aboutPasswords(text []byte) bool { return passwordWords().in(text) }

// sentence reports whether a text is natural language: several words, or one with a sign of punctuation at its end.
func sentence(text []byte) bool {
	if foreign(text) && !hasDigit(text) {
		return true
	}
	spaces := bytes.Count(text, []byte(" "))
	last := text[len(text)-1]
	switch {
	case spaces >= 2:
		return true
	case spaces == 1:
		return aboutPasswords(text) || is(text[0], classUpper) || hasDigit(text) || last == ':' || last == '.' || last == ','
	}
	return (last == ':' || last == '?' || last == '.') && !hasDigit(text)
}

// mostlyForeign reports whether more than half of a text is beyond ASCII: a sentence in another script.
func mostlyForeign(text []byte) bool {
	n := 0
	for _, b := range text {
		if b >= 0x80 {
			n++
		}
	}
	return n*2 > len(text)
}

// hexNumber reports whether a text is a number of a program: 0x and at most eight digits.
func hexNumber(text []byte) bool {
	return len(text) <= 10 && bytes.HasPrefix(text, []byte("0x")) && onlyOf(text[2:], classHex, "")
}

// foreign reports whether a text holds letters beyond ASCII: labels of a translation do, and few passwords.
func foreign(text []byte) bool {
	for _, b := range text {
		if b >= 0x80 {
			return true
		}
	}
	return false
}
