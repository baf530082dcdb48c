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

// maxURL bounds the part of a URL that is read, in bytes.
const maxURL = 512

// databaseSchemes lists the schemes that have a rule of their own.
var databaseSchemes = map[string]string{
	"mongodb": "MONGODB_URI", "mongodb+srv": "MONGODB_URI",
	"postgres": "POSTGRES_URI", "postgresql": "POSTGRES_URI",
	"mysql": "MYSQL_URI", "mysqlx": "MYSQL_URI", "mariadb": "MYSQL_URI",
	"redis": "REDIS_URI", "rediss": "REDIS_URI",
	"amqp": "AMQP_URI", "amqps": "AMQP_URI",
}

// MatchURL reads scheme://user:password@host around the hit "://" (RFC 3986, 3.2.1). People write passwords with signs
// that should be encoded, so the authority ends late: at the last "@" before a possible host.
func MatchURL(p *page.Page, list *found.List, start, end int) {
	data := p.Data
	if data[start] == '@' {
		driverName(p, list, start)
		return
	}
	scheme := start
	for scheme > 0 && start-scheme < 24 && (ascii.Is(data[scheme-1], ascii.ClassAlnum) || data[scheme-1] == '+' || data[scheme-1] == '-' || data[scheme-1] == '.') {
		scheme--
	}
	if start-scheme < 2 {
		return
	}
	stop := end
	at := -1
	quote := notation.Enclosing(data[ascii.LineStart(data, scheme, 200):scheme])
	for stop < len(data) && stop-end < maxURL && (urlByte(data[stop]) || data[stop] == '\'' && quote != '\'') {
		if data[stop] == '@' && hostAt(data, stop+1) {
			at = stop
		}
		if at >= 0 && data[stop] == '/' {
			break
		}
		stop++
	}
	if at < 0 {
		return
	}
	user, password, ok := bytes.Cut(data[end:at], []byte(":"))
	if !ok && len(user) >= 20 && ascii.OnlyOf(user, ascii.ClassAlnum, "_-") && ascii.HasDigit(user) && looks.Random(user) && !looks.UUID(user) {
		// A token stands in the place of the user.
		list.EmitID("URL_CREDENTIALS", end, at, p.Guess(check.Verdict{}))
		return
	}
	if !ok || len(password) == 0 || bytes.ContainsAny(user, "/?#&;()[]") || len(user) == 0 && len(password) < 6 {
		return
	}
	if bytes.Contains(password, []byte("://")) {
		return
	}
	if slash := bytes.IndexByte(password, '/'); slash >= 0 && (bytes.IndexByte(password, '?') > slash || port(password[:slash])) {
		// It is a port, and the @ is in the path, as in a versioned import.
		return
	}
	passwordStart := at - len(password)
	host := data[at+1 : hostEnd(data, at+1)]
	id := databaseSchemes[string(bytes.ToLower(data[scheme:start]))]
	if id == "" {
		id = "URL_CREDENTIALS"
	}
	list.Consider(passwordStart, at)
	v := judgeURL(user, password, host)
	if id != "URL_CREDENTIALS" && v.Drop && !p.Kind.Test && ascii.EqualFold(password, []byte("secret")) {
		v = check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It is a trivial password."}
	}
	if p.Kind.Test {
		v = check.Worse(v, check.Verdict{Severity: scan.SeverityLow})
	}
	list.EmitID(id, passwordStart, at, v)
}

// driverName reads user:password@tcp(host), the form of Go's MySQL driver.
func driverName(p *page.Page, list *found.List, at int) {
	start := at
	for start > 0 && at-start < looks.MaxPassword && urlByte(p.Data[start-1]) {
		start--
	}
	user, password, ok := bytes.Cut(p.Data[start:at], []byte(":"))
	if !ok || len(password) < looks.MinPassword || len(user) == 0 || !ascii.OnlyOf(user, ascii.ClassAlnum, "_.-=") || bytes.HasPrefix(password, []byte("//")) {
		return
	}
	v := judgeURL(user, password, p.Data[at+len("@tcp("):hostEnd(p.Data, min(len(p.Data), at+len("@tcp(")))])
	list.EmitID("MYSQL_URI", at-len(password), at, p.Guess(v))
}

