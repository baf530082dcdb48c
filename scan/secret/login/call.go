package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// calls lists the texts before the arguments of a call, with the place of the password among the arguments, from 0, and
// the number of arguments that the call has at least when it takes a password.
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

// MatchCall reads the arguments of a call that takes a user and a password, from the hit on. Some login calls name an
// instance first: with three texts, the password is the last.
func MatchCall(p *page.Page, list *found.List, start, end int) {
	name := p.Data[start:end]
	for i := range calls {
		if c := &calls[i]; ascii.EqualFold(name, []byte(c.name)) {
			arguments, ok := notation.ReadArguments(p.Data, end, c.place)
			if c.name == ".login(" && ok && arguments.Next.End > 0 {
				arguments.Last = arguments.Next
			}
			if ok && arguments.Count >= c.least {
				judgeArgument(p, list, c.rule, arguments.Last)
			}
			return
		}
	}
}

// judgeArgument emits the text that a call takes as a password or a secret.
func judgeArgument(p *page.Page, list *found.List, rule string, v notation.Value) {
	list.Consider(v.Start, v.End)
	password := p.Data[v.Start:v.End]
	if len(password) < looks.MinPassword || looks.Identifier(password) && !ascii.HasDigit(password) || looks.Placeholder(password) || looks.Reference(password) || looks.NounOnly(password) || ascii.OneOf(looks.Encodings, password) ||
		looks.Location(password) || looks.Sentence(password) || !ascii.Printable(password) || bytes.IndexByte(password, ' ') >= 0 {
		return
	}
	if p.Generated() || p.LongLine(v.Start) || ascii.OnlyOf(password, ascii.ClassLower|ascii.ClassUpper, "") && ascii.HasClass(password, ascii.ClassUpper) && looks.Wordy(password) {
		return
	}
	strong := looks.StrongPassword(password) && !looks.Identifier(password)
	judged := check.Verdict{}
	switch {
	case !strong && (p.Kind.Test || rule == "SIGNING_CALL_SECRET" && !ascii.HasDigit(password)):
		return
	case !strong:
		judged = check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow}
	}
	list.EmitID(rule, v.Start, v.End, p.Guess(judged))
}
