package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxCommand bounds a command line in bytes, with the lines that continue it.
const maxCommand = 1024

// passwordFlags lists programs with the options whose argument is a password.
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

// readOptions reads the options from an offset to the end of the command, and returns where it stopped.
func readOptions(p *page.Page, list *found.List, flags []string, form argumentForm, at int) int {
	data := p.Data
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
		// In a list of arguments each has quotes, and a comma behind it.
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
					readArgument(p, list, begin, stop, form)
				}
			case string(argument) == flag && flag == "-k" && form == formTagged:
				readArgument(p, list, ascii.SkipSpace(data, at), stop, formPassword)
			case flag == "-u" && form == formPair && clustered(argument):
				readArgument(p, list, begin+bytes.IndexAny(argument, "'\""), stop, form)
			case string(argument) == flag && form != formAttached:
				readArgument(p, list, nextArgument(data, at, stop), stop, form)
			case flag == "-p" && form != formPair && len(argument) > 3 && bytes.HasPrefix(argument, []byte("-p")) && attached(argument[2:]):
				readArgument(p, list, begin+len(flag), stop, form)
			}
		}
	}
	return at
}

// nextArgument returns the offset of the next argument, on the next line when this one is continued. In a list of
// arguments it skips the quote and the comma of the argument before.
func nextArgument(data []byte, at, stop int) int {
	if at > 0 && data[at-1] == ',' {
		return ascii.SkipBlank(data, at)
	}
	for at < stop && (ascii.Is(data[at], ascii.ClassSpace) || data[at] == '\\' && at+1 < stop && ascii.Is(data[at+1], ascii.ClassSpace)) {
		at++
	}
	return at
}

// clustered reports whether an argument is a cluster of short options that ends in -u, with a quoted pair behind it:
// -sSu'user:x'.
func clustered(argument []byte) bool {
	quote := bytes.IndexAny(argument, "'\"")
	return quote > 1 && argument[0] == '-' && argument[1] != '-' && argument[quote-1] == 'u' && ascii.OnlyOf(argument[1:quote], ascii.ClassLower|ascii.ClassUpper, "")
}

// attached reports whether the text right behind -p is a password, and not the rest of an option (-port).
func attached(rest []byte) bool {
	return !ascii.Is(rest[0], ascii.ClassLower) || ascii.HasDigit(rest) || looks.Symbols(rest) > 0
}

// commandEnd returns the end of a command line. A line that ends in a backslash continues.
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
