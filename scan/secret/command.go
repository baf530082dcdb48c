package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
)

// maxCommand bounds a command line in bytes, continued lines included.
const maxCommand = 1024

// passwordFlags maps a program to the flags behind which its password stands.
var passwordFlags = []struct {
	program string
	flags   []string
	// pair is true when the flag takes "user:password".
	pair bool
}{
	{"curl", []string{"-u", "--user", "--proxy-user"}, true},
	{"psexec", []string{"-p"}, false},
	{"sshpass", []string{"-p"}, false},
	{"docker login", []string{"-p", "--password"}, false},
	{"mysqldump", []string{"-p"}, false},
	{"plink", []string{"-pw"}, false},
	{"pscp", []string{"-pw"}, false},
}

// matchCommand reads the flags of a program whose name was hit.
func matchCommand(t *text, start, end int) {
	if start > 0 && is(t.data[start-1], classAlnum) {
		return
	}
	name := t.data[start:end]
	for i := range passwordFlags {
		if p := &passwordFlags[i]; equalFold(name, []byte(p.program)) {
			t.flags(p.flags, p.pair, end)
			return
		}
	}
}

// flags looks for the flags from offset at to the end of the command.
func (t *text) flags(flags []string, pair bool, at int) {
	data := t.data
	stop := commandEnd(data, at)
	for at < stop {
		begin := at
		for begin < stop && (is(data[begin], classSpace) || data[begin] == '\\') {
			begin++
		}
		at = begin
		for at < stop && !is(data[at], classSpace) {
			at++
		}
		if begin == at {
			return
		}
		for _, flag := range flags {
			argument := data[begin:at]
			switch {
			case string(argument) == flag:
				t.argument(skipSpace(data, at), stop, pair)
			case flag == "-p" && !pair && len(argument) > 3 && bytes.HasPrefix(argument, []byte("-p")) && !is(argument[2], classLower):
				t.argument(begin+len(flag), stop, pair)
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

// argument judges the argument at an offset.
func (t *text) argument(at, stop int, pair bool) {
	data := t.data
	var end int
	if at < stop && isQuote(data[at]) {
		quote := data[at]
		at++
		end = at
		for end < stop && data[end] != quote {
			end++
		}
	} else {
		end = min(stop, word(data, at, 256))
	}
	if pair {
		colon := bytes.IndexByte(data[at:end], ':')
		if colon < 1 || reference(data[at:at+colon]) {
			return
		}
		at += colon + 1
	}
	value := data[at:end]
	if len(value) < 4 || value[0] == '-' || reference(value) || placeholder(value) || blank(value) || nounOnly(value) {
		return
	}
	v := verdict{}
	if !strongPassword(value) {
		v = verdict{severity: scan.SeverityMedium, confidence: scan.ConfidenceLow}
	}
	t.emit(t.detector.byID["COMMAND_LINE_PASSWORD"], at, end, t.guess(v))
}
