package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// connectionWords are the keys of connection strings.
var connectionWords = match.AnyOf(
	"server=", "data source=", "host=", "uid=", "user id=", "user=", "username=", "initial catalog=", "database=", "provider=", "driver=", "user id =", "dsn=", "jdbc:",
)

// connection emits the password of a connection string: key=value pairs between semicolons, the keys of which name a
// server or a user.
func (t *names) connection(first int, v value) bool {
	before := t.data[ascii.LineStart(t.data, first, 300):first]
	behind := t.data[v.end:ascii.LineEnd(t.data, v.end, 200)]
	if bytes.IndexByte(before, ';') < 0 && !bytes.HasPrefix(behind, []byte(";")) && !bytes.Contains(before, []byte("jdbc:")) {
		return false
	}
	if !connectionWords().In(before) && !connectionWords().In(behind) {
		return false
	}
	password := t.data[v.start:v.end]
	if len(password) < 3 || first+len(password) <= v.start && bytes.EqualFold(password, t.data[first:first+len(password)]) || looks.Reference(password) || looks.Blank(password) || !looks.Mixed(password) &&
		(t.expression(v) || bytes.ContainsAny(password, "<>{}[]()$\"") || ascii.ContainsFold(password, []byte("your"))) {
		return true
	}
	verdict := check.Verdict{}
	if looks.Placeholder(password) || ascii.OneOf(trivialPasswords, password) {
		verdict.Severity, verdict.Confidence = scan.SeverityLow, scan.ConfidenceLow
	}
	t.found.emitID("CONNECTION_STRING_PASSWORD", v.start, v.end, t.guess(verdict))
	return true
}
