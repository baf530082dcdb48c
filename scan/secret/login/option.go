package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

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

// flags looks for the options from offset at to the end of the command, and says how far it has looked.
func (t *Commands) flags(flags []string, form argumentForm, at int) int {
	data := t.Data
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

// argument judges the argument at an offset.
func (t *Commands) argument(at, stop int, form argumentForm) {
	data := t.Data
	var end int
	if at < stop && data[at] == '`' {
		// What another command says.
		return
	}
	if t.Notation == notation.Shell && at < stop && ascii.IsQuote(data[at]) {
		if v, ok := t.ShellValue(ascii.LineStart(data, at, 400), at); ok && v.Start > at {
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
	if at < end && t.Notation != notation.Shell {
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
