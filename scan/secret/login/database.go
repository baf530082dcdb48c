package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// userStatements are words of a statement that creates or changes a user.
var userStatements = match.AnyOf("user", "role", "grant", "alter", "login")

// statement reports whether "identified by" at an offset belongs to a statement about a user, and not to a sentence.
func statement(data []byte, at int) bool {
	if at == 0 || bytes.TrimSpace(data[max(0, at-200):at]) == nil {
		return true
	}
	return userStatements().In(data[max(0, at-200):at])
}

// grantedPassword reads the text behind IDENTIFIED BY, which may begin with a form: identified by password 'x'.
func grantedPassword(p *page.Page, list *found.List, at int) {
	at = ascii.SkipSpace(p.Data, at)
	if rest := p.Data[at:]; len(rest) > 9 && ascii.EqualFold(rest[:9], []byte("password ")) {
		at = ascii.SkipSpace(p.Data, at+9)
	}
	for at < len(p.Data) && p.Data[at] == '\\' {
		at++
	}
	if at >= len(p.Data) || p.Data[at] != '\'' && p.Data[at] != '"' {
		return
	}
	if v, ok := notation.QuotedValue(p.Data, at+1, p.Data[at], false); ok && v.End-v.Start <= looks.MaxPassword {
		end := v.End
		if p.Data[end-1] == '\\' {
			end--
		}
		emitArgument(p, list, "SQL_USER_PASSWORD", v.Start, end)
	}
}

// oracleLogin reads user/password@host behind the name of the driver or of the client.
func oracleLogin(p *page.Page, list *found.List, at int) {
	end := ascii.Word(p.Data, at, 200)
	text := p.Data[at:end]
	slash := bytes.IndexByte(text, '/')
	sign := bytes.LastIndexByte(text, '@')
	if slash < 1 || sign < slash || looks.Reference(text[:slash]) || !ascii.Is(text[slash-1], ascii.ClassAlnum|ascii.ClassSpace) && text[slash-1] != '_' {
		return
	}
	emitArgument(p, list, "COMMAND_LINE_PASSWORD", at+slash+1, at+sign)
}
