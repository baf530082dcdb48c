package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
)

// judgeValue decides whether a value is a secret of the kind that its name promises.
func (t *text) judgeValue(kind nameKind, name []byte, op operator, v value) verdict {
	if last := t.data[v.end-1]; v.bare && !v.whole && v.decoded == nil && (last == ',' || last == ';') && v.end-v.start > 1 {
		// It may end a statement: what it is does not depend on it.
		v.end--
	}
	text := v.of(t)
	drop := verdict{drop: true}
	if v.loose && !(drawn(text) || len(text) >= 12 && random(text) && hasDigit(text) && symbols(text) > 0) {
		return drop
	}
	if t.path.manual && roffSigns().in(t.data[v.start:v.end]) {
		return drop
	}
	if op == opFlag && optionPair(text) {
		return drop
	}
	if v.bare && v.whole && bytes.IndexByte(text, ' ') >= 0 && !t.firstStrong(text) && !(kind == nameSecret && typed(text)) {
		return drop
	}
	if kind == namePassword && t.path.passwords && len(text) >= minPassword && !blank(text) && !reference(text) {
		return verdict{confidence: scan.ConfidenceMedium}
	}
	if len(text) < minPassword || len(text) > maxToken || placeholder(text) || reference(text) || location(text) || sameAs(text, name) {
		return drop
	}
	if pattern(text) || published().in(text) || encodedStandIn(text) || hashed(text) || mostlyForeign(text) || hexNumber(text) {
		return drop
	}
	if bytes.ContainsAny(text, "\t\r\x00") || !printable(text) || t.path.markup && !random(text) {
		return drop
	}
	if kind == namePassword {
		if op == opCompare && onlyOf(text, classLower|classUpper, "") && equalFold(name[bytes.LastIndexByte(name, '.')+1:], []byte("pass")) {
			// A step of a compiler, a round, and not a password.
			return drop
		}
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
	case kind == nameSecret && !t.path.test && passphrase(text, 4):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
	case accountSecret(text), kind == nameSecret && secretName(name, text), exampleLike(text) || periodic(text) || foreign(text) || text[len(text)-1] == ':' || v.bare && !v.whole && t.expression(v), kind != nameSecret && nameLike(text), typeName(text) && (kind != nameSecret || aboutPasswords(text)), v.bare && aboutPasswords(text) && onlyOf(text, classLower|classDigit, "-."):
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

// hashSchemes stand before the hash of a password in a directory (RFC 2307, 5.3) and in Spring Security. {noop}, {clear} and
// {plain} stand before the password itself.
var hashSchemes = [...]string{"{ssha", "{sha", "{md5", "{smd5", "{crypt", "{pbkdf2", "{bcrypt", "{scrypt", "{argon2"}

// hashed reports whether a value is the hash of a password, marked as such.
func hashed(text []byte) bool {
	for _, scheme := range hashSchemes {
		if len(text) > len(scheme) && equalFold(text[:len(scheme)], []byte(scheme)) && bytes.IndexByte(text, '}') > 0 {
			return true
		}
	}
	return false
}

// optionPair reports whether the argument of an option begins with a name of its own: --secret id=token,src=file.
func optionPair(text []byte) bool {
	name, _, ok := bytes.Cut(text, []byte("="))
	return ok && len(name) > 1 && onlyOf(name, classLower, "")
}

// firstStrong reports whether the first word of a text is a password that nobody would take for a word.
func (t *text) firstStrong(text []byte) bool {
	first, _, _ := bytes.Cut(text, []byte(" "))
	return drawn(first) || strongPassword(first) && hasDigit(first) && !identifier(first)
}

// encodings are the names of what texts are written in: what a function takes besides a password's file or field.
var encodings = wordSet(" utf8 utf-8 utf16 utf-16 utf16le utf-16le ucs2 latin1 iso-8859-1 ascii us-ascii binary base64 base64url hex cp1252 windows-1252 sha1 md5 http https tcp udp ssl tls ")

// judgePassword knows that people choose passwords: words with digits, names, short ones.
func (t *text) judgePassword(op operator, v value) verdict {
	text := v.of(t)
	drop := verdict{drop: true}
	if v.bare && v.whole {
		// One word too many, such as a comment, takes nothing from the password in front of it.
		text, _, _ = bytes.Cut(text, []byte(" "))
	}
	if drawn(text) && !exampleLike(text) && !periodic(text) {
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	}
	switch {
	case len(text) > maxPassword, uuid(text) && v.bare, v.bare && !v.whole && t.expression(v), onlyVersion(text), anonymous(text):
		return drop
	case v.bare && op == opColon && onlyOf(text, classLower|classUpper, "") && !lineOver(t.data, v.end):
		// A word, and the sentence goes on.
		return drop
	case passwordPart(text), (op == opArgument || v.bare) && text[0] == '-', op == opDirective && bytes.IndexByte(text, ' ') >= 0, op == opDirective && onlyOf(text, classDigit, ""):
		return drop
	case op == opArgument && (onlyOf(text, classLower, "") || identifierLike(text) && classifyName(text) == namePassword || oneOf(encodings, text) || aboutPasswords(text) && !strongPassword(text)):
		return drop
	case appPassword(text), !v.bare && grouped(text):
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	case sentence(text) && !passphrase(text, 4), (op == opFlag || op == opDirective) && v.bare && !hasDigit(text) && symbols(text) == 0:
		return drop
	}
	strong := strongPassword(text) && !wordy(text)
	switch {
	case strong && random(text) && (exampleLike(text) || periodic(text)):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	case strong && random(text):
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityHigh}
	case t.path.test && strong && symbols(text) > 0 && hasDigit(text):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityLow}
	case t.path.test:
		return drop
	case strong:
		return verdict{confidence: scan.ConfidenceMedium, severity: scan.SeverityMedium}
	case op != opArgument && passphrase(text, 3):
		return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
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

// grouped reports whether a text is a password that is written in groups, as recovery codes and keys of networks are.
func grouped(text []byte) bool {
	if spaces := bytes.Count(text, []byte(" ")); spaces == 0 || spaces > 8 || len(text) > 64 {
		return false
	}
	joined := bytes.ReplaceAll(text, []byte(" "), nil)
	for group := range bytes.SplitSeq(text, []byte(" ")) {
		if !hasDigit(group) && !(hasClass(group, classUpper) && hasClass(group[1:], classUpper)) || wordy(group) {
			return false
		}
	}
	return strongPassword(joined) && random(joined)
}

// plainWords stand in names of services and resources, and hardly in a passphrase.
var plainWords = wordSet(" prod production dev test staging stage db database api app auth user admin password passwd pass secret secrets token key keys cert tls " +
	"ssl service server client config name credentials default cluster cloud aws gcp azure redis postgres mysql mongo kafka vault resource my your the " +
	"account login access backup storage bucket region east west us eu cluster node kube registry image project custom internal public private ")

// passphrase reports whether a text is what a generator of passphrases makes: words of one dictionary between signs of one
// kind, at least so many, none of which belongs to the name of a resource. One number may stand among them.
func passphrase(text []byte, least int) bool {
	if len(text) < 4*least || len(text) > maxPassword {
		return false
	}
	at := bytes.IndexFunc(text, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' })
	if at < 3 || text[at] != '-' && text[at] != ' ' {
		return false
	}
	words, numbers := 0, 0
	for word := range bytes.SplitSeq(text, text[at:at+1]) {
		letters := bytes.TrimRight(word, decimals)
		numbers += len(word) - len(letters)
		switch {
		case len(letters) == 0:
			continue
		case len(letters) < 3 || len(letters) > 10 || !is(letters[0], classLower|classUpper) || !onlyOf(letters[1:], classLower, "") || oneOf(plainWords, letters):
			return false
		}
		words++
	}
	return words >= least && numbers <= 4
}

// kubernetesSecrets stand before "secret" in names of the fields that hold the name of a Secret.
var kubernetesSecrets = wordSet(" password credentials credential token tls auth pull registry existing ssl cert ")

// secretName reports whether a text is the name of a Kubernetes Secret: a DNS label with dashes (RFC 1123), in a field that
// takes one.
func secretName(name, text []byte) bool {
	var words [maxNameWords][]byte
	n := nameWords(name, &words)
	return n > 1 && equalFold(words[n-1], []byte("secret")) && oneOf(kubernetesSecrets, words[n-2]) &&
		bytes.Count(text, []byte("-")) > 1 && onlyOf(text, classLower|classDigit, "-.")
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
	if t.path.syntax != syntaxCode && mixed(bytes.TrimRight(text, ")]}.,;\"'")) {
		return false
	}
	if bytes.ContainsAny(text, "({[)}]") && !t.config() {
		return true
	}
	if v.end < len(t.data) && (t.data[v.end] == '(' || t.data[v.end] == '[' || t.data[v.end] == '{') {
		return true
	}
	// config.password and req.body.token are names, not texts, and so is the type of a module: api2.ApiKey.
	dot := bytes.IndexByte(text, '.')
	if dot > 0 && onlyOf(text[dot+1:], classLower|classUpper, "") && len(text)-dot > 3 && onlyOf(bytes.TrimRight(text[:dot], decimals), classLower, "") {
		return true
	}
	return dot > 0 && dot < len(text)-1 && onlyOf(text, classLower|classUpper, "._[]")
}

// identifierLike reports whether a program could have a name like this.
func identifierLike(text []byte) bool {
	return onlyOf(text, classAlnum, "_-.") && is(text[0], classLower|classUpper)
}

func (t *text) config() bool { return t.path.syntax == syntaxConfig }

// sameAs reports whether a value only repeats its name, or a part of it, alone, as a variable at its end, or as the last step of
// a name of PHP's.
func sameAs(text, name []byte) bool {
	if rest, ok := bytes.CutSuffix(text, name); ok && len(rest) > 0 && (rest[len(rest)-1] == '$' || rest[len(rest)-1] == '\\') {
		return true
	}
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
		bytes.Count(text, []byte("_"))+bytes.Count(text, []byte("-")) > 1 && namedSteps(text, classLower|classDigit)
}

// accountSecret reports whether a text is the name that Kubernetes or OpenShift gives to the secret of a service account or of a
// bootstrap token: default-token-b2pdc, builder-dockercfg-x7k2m, bootstrap-token-1b1585.
func accountSecret(text []byte) bool {
	at := bytes.LastIndexByte(text, '-')
	suffix := len(text) - at - 1
	return at > 0 && (suffix == 5 || suffix == 6) && onlyOf(text, classLower|classDigit, "-.") &&
		(bytes.HasSuffix(text[:at], []byte("-token")) || bytes.HasSuffix(text[:at], []byte("-dockercfg")))
}

// typeName reports whether a text is the name of a type: V1SecretVolumeSource. Its words have four letters on average, those of a
// text drawn by chance two.
func typeName(text []byte) bool {
	if !is(text[0], classUpper) || !onlyOf(text, classAlnum, "") {
		return false
	}
	var words [maxNameWords][]byte
	n, digits := nameWords(text, &words), 0
	for _, b := range text {
		if is(b, classDigit) {
			digits++
		}
	}
	return n > 2 && n < maxNameWords && len(text) >= n*4 && digits < 3 && !is(text[len(text)-1], classDigit)
}

// namedSteps reports whether every step of a text, between dots, colons, dashes and underscores, is a word or a number, and one
// is a word of more than three letters: a token has steps that mix both.
func namedSteps(text []byte, class uint8) bool {
	if !onlyOf(text, class, "._:-") {
		return false
	}
	word := false
	for _, step := range bytes.FieldsFunc(text, func(r rune) bool { return r == '.' || r == ':' || r == '_' || r == '-' }) {
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
