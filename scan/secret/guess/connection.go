package guess

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

// connection emits the password of a connection string: key=value pairs between semicolons, whose keys name a server or
// a user. It reports whether the value stands in one.
func connection(p *page.Page, list *found.List, first int, v notation.Value) bool {
	before := p.Data[ascii.LineStart(p.Data, first, 300):first]
	behind := p.Data[v.End:ascii.LineEnd(p.Data, v.End, 200)]
	if bytes.IndexByte(before, ';') < 0 && !bytes.HasPrefix(behind, []byte(";")) && !bytes.Contains(before, []byte("jdbc:")) {
		return false
	}
	if !notation.ConnectionWords().In(before) && !notation.ConnectionWords().In(behind) {
		return false
	}
	password := p.Data[v.Start:v.End]
	if len(password) < 3 || first+len(password) <= v.Start && bytes.EqualFold(password, p.Data[first:first+len(password)]) || looks.Reference(password) || looks.Blank(password) || !looks.Mixed(password) &&
		(p.Expression(v) || bytes.ContainsAny(password, "<>{}[]()$\"") || ascii.ContainsFold(password, []byte("your"))) {
		return true
	}
	verdict := check.Verdict{}
	if looks.Placeholder(password) || ascii.OneOf(looks.TrivialPasswords, password) {
		verdict.Severity, verdict.Confidence = scan.SeverityLow, scan.ConfidenceLow
	}
	list.EmitID("CONNECTION_STRING_PASSWORD", v.Start, v.End, p.Guess(verdict))
	return true
}
