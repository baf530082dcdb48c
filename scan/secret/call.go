package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

const (
	// maxCall bounds the arguments of a call in bytes.
	maxCall = 300
	// maxArgument bounds an argument that is no text.
	maxArgument = 100
)

// calls maps the text in front of the arguments to the place of the password among them, from 0, and to the least number
// of arguments that the call has when it takes a password at all.
var calls = []struct {
	name         string
	place, least int
	rule         string
}{
	{"credential(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"credentials(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"directoryentry(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"basicauth(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"basic_auth(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"passwordauthentication(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{".login(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"ftp_login(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"auth=(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{".auth(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{".auth = (", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"simple_bind_s(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"simple_bind(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"'auth' => [", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"oauthhandler(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"set_access_token(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"connect(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"mysqli(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"new pdo(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"getconnection(", 2, 3, "LOGIN_CALL_PASSWORD"},
	{"keystore.load(", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"jwt.sign(", 1, 2, "SIGNING_CALL_SECRET"},
	{"jwt.verify(", 1, 2, "SIGNING_CALL_SECRET"},
	{"jwt.encode(", 1, 2, "SIGNING_CALL_SECRET"},
	{"jwt.decode(", 1, 2, "SIGNING_CALL_SECRET"},
	{"algorithm.hmac256(", 0, 1, "SIGNING_CALL_SECRET"},
	{"algorithm.hmac384(", 0, 1, "SIGNING_CALL_SECRET"},
	{"algorithm.hmac512(", 0, 1, "SIGNING_CALL_SECRET"},
	{"secretkeyspec(", 0, 2, "SIGNING_CALL_SECRET"},
	{".basic_auth ", 1, 2, "LOGIN_CALL_PASSWORD"},
	{"hmac.new(", 0, 2, "SIGNING_CALL_SECRET"},
	{"createhmac(", 1, 2, "SIGNING_CALL_SECRET"},
}

// matchCall reads the arguments of a call that takes a user and a password, from the hit on. The login call of some
// programs names an instance first: with three texts the password is the last.
func matchCall(p *page, found *list, start, end int) {
	name := p.data[start:end]
	for i := range calls {
		if c := &calls[i]; ascii.EqualFold(name, []byte(c.name)) {
			arguments, ok := readArguments(p.data, end, c.place)
			if c.name == ".login(" && ok && arguments.next.end > 0 {
				arguments.last = arguments.next
			}
			if ok && arguments.count >= c.least {
				judgeArgument(p, found, c.rule, arguments.last)
			}
			return
		}
	}
}

// arguments are the arguments of a call up to one place, and the next one.
type arguments struct {
	count int
	// last is the text at the place, and next the text behind it; zero when there is none.
	last, next value
}

// readArguments reads arguments from an offset up to a place, which must hold a text.
func readArguments(data []byte, at, place int) (arguments, bool) {
	var list arguments
	stop := min(len(data), at+maxCall)
	for at < stop {
		for at < stop && ascii.Is(data[at], ascii.ClassSpace) {
			at++
		}
		at = literalPrefix(data, min(at, len(data)))
		var v value
		if at < stop && ascii.IsQuote(data[at]) {
			text, ok := quotedValue(data, at+1, data[at], false)
			if !ok || text.end >= stop {
				return list, false
			}
			v, at = text, text.end+1
		} else if wrapped, ok := wrappedValue(data, at); ok {
			v, at = wrapped, min(len(data), wrapped.end+2)
		}
		at = argumentEnd(data, at, stop)
		list.count++
		switch list.count {
		case place + 1:
			if v.end == 0 {
				return list, false
			}
			list.last = v
		case place + 2:
			list.next = v
			return list, true
		}
		if at >= stop || data[at] != ',' {
			break
		}
		at++
	}
	return list, list.last.end > 0
}

// argumentEnd gives the offset of the comma or bracket behind an argument, which may hold calls and objects of its own.
func argumentEnd(data []byte, at, stop int) int {
	depth := 0
	for end := min(stop, at+maxArgument); at < end; at++ {
		switch data[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return at
			}
			depth--
		case ',':
			if depth == 0 {
				return at
			}
		case ';', '<':
			// A statement's end, or a type: this is no call.
			return stop
		}
	}
	return stop
}

// judgeArgument emits a text that stands where a call takes a password or a secret.
func judgeArgument(p *page, found *list, rule string, v value) {
	found.consider(v.start, v.end)
	password := p.data[v.start:v.end]
	if len(password) < looks.MinPassword || looks.Identifier(password) && !ascii.HasDigit(password) || looks.Placeholder(password) || looks.Reference(password) || looks.NounOnly(password) || ascii.OneOf(encodings, password) ||
		looks.Location(password) || looks.Sentence(password) || !ascii.Printable(password) || bytes.IndexByte(password, ' ') >= 0 {
		return
	}
	if p.generated() || p.longLine(v.start) || ascii.OnlyOf(password, ascii.ClassLower|ascii.ClassUpper, "") && ascii.HasClass(password, ascii.ClassUpper) && looks.Wordy(password) {
		return
	}
	strong := looks.StrongPassword(password) && !looks.Identifier(password)
	judged := check.Verdict{}
	switch {
	case !strong && (p.kind.test || rule == "SIGNING_CALL_SECRET" && !ascii.HasDigit(password)):
		return
	case !strong:
		judged = check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow}
	}
	found.emitID(rule, v.start, v.end, p.guess(judged))
}
