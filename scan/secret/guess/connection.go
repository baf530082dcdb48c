package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

// connection emits the password of a connection string: key=value pairs between semicolons, the keys of which name a
// server or a user.
func (t *Names) connection(first int, v notation.Value) bool {
	before := t.Data[ascii.LineStart(t.Data, first, 300):first]
	behind := t.Data[v.End:ascii.LineEnd(t.Data, v.End, 200)]
	if bytes.IndexByte(before, ';') < 0 && !bytes.HasPrefix(behind, []byte(";")) && !bytes.Contains(before, []byte("jdbc:")) {
		return false
	}
	if !notation.ConnectionWords().In(before) && !notation.ConnectionWords().In(behind) {
		return false
	}
	password := t.Data[v.Start:v.End]
	if len(password) < 3 || first+len(password) <= v.Start && bytes.EqualFold(password, t.Data[first:first+len(password)]) || looks.Reference(password) || looks.Blank(password) || !looks.Mixed(password) &&
		(t.Expression(v) || bytes.ContainsAny(password, "<>{}[]()$\"") || ascii.ContainsFold(password, []byte("your"))) {
		return true
	}
	verdict := check.Verdict{}
	if looks.Placeholder(password) || ascii.OneOf(looks.TrivialPasswords, password) {
		verdict.Severity, verdict.Confidence = scan.SeverityLow, scan.ConfidenceLow
	}
	t.found.EmitID("CONNECTION_STRING_PASSWORD", v.Start, v.End, t.Guess(verdict))
	return true
}
