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

// maxCommand bounds a command line in bytes, continued lines included.
const maxCommand = 1024

// Commands is the matcher of command lines.
type Commands struct {
	*page.Page
	found *found.List
	// last is the program whose options were read last, and end how far.
	last, end int
}

// NewCommands makes the matcher of a page.
func NewCommands(p *page.Page, list *found.List) Commands { return Commands{Page: p, found: list} }

// Reset forgets the text before.
func (t *Commands) Reset() { t.last, t.end = 0, 0 }

// Match reads the options of a program whose name was hit.
func (t *Commands) Match(start, end int) {
	if start > 0 && (ascii.Is(t.Data[start-1], ascii.ClassAlnum) || bytes.IndexByte([]byte("-_.:"), t.Data[start-1]) >= 0 && t.Data[start] != '-') {
		return
	}
	switch name := t.Data[start:end]; {
	case ascii.EqualFold(name, []byte("chpasswd")):
		t.pipedPassword(start, true)
	case ascii.EqualFold(name, []byte("sudo -s")):
		t.pipedPassword(start, false)
	case ascii.EqualFold(name, []byte("--password-stdin")):
		t.pipedPassword(start, false)
	case ascii.EqualFold(name, []byte("htpasswd -b")):
		t.wordAt(ascii.Word(t.Data, end, 16), 2)
	case ascii.EqualFold(name, []byte("rabbitmqctl add_user ")), ascii.EqualFold(name, []byte("rabbitmqctl change_password ")):
		t.wordAt(end, 1)
	case ascii.EqualFold(name, []byte("net use ")):
		t.sharePassword(end)
	case ascii.EqualFold(name, []byte("password 0 ")), ascii.EqualFold(name, []byte("secret 0 ")), ascii.EqualFold(name, []byte("enable secret ")),
		ascii.EqualFold(name, []byte("enable password ")):
		// In a router's configuration nothing but the password follows; in a sentence a word does.
		if stop := ascii.Word(t.Data, end, 64); notation.LineOver(t.Data, stop) && (ascii.HasDigit(t.Data[end:stop]) || looks.StrongPassword(t.Data[end:stop])) && bytes.IndexByte(t.Data[end:stop], '<') < 0 {
			t.emitArgument("COMMAND_LINE_PASSWORD", end, stop)
		}
	case ascii.EqualFold(name, []byte("snmp-server community ")), ascii.EqualFold(name, []byte("nickserv identify ")):
		t.emitArgument("COMMAND_LINE_PASSWORD", end, ascii.Word(t.Data, end, 64))
	case ascii.EqualFold(name, []byte("net user ")):
		t.secondWord(end)
	case ascii.EqualFold(name, []byte("identified by")):
		if t.statement(start) {
			t.grantedPassword(end)
		}
	case ascii.EqualFold(name, []byte("jdbc:oracle:")), ascii.EqualFold(name, []byte("sqlplus ")):
		t.oracleLogin(end)
	case ascii.EqualFold(name, []byte("curlopt_userpwd")):
		t.optionPair(end)
	default:
		for i := range passwordFlags {
			// A command that names its program again is read once.
			if p := &passwordFlags[i]; ascii.EqualFold(name, []byte(p.program)) && (end >= t.end || i != t.last) {
				t.last, t.end = i, t.flags(p.flags, p.form, end)
			}
		}
	}
}

// commandEnd gives the end of the command's line; a line that ends in a backslash goes on.
func commandEnd(data []byte, at int) int {
	end := at
	for end < len(data) && end-at < maxCommand {
		if data[end] == '\n' && !(data[end-1] == '\\' || end >= 2 && data[end-1] == '\r' && data[end-2] == '\\') {
			break
		}
		end++
	}
	return end
}

