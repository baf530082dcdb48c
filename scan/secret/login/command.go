package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Commands is the matcher of command lines. It is not safe for concurrent use.
type Commands struct {
	*page.Page
	found *found.List
	// last is the program whose options were read last, and end is where reading stopped.
	last, end int
}

// NewCommands makes the matcher of a page.
func NewCommands(p *page.Page, list *found.List) Commands { return Commands{Page: p, found: list} }

// Reset makes the matcher ready for another text on its page.
func (t *Commands) Reset() { t.last, t.end = 0, 0 }

// Match reads the command line of a program whose name was hit.
func (t *Commands) Match(start, end int) {
	if start > 0 && (ascii.Is(t.Data[start-1], ascii.ClassAlnum) || bytes.IndexByte([]byte("-_.:"), t.Data[start-1]) >= 0 && t.Data[start] != '-') {
		return
	}
	switch name := t.Data[start:end]; {
	case ascii.EqualFold(name, []byte("chpasswd")):
		pipedPassword(t.Page, t.found, start, true)
	case ascii.EqualFold(name, []byte("sudo -s")):
		pipedPassword(t.Page, t.found, start, false)
	case ascii.EqualFold(name, []byte("--password-stdin")):
		pipedPassword(t.Page, t.found, start, false)
	case ascii.EqualFold(name, []byte("htpasswd -b")):
		wordAt(t.Page, t.found, ascii.Word(t.Data, end, 16), 2)
	case ascii.EqualFold(name, []byte("rabbitmqctl add_user ")), ascii.EqualFold(name, []byte("rabbitmqctl change_password ")):
		wordAt(t.Page, t.found, end, 1)
	case ascii.EqualFold(name, []byte("net use ")):
		sharePassword(t.Page, t.found, end)
	case ascii.EqualFold(name, []byte("password 0 ")), ascii.EqualFold(name, []byte("secret 0 ")), ascii.EqualFold(name, []byte("enable secret ")),
		ascii.EqualFold(name, []byte("enable password ")):
		// In the configuration of a router only the password follows. In a sentence a word does.
		if stop := ascii.Word(t.Data, end, 64); notation.LineOver(t.Data, stop) && (ascii.HasDigit(t.Data[end:stop]) || looks.StrongPassword(t.Data[end:stop])) && bytes.IndexByte(t.Data[end:stop], '<') < 0 {
			emitArgument(t.Page, t.found, "COMMAND_LINE_PASSWORD", end, stop)
		}
	case ascii.EqualFold(name, []byte("snmp-server community ")), ascii.EqualFold(name, []byte("nickserv identify ")):
		emitArgument(t.Page, t.found, "COMMAND_LINE_PASSWORD", end, ascii.Word(t.Data, end, 64))
	case ascii.EqualFold(name, []byte("net user ")):
		secondWord(t.Page, t.found, end)
	case ascii.EqualFold(name, []byte("identified by")):
		if statement(t.Data, start) {
			grantedPassword(t.Page, t.found, end)
		}
	case ascii.EqualFold(name, []byte("jdbc:oracle:")), ascii.EqualFold(name, []byte("sqlplus ")):
		oracleLogin(t.Page, t.found, end)
	case ascii.EqualFold(name, []byte("curlopt_userpwd")):
		optionPair(t.Page, t.found, end)
	default:
		for i := range passwordFlags {
			// A command that names its program again is read once.
			if p := &passwordFlags[i]; ascii.EqualFold(name, []byte(p.program)) && (end >= t.end || i != t.last) {
				t.last, t.end = i, readOptions(t.Page, t.found, p.flags, p.form, end)
			}
		}
	}
}

// pipedPassword reads `echo "user:password" | chpasswd` and `echo password | sudo -S`: the text before the hit on its
// line.
func pipedPassword(p *page.Page, list *found.List, at int, pair bool) {
	begin := ascii.LineStart(p.Data, at, 200)
	before := p.Data[begin:at]
	echo := bytes.LastIndex(before, []byte("echo "))
	pipe := bytes.LastIndexByte(before, '|')
	if echo < 0 || pipe < echo {
		return
	}
	from := begin + echo + len("echo ")
	if ascii.IsQuote(p.Data[from]) {
		from++
	}
	if pair {
		colon := bytes.IndexByte(p.Data[from:begin+pipe], ':')
		if colon < 1 {
			return
		}
		from += colon + 1
	}
	emitArgument(p, list, "COMMAND_LINE_PASSWORD", from, min(begin+pipe, ascii.Word(p.Data, from, 128)))
}

// secondWord reads `net user NAME PASSWORD /add`.
func secondWord(p *page.Page, list *found.List, at int) {
	at = ascii.SkipSpace(p.Data, ascii.Word(p.Data, ascii.SkipSpace(p.Data, at), 64))
	if end := ascii.Word(p.Data, at, 128); at < end && p.Data[at] != '/' && looks.StrongPassword(p.Data[at:end]) &&
		bytes.Contains(p.Data[end:ascii.LineEnd(p.Data, end, 80)], []byte("/add")) {
		emitArgument(p, list, "COMMAND_LINE_PASSWORD", at, end)
	}
}

// wordAt judges one word of a command line behind an offset. Words count from 0, without options.
func wordAt(p *page.Page, list *found.List, at, number int) {
	stop := commandEnd(p.Data, at)
	for n := 0; at < stop; n++ {
		at = ascii.SkipSpace(p.Data, at)
		for at < stop && p.Data[at] == '-' {
			at = ascii.SkipSpace(p.Data, ascii.Word(p.Data, at, 128))
		}
		if n == number {
			readArgument(p, list, at, stop, formPassword)
			return
		}
		next := ascii.Word(p.Data, at, 128)
		if next == at {
			return
		}
		at = next
	}
}

// sharePassword reads `net use SHARE /user:NAME PASSWORD`, in either order.
func sharePassword(p *page.Page, list *found.List, at int) {
	stop := commandEnd(p.Data, at)
	for n, user := 0, false; n < 6 && at < stop; n++ {
		begin := ascii.SkipSpace(p.Data, at)
		at = ascii.Word(p.Data, begin, 256)
		switch argument := p.Data[begin:at]; {
		case len(argument) == 0:
			return
		case len(argument) > 6 && ascii.EqualFold(argument[:6], []byte("/user:")):
			user = true
		case argument[0] != '/' && argument[0] != '\\' && user && looks.StrongPassword(argument):
			emitArgument(p, list, "COMMAND_LINE_PASSWORD", begin, at)
			return
		}
	}
}

// optionPair reads curl_setopt($handle, CURLOPT_USERPWD, "user:password").
func optionPair(p *page.Page, list *found.List, at int) {
	at = ascii.SkipSpace(p.Data, at)
	if at >= len(p.Data) || p.Data[at] != ',' {
		return
	}
	at = ascii.SkipSpace(p.Data, at+1)
	if at < len(p.Data) && ascii.IsQuote(p.Data[at]) {
		readArgument(p, list, at, commandEnd(p.Data, at), formPair)
	}
}
