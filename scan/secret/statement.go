package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Bounds in bytes of the parts of an INSERT statement that are looked at.
const (
	maxColumns   = 400
	maxStatement = 100
)

// insertedValue gives the value that an INSERT statement puts into the column whose name stands at data[first:last]:
// INSERT INTO users (name, password) VALUES ('ann', 'x').
func insertedValue(data []byte, first, last int) (value, bool) {
	if last < len(data) && ascii.IsQuote(data[last]) {
		last++
	}
	if last >= len(data) || data[last] != ',' && data[last] != ')' {
		return value{}, false
	}
	from := max(0, first-maxColumns)
	open := bytes.LastIndexByte(data[from:first], '(')
	if open < 0 {
		return value{}, false
	}
	open += from
	if !ascii.ContainsFold(data[max(0, open-maxStatement):open], []byte("insert into")) {
		return value{}, false
	}
	place := bytes.Count(data[open:first], []byte(","))
	closed := bytes.IndexByte(data[last:min(len(data), last+maxColumns)], ')')
	if closed < 0 {
		return value{}, false
	}
	at := ascii.SkipBlank(data, last+closed+1)
	if at+len("values") > len(data) || !ascii.EqualFold(data[at:at+len("values")], []byte("values")) {
		return value{}, false
	}
	at = ascii.SkipBlank(data, at+len("values"))
	if at >= len(data) || data[at] != '(' {
		return value{}, false
	}
	list, ok := readArguments(data, at+1, place)
	if !ok || list.count <= place || digest(data[list.last.start:list.last.end]) {
		return value{}, false
	}
	return list.last, true
}

// digest reports whether a text has the form of a hash in hex (MD5, SHA-1, SHA-2).
func digest(text []byte) bool {
	switch len(text) {
	case 32, 40, 56, 64, 96, 128:
		return ascii.OnlyOf(text, ascii.ClassHex, "")
	}
	return false
}

// userStatements are the words of a statement that makes or changes a user.
var userStatements = match.AnyOf("user", "role", "grant", "alter", "login")

// statement reports whether "identified by" at an offset is a part of a statement about a user, and not of a sentence.
func (t *commands) statement(at int) bool {
	if at == 0 || bytes.TrimSpace(t.data[max(0, at-200):at]) == nil {
		return true
	}
	return userStatements().In(t.data[max(0, at-200):at])
}

// grantedPassword reads the text behind IDENTIFIED BY, which may name a form first ("identified by password 'x'").
func (t *commands) grantedPassword(at int) {
	at = ascii.SkipSpace(t.data, at)
	if rest := t.data[at:]; len(rest) > 9 && ascii.EqualFold(rest[:9], []byte("password ")) {
		at = ascii.SkipSpace(t.data, at+9)
	}
	for at < len(t.data) && t.data[at] == '\\' {
		at++
	}
	if at >= len(t.data) || t.data[at] != '\'' && t.data[at] != '"' {
		return
	}
	if v, ok := quotedValue(t.data, at+1, t.data[at], false); ok && v.end-v.start <= looks.MaxPassword {
		end := v.end
		if t.data[end-1] == '\\' {
			end--
		}
		t.emitArgument("SQL_USER_PASSWORD", v.start, end)
	}
}
