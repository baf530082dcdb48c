package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// maxCommand bounds a command line in bytes, continued lines included.
const maxCommand = 1024

// argumentForm says what an option's argument looks like.
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

// passwordFlags maps a program to the options behind which its password stands.
var passwordFlags = []struct {
	program string
	flags   []string
	form    argumentForm
}{
	{"curl", []string{"-u", "--user", "--proxy-user"}, formPair},
	{"psexec", []string{"-p"}, formPassword},
	{"sshpass", []string{"-p"}, formPassword},
	{"docker login", []string{"-p", "--password"}, formPassword},
	{"mysql ", []string{"-p"}, formAttached},
	{"mysqldump", []string{"-p"}, formAttached},
	{"mysqladmin", []string{"-p"}, formAttached},
	{"plink", []string{"-pw"}, formPassword},
	{"pscp", []string{"-pw"}, formPassword},
	{"smbclient", []string{"-U"}, formPercent},
	{"az login", []string{"-p"}, formPassword},
	{"ldapsearch", []string{"-w"}, formPassword},
	{"ldapadd", []string{"-w"}, formPassword},
	{"ldapmodify", []string{"-w"}, formPassword},
	{"redis-cli", []string{"-a"}, formPassword},
	{"sqlcmd", []string{"-P"}, formPassword},
	{"lftp ", []string{"-u", "--user"}, formComma},
	{"mongo ", []string{"-p"}, formPassword},
	{"mongosh ", []string{"-p"}, formPassword},
	{"mongodump ", []string{"-p"}, formPassword},
	{"mongorestore ", []string{"-p"}, formPassword},
	{"mongoexport ", []string{"-p"}, formPassword},
	{"mongoimport ", []string{"-p"}, formPassword},
	{"zip ", []string{"-P", "--password"}, formPassword},
	{"7z ", []string{"-p"}, formAttached},
	{"7za ", []string{"-p"}, formAttached},
	{"7zr ", []string{"-p"}, formAttached},
	{"unrar ", []string{"-p"}, formAttached},
	{"openssl passwd", []string{"-1", "-5", "-6", "-apr1"}, formPassword},
	{"openssl", []string{"-k", "-passin", "-passout", "-pass"}, formTagged},
	{"convertto-securestring", []string{"-String", "-string", ""}, formPassword},
}

// commands is the matcher of command lines.
type commands struct {
	*page
	found *list
	// last is the program whose options were read last, and end how far.
	last, end int
}

// reset forgets the text before.
func (t *commands) reset() { t.last, t.end = 0, 0 }