// emitArgument judges data[at:end] as a password that a command or statement is given.
func (t *Commands) emitArgument(rule string, at, end int) {
	t.found.Consider(at, end)
	if at >= end || t.Generated() || t.LongLine(at) {
		return
	}
	value := t.Data[at:end]
	if len(value) < looks.MinPassword || value[0] == '-' && !looks.Mixed(value) || looks.Reference(value) || looks.Placeholder(bytes.TrimRight(value, ".,;")) || looks.Blank(value) || looks.NounOnly(value) ||
		looks.Location(value) || bytes.IndexByte(value, ' ') >= 0 || !ascii.Printable(value) || ascii.OnlyOf(value, ascii.ClassDigit, ":.") && bytes.IndexByte(value, ':') > 0 {
		return
	}
	v := check.Verdict{}
	if !looks.StrongPassword(value) {
		v = check.Verdict{Severity: scan.SeverityMedium, Confidence: scan.ConfidenceLow}
	}
	t.found.EmitID(rule, at, end, t.Guess(v))
}

// pipedPassword reads `echo "user:password" | chpasswd` and `echo password | sudo -S`: what stands before the hit on its
// line.
func (t *Commands) pipedPassword(at int, pair bool) {
	begin := ascii.LineStart(t.Data, at, 200)
	before := t.Data[begin:at]
	echo := bytes.LastIndex(before, []byte("echo "))
	pipe := bytes.LastIndexByte(before, '|')
	if echo < 0 || pipe < echo {
		return
	}
	from := begin + echo + len("echo ")
	if ascii.IsQuote(t.Data[from]) {
		from++
	}
	if pair {
		colon := bytes.IndexByte(t.Data[from:begin+pipe], ':')
		if colon < 1 {
			return
		}
		from += colon + 1
	}
	t.emitArgument("COMMAND_LINE_PASSWORD", from, min(begin+pipe, ascii.Word(t.Data, from, 128)))
}

// secondWord reads `net user NAME PASSWORD /add`.
func (t *Commands) secondWord(at int) {
	at = ascii.SkipSpace(t.Data, ascii.Word(t.Data, ascii.SkipSpace(t.Data, at), 64))
	if end := ascii.Word(t.Data, at, 128); at < end && t.Data[at] != '/' && looks.StrongPassword(t.Data[at:end]) &&
		bytes.Contains(t.Data[end:ascii.LineEnd(t.Data, end, 80)], []byte("/add")) {
		t.emitArgument("COMMAND_LINE_PASSWORD", at, end)
	}
}

// wordAt judges the word with a number, from 0, behind an offset of a command line.
func (t *Commands) wordAt(at, number int) {
	stop := commandEnd(t.Data, at)
	for n := 0; at < stop; n++ {
		at = ascii.SkipSpace(t.Data, at)
		for at < stop && t.Data[at] == '-' {
			at = ascii.SkipSpace(t.Data, ascii.Word(t.Data, at, 128))
		}
		if n == number {
			t.argument(at, stop, formPassword)
			return
		}
		next := ascii.Word(t.Data, at, 128)
		if next == at {
			return
		}
		at = next
	}
}

// sharePassword reads `net use SHARE /user:NAME PASSWORD`, in either order.
func (t *Commands) sharePassword(at int) {
	stop := commandEnd(t.Data, at)
	for n, user := 0, false; n < 6 && at < stop; n++ {
		begin := ascii.SkipSpace(t.Data, at)
		at = ascii.Word(t.Data, begin, 256)
		switch argument := t.Data[begin:at]; {
		case len(argument) == 0:
			return
		case len(argument) > 6 && ascii.EqualFold(argument[:6], []byte("/user:")):
			user = true
		case argument[0] != '/' && argument[0] != '\\' && user && looks.StrongPassword(argument):
			t.emitArgument("COMMAND_LINE_PASSWORD", begin, at)
			return
		}
	}
}

// optionPair reads curl_setopt($handle, CURLOPT_USERPWD, "user:password").
func (t *Commands) optionPair(at int) {
	at = ascii.SkipSpace(t.Data, at)
	if at >= len(t.Data) || t.Data[at] != ',' {
		return
	}
	at = ascii.SkipSpace(t.Data, at+1)
	if at < len(t.Data) && ascii.IsQuote(t.Data[at]) {
		t.argument(at, commandEnd(t.Data, at), formPair)
	}
}
