package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxPhrase is how far behind "password is" the quoted password may stand, in bytes.
const maxPhrase = 50

// spokenPassword emits the word at an offset of a sentence when it can only be a password.
func spokenPassword(p *page.Page, list *found.List, at int) {
	end := at
	for end < len(p.Data) && end-at < looks.MaxPassword && p.Data[end] > ' ' {
		end++
	}
	text := bytes.TrimRight(p.Data[at:end], ".,;:!?)\"'")
	if ascii.HasDigit(text) || looks.Symbols(text) > 0 {
		list.Consider(at, end)
	}
	if !looks.Mixed(text) && !(looks.StrongPassword(text) && looks.Random(text)) || looks.Placeholder(text) || looks.Reference(text) || looks.Pattern(text) || looks.Location(text) || looks.Identifier(text) || looks.UUID(text) {
		return
	}
	// The sign behind it may belong to the sentence or to the password. It is included, so that no password is cut.
	list.EmitID("DOCUMENTED_PASSWORD", at, end, check.Verdict{})
}

// MatchPhrase reads `the password for the user "x" is "y"`. The hit is "password is", "password for" or "password to".
func MatchPhrase(p *page.Page, list *found.List, start, end int) {
	if p.Kind.Test || p.Generated() {
		return
	}
	data := p.Data
	line := data[end:ascii.LineEnd(data, end, maxPhrase+100)]
	at := 0
	switch {
	case bytes.HasSuffix(data[start:end], []byte("is")):
	case data[end-1] == ' ':
		// The sentence names a user in quotes, and then the password.
		if start < 2 || !ascii.IsQuote(data[start-2]) || !p.Login(start) {
			return
		}
	default:
		at = bytes.Index(line[:min(len(line), maxPhrase)], []byte(" is "))
		if at < 0 {
			return
		}
		at += len(" is")
	}
	if spoken := ascii.SkipSpace(line, at); spoken < len(line) && !ascii.IsQuote(line[spoken]) {
		if blank := ascii.SkipSpace(line, spoken+1); line[spoken] == ':' && blank > spoken+1 {
			spoken = blank
		}
		spokenPassword(p, list, end+spoken)
	}
	for at < len(line) && (line[at] == ' ' || line[at] == ':' || line[at] == '\\') {
		at++
	}
	if at >= len(line) || !ascii.IsQuote(line[at]) {
		return
	}
	quote := line[at]
	begin := at + 1
	stop := begin
	for stop < len(line) && line[stop] != quote && line[stop] != ' ' && line[stop] != '\\' {
		stop++
	}
	password := line[begin:stop]
	if stop == len(line) || line[stop] == ' ' || len(password) < looks.MinPassword || looks.Placeholder(password) || looks.Reference(password) || ascii.OnlyOf(password, ascii.ClassSpace, ".,:;!?%") {
		return
	}
	list.EmitID("DOCUMENTED_PASSWORD", end+begin, end+stop, check.Verdict{})
}