// match reads the options of a program whose name was hit.
func (t *commands) match(start, end int) {
	if start > 0 && (ascii.Is(t.data[start-1], ascii.ClassAlnum) || bytes.IndexByte([]byte("-_.:"), t.data[start-1]) >= 0 && t.data[start] != '-') {
		return
	}
	switch name := t.data[start:end]; {
	case ascii.EqualFold(name, []byte("chpasswd")):
		t.pipedPassword(start, true)
	case ascii.EqualFold(name, []byte("sudo -s")):
		t.pipedPassword(start, false)
	case ascii.EqualFold(name, []byte("--password-stdin")):
		t.pipedPassword(start, false)
	case ascii.EqualFold(name, []byte("htpasswd -b")):
		t.wordAt(ascii.Word(t.data, end, 16), 2)
	case ascii.EqualFold(name, []byte("rabbitmqctl add_user ")), ascii.EqualFold(name, []byte("rabbitmqctl change_password ")):
		t.wordAt(end, 1)
	case ascii.EqualFold(name, []byte("net use ")):
		t.sharePassword(end)
	case ascii.EqualFold(name, []byte("password 0 ")), ascii.EqualFold(name, []byte("secret 0 ")), ascii.EqualFold(name, []byte("enable secret ")),
		ascii.EqualFold(name, []byte("enable password ")):
		// In a router's configuration nothing but the password follows; in a sentence a word does.
		if stop := ascii.Word(t.data, end, 64); lineOver(t.data, stop) && (ascii.HasDigit(t.data[end:stop]) || looks.StrongPassword(t.data[end:stop])) && bytes.IndexByte(t.data[end:stop], '<') < 0 {
			t.emitArgument("COMMAND_LINE_PASSWORD", end, stop)
		}
	case ascii.EqualFold(name, []byte("snmp-server community ")), ascii.EqualFold(name, []byte("nickserv identify ")):
		t.emitArgument("COMMAND_LINE_PASSWORD", end, ascii.Word(t.data, end, 64))
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

// flags looks for the options from offset at to the end of the command, and says how far it has looked.
func (t *commands) flags(flags []string, form argumentForm, at int) int {
	data := t.data
	stop := commandEnd(data, at)
	for first := true; at < stop; first = false {
		begin := at
		for begin < stop && (ascii.Is(data[begin], ascii.ClassSpace) || data[begin] == '\\') {
			begin++
		}
		at = begin
		for at < stop && !ascii.Is(data[at], ascii.ClassSpace) {
			at++
		}
		if begin == at {
			return at
		}
		// In a list of arguments each stands in quotes, with a comma behind it.
		argument := bytes.TrimRight(data[begin:at], "\"',")
		for len(argument) > 1 && ascii.IsQuote(argument[0]) && (argument[1] == '-') {
			argument = argument[1:]
		}
		if len(argument) == 0 {
			continue
		}
		if len(argument) == 1 && (argument[0] == '|' || argument[0] == ';') || string(argument) == "&&" {
			return at
		}
		for _, flag := range flags {
			switch {
			case flag == "":
				// The password is the first argument.
				if first && ascii.IsQuote(argument[0]) {
					t.argument(begin, stop, form)
				}
			case string(argument) == flag && flag == "-k" && form == formTagged:
				t.argument(ascii.SkipSpace(data, at), stop, formPassword)
			case flag == "-u" && form == formPair && clustered(argument):
				t.argument(begin+bytes.IndexAny(argument, "'\""), stop, form)
			case string(argument) == flag && form != formAttached:
				t.argument(nextArgument(data, at, stop), stop, form)
			case flag == "-p" && form != formPair && len(argument) > 3 && bytes.HasPrefix(argument, []byte("-p")) && attached(argument[2:]):
				t.argument(begin+len(flag), stop, form)
			}
		}
	}
	return at
}

// nextArgument gives the offset of the argument behind an offset, on the next line where this one is continued. In a list of
// arguments the quote and the comma of the one before are passed over.
func nextArgument(data []byte, at, stop int) int {
	if at > 0 && data[at-1] == ',' {
		return ascii.SkipBlank(data, at)
	}
	for at < stop && (ascii.Is(data[at], ascii.ClassSpace) || data[at] == '\\' && at+1 < stop && ascii.Is(data[at+1], ascii.ClassSpace)) {
		at++
	}
	return at
}

// clustered reports whether an argument is a cluster of short options, the last of which is -u with a quoted pair behind it:
// -sSu'user:x'.
func clustered(argument []byte) bool {
	quote := bytes.IndexAny(argument, "'\"")
	return quote > 1 && argument[0] == '-' && argument[1] != '-' && argument[quote-1] == 'u' && ascii.OnlyOf(argument[1:quote], ascii.ClassLower|ascii.ClassUpper, "")
}

// attached reports whether what stands right behind -p is a password, and not the rest of an option (-port).
func attached(rest []byte) bool {
	return !ascii.Is(rest[0], ascii.ClassLower) || ascii.HasDigit(rest) || looks.Symbols(rest) > 0
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

// argument judges the argument at an offset.
func (t *commands) argument(at, stop int, form argumentForm) {
	data := t.data
	var end int
	if at < stop && data[at] == '`' {
		// What another command says.
		return
	}
	if t.notation == notationShell && at < stop && ascii.IsQuote(data[at]) {
		if v, ok := t.shellValue(ascii.LineStart(data, at, 400), at); ok && v.start > at {
			at, end = v.start, v.end
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
	if at < end && t.notation != notationShell {
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
				t.emitArgument("COMMAND_LINE_PASSWORD", end-1-colon, end-1)
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
	t.emitArgument("COMMAND_LINE_PASSWORD", at, end)
}

// beforeMarkup cuts an argument where the text around the command goes on: at a tag of HTML, or at an escaped line end.
func beforeMarkup(argument []byte) []byte {
	for _, mark := range [...]string{"</", `\n`, "&quot;"} {
		if at := bytes.Index(argument, []byte(mark)); at > 0 {
			argument = argument[:at]
		}
	}
	return bytes.TrimRight(argument, `\`)
}

// emitArgument judges data[at:end] as a password that a command or statement is given.
func (t *commands) emitArgument(rule string, at, end int) {
	t.found.consider(at, end)
	if at >= end || t.generated() || t.longLine(at) {
		return
	}
	value := t.data[at:end]
	if len(value) < looks.MinPassword || value[0] == '-' && !looks.Mixed(value) || looks.Reference(value) || looks.Placeholder(bytes.TrimRight(value, ".,;")) || looks.Blank(value) || looks.NounOnly(value) ||
		looks.Location(value) || bytes.IndexByte(value, ' ') >= 0 || !ascii.Printable(value) || ascii.OnlyOf(value, ascii.ClassDigit, ":.") && bytes.IndexByte(value, ':') > 0 {
		return
	}
	v := check.Verdict{}
	if !looks.StrongPassword(value) {
		v = check.Verdict{Severity: scan.SeverityMedium, Confidence: scan.ConfidenceLow}
	}
	t.found.emitID(rule, at, end, t.guess(v))
}

// pipedPassword reads `echo "user:password" | chpasswd` and `echo password | sudo -S`: what stands before the hit on its
// line.
func (t *commands) pipedPassword(at int, pair bool) {
	begin := ascii.LineStart(t.data, at, 200)
	before := t.data[begin:at]
	echo := bytes.LastIndex(before, []byte("echo "))
	pipe := bytes.LastIndexByte(before, '|')
	if echo < 0 || pipe < echo {
		return
	}
	from := begin + echo + len("echo ")
	if ascii.IsQuote(t.data[from]) {
		from++
	}
	if pair {
		colon := bytes.IndexByte(t.data[from:begin+pipe], ':')
		if colon < 1 {
			return
		}
		from += colon + 1
	}
	t.emitArgument("COMMAND_LINE_PASSWORD", from, min(begin+pipe, ascii.Word(t.data, from, 128)))
}

// secondWord reads `net user NAME PASSWORD /add`.
func (t *commands) secondWord(at int) {
	at = ascii.SkipSpace(t.data, ascii.Word(t.data, ascii.SkipSpace(t.data, at), 64))
	if end := ascii.Word(t.data, at, 128); at < end && t.data[at] != '/' && looks.StrongPassword(t.data[at:end]) &&
		bytes.Contains(t.data[end:ascii.LineEnd(t.data, end, 80)], []byte("/add")) {
		t.emitArgument("COMMAND_LINE_PASSWORD", at, end)
	}
}

// wordAt judges the word with a number, from 0, behind an offset of a command line.
func (t *commands) wordAt(at, number int) {
	stop := commandEnd(t.data, at)
	for n := 0; at < stop; n++ {
		at = ascii.SkipSpace(t.data, at)
		for at < stop && t.data[at] == '-' {
			at = ascii.SkipSpace(t.data, ascii.Word(t.data, at, 128))
		}
		if n == number {
			t.argument(at, stop, formPassword)
			return
		}
		next := ascii.Word(t.data, at, 128)
		if next == at {
			return
		}
		at = next
	}
}

// sharePassword reads `net use SHARE /user:NAME PASSWORD`, in either order.
func (t *commands) sharePassword(at int) {
	stop := commandEnd(t.data, at)
	for n, user := 0, false; n < 6 && at < stop; n++ {
		begin := ascii.SkipSpace(t.data, at)
		at = ascii.Word(t.data, begin, 256)
		switch argument := t.data[begin:at]; {
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

// oracleLogin reads user/password@host behind a driver's name or the client's.
func (t *commands) oracleLogin(at int) {
	end := ascii.Word(t.data, at, 200)
	text := t.data[at:end]
	slash := bytes.IndexByte(text, '/')
	sign := bytes.LastIndexByte(text, '@')
	if slash < 1 || sign < slash || looks.Reference(text[:slash]) || !ascii.Is(text[slash-1], ascii.ClassAlnum|ascii.ClassSpace) && text[slash-1] != '_' {
		return
	}
	t.emitArgument("COMMAND_LINE_PASSWORD", at+slash+1, at+sign)
}

// optionPair reads curl_setopt($handle, CURLOPT_USERPWD, "user:password").
func (t *commands) optionPair(at int) {
	at = ascii.SkipSpace(t.data, at)
	if at >= len(t.data) || t.data[at] != ',' {
		return
	}
	at = ascii.SkipSpace(t.data, at+1)
	if at < len(t.data) && ascii.IsQuote(t.data[at]) {
		t.argument(at, commandEnd(t.data, at), formPair)
	}
}
