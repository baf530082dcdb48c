package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

// userStatements are the words of a statement that makes or changes a user.
var userStatements = match.AnyOf("user", "role", "grant", "alter", "login")

// statement reports whether "identified by" at an offset is a part of a statement about a user, and not of a sentence.
func (t *Commands) statement(at int) bool {
	if at == 0 || bytes.TrimSpace(t.Data[max(0, at-200):at]) == nil {
		return true
	}
	return userStatements().In(t.Data[max(0, at-200):at])
}

// grantedPassword reads the text behind IDENTIFIED BY, which may name a form first ("identified by password 'x'").
func (t *Commands) grantedPassword(at int) {
	at = ascii.SkipSpace(t.Data, at)
	if rest := t.Data[at:]; len(rest) > 9 && ascii.EqualFold(rest[:9], []byte("password ")) {
		at = ascii.SkipSpace(t.Data, at+9)
	}
	for at < len(t.Data) && t.Data[at] == '\\' {
		at++
	}
	if at >= len(t.Data) || t.Data[at] != '\'' && t.Data[at] != '"' {
		return
	}
	if v, ok := notation.QuotedValue(t.Data, at+1, t.Data[at], false); ok && v.End-v.Start <= looks.MaxPassword {
		end := v.End
		if t.Data[end-1] == '\\' {
			end--
		}
		t.emitArgument("SQL_USER_PASSWORD", v.Start, end)
	}
}

// oracleLogin reads user/password@host behind a driver's name or the client's.
func (t *Commands) oracleLogin(at int) {
	end := ascii.Word(t.Data, at, 200)
	text := t.Data[at:end]
	slash := bytes.IndexByte(text, '/')
	sign := bytes.LastIndexByte(text, '@')
	if slash < 1 || sign < slash || looks.Reference(text[:slash]) || !ascii.Is(text[slash-1], ascii.ClassAlnum|ascii.ClassSpace) && text[slash-1] != '_' {
		return
	}
	t.emitArgument("COMMAND_LINE_PASSWORD", at+slash+1, at+sign)
}
