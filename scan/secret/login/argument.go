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

// argumentForm says what the argument of an option looks like.
type argumentForm int

const (
	// formPassword: the argument is the password.
	formPassword argumentForm = iota
	// formPair: the argument is "user:password".
	formPair
	// formAttached: the password stands right behind the option (-psecret); what follows a space is something else.
	formAttached
	// formTagged: the password follows "pass:" (openssl-passphrase-options), or -k as it is.
	formTagged
	// formPercent: the argument is "user%password".
	formPercent
	// formComma: the argument is "user,password".
	formComma
)

// separators stand between the user and the password of an argument that holds both.
var separators = map[argumentForm]byte{formPair: ':', formPercent: '%', formComma: ','}

// readArgument judges the argument at an offset of a command line that ends at stop.
func readArgument(p *page.Page, list *found.List, at, stop int, form argumentForm) {
	data := p.Data
	var end int
	if at < stop && data[at] == '`' {
		// It is the output of another command.
		return
	}
	if p.Notation == notation.Shell && at < stop && ascii.IsQuote(data[at]) {
		if v, ok := p.ShellValue(ascii.LineStart(data, at, 400), at); ok && v.Start > at {
			at, end = v.Start, v.End
		} else {
			return
		}
	} else if at < stop && ascii.IsQuote(data[at]) {
		quote := data[at]
		at++
		end = at
		for end < stop && data[end] != quote {
			end++
		}
	} else {
		end = min(stop, ascii.Word(data, at, 256))
	}
	if at < end && p.Notation != notation.Shell {
		end = at + len(beforeMarkup(data[at:end]))
	}
	switch form {
	case formPair, formPercent, formComma:
		colon := bytes.IndexByte(data[at:end], separators[form])
		if colon < 0 || looks.Reference(data[at:at+colon]) && colon > 0 || data[at] == '<' && data[end-1] == '>' {
			return
		}
		user := data[at : at+colon]
		switch at += colon + 1; {
		case at == end && end+1 < stop && ascii.IsQuote(data[end]) && !ascii.IsQuote(data[at-colon-2]):
			// user:'password'
			at++
			end = at
			for end < stop && data[end] != data[at-1] {
				end++
			}
		case at == end:
			// A key stands in the user's place, and there is no password: "key:".
			if form == formPair && (looks.Random(user) || looks.StrongPassword(user) && looks.Symbols(user) > 0) {
				emitArgument(p, list, "COMMAND_LINE_PASSWORD", end-1-colon, end-1)
			}
			return
		case colon == 0 && !looks.StrongPassword(data[at:end]):
			return
		}
	case formTagged:
		if !bytes.HasPrefix(data[at:end], []byte("pass:")) {
			return
		}
		at += len("pass:")
	}
	emitArgument(p, list, "COMMAND_LINE_PASSWORD", at, end)
}

// beforeMarkup cuts an argument where the text around the command goes on: at an HTML tag, or at an escaped line end.
func beforeMarkup(argument []byte) []byte {
	for _, mark := range [...]string{"</", `\n`, "&quot;"} {
		if at := bytes.Index(argument, []byte(mark)); at > 0 {
			argument = argument[:at]
		}
	}
	return bytes.TrimRight(argument, `\`)
}

// emitArgument judges data[at:end] as the password that a command or a statement gets.
func emitArgument(p *page.Page, list *found.List, rule string, at, end int) {
	list.Consider(at, end)
	if at >= end || p.Generated() || p.LongLine(at) {
		return
	}
	value := p.Data[at:end]
	if len(value) < looks.MinPassword || value[0] == '-' && !looks.Mixed(value) || looks.Reference(value) || looks.Placeholder(bytes.TrimRight(value, ".,;")) || looks.Blank(value) || looks.NounOnly(value) ||
		looks.Location(value) || bytes.IndexByte(value, ' ') >= 0 || !ascii.Printable(value) || ascii.OnlyOf(value, ascii.ClassDigit, ":.") && bytes.IndexByte(value, ':') > 0 {
		return
	}
	v := check.Verdict{}
	if !looks.StrongPassword(value) {
		v = check.Verdict{Severity: scan.SeverityMedium, Confidence: scan.ConfidenceLow}
	}
	list.EmitID(rule, at, end, p.Guess(v))
}