// urlByte reports whether a byte can belong to a URL as people write it.
func urlByte(b byte) bool {
	return b > ' ' && b < 0x7f && b != '"' && b != '\'' && b != '`' && b != '<' && b != '>' && b != '\\' && b != '|'
}

// hostAt reports whether a host can begin at an offset.
func hostAt(data []byte, at int) bool {
	return at < len(data) && (ascii.Is(data[at], ascii.ClassAlnum) || data[at] == '[' && at+1 < len(data) && ascii.Is(data[at+1], ascii.ClassHex))
}

// hostEnd returns the end of the host and port at an offset.
func hostEnd(data []byte, at int) int {
	end := at
	for end < len(data) && end-at < 255 && (ascii.Is(data[end], ascii.ClassAlnum) || bytes.IndexByte([]byte(".-_[]:"), data[end]) >= 0) {
		end++
	}
	return end
}

// port reports whether a text is a port number. The empty text is one.
func port(text []byte) bool {
	for _, b := range text {
		if !ascii.Is(b, ascii.ClassDigit) {
			return false
		}
	}
	return len(text) <= 5
}

// drawnPassword reports whether a password with signs of templates is short and drawn at random all the same: xK9!mN2$.
func drawnPassword(password []byte) bool {
	return looks.Mixed(password) && password[0] != '$' && !bytes.ContainsAny(password, "{}[]()<>")
}

// judgeURL drops the placeholders of manuals, and lowers the severity of trivial passwords of local services.
func judgeURL(user, password, host []byte) check.Verdict {
	if looks.Reference(password) || len(user) > 0 && looks.Reference(user) || bytes.ContainsAny(password, "{}[]()<>$*") && !ascii.Diverse(password, 10) && !drawnPassword(password) {
		return check.Verdict{Drop: true}
	}
	local, documented := looks.LocalHost(host), ascii.ContainsFold(host, []byte("example."))
	switch {
	case looks.Blank(password), local && port(password) && looks.LocalHost(user), looks.LocalHost(user) && port(password) && ascii.OnlyOf(host, ascii.ClassDigit, ""):
		return check.Verdict{Drop: true}
	case ascii.EqualFold(user, []byte("scott")) && ascii.EqualFold(password, []byte("tiger")), ascii.OnlyOf(password, ascii.ClassUpper, "_") && looks.NounOnly(password):
		// The account of Oracle's examples, and a noun in capitals.
		return check.Verdict{Drop: true}
	case ascii.OneOf(looks.AnonymousPasswords, password[bytes.LastIndexByte(password, ':')+1:]):
		return check.Verdict{Drop: true}
	case looks.NounOnly(user) && (ascii.ContainsFold(password, []byte("ssword")) || ascii.ContainsFold(password, []byte("ssw%"))):
		return check.Verdict{Drop: true}
	case looks.NounOnly(password) && (looks.NounOnly(user) || local || bytes.EqualFold(user, password)):
		return check.Verdict{Drop: true}
	case local && bytes.EqualFold(user, password):
		return check.Verdict{Drop: true}
	case documented && (looks.Trivial(password) || looks.CountedNoun(password)):
		return check.Verdict{Drop: true}
	case ascii.OneOf(looks.TrivialPasswords, password) || bytes.EqualFold(user, password):
		if local {
			return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It is a trivial password of a local service."}
		}
		return check.Verdict{Severity: scan.SeverityMedium, Confidence: scan.ConfidenceMedium}
	case (len(user) == 0 || looks.NounOnly(user)) && looks.CountedNoun(password), looks.Placeholder(password), bytes.Contains(password, []byte("...")):
		return check.Verdict{Drop: true}
	case local:
		return check.Verdict{Severity: scan.SeverityMedium}
	case looks.StrongPassword(password):
		return check.Verdict{Confidence: scan.ConfidenceHigh}
	}
	return check.Verdict{}
}
