package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// fileExtensions are the endings by which a value is the name of a file.
var fileExtensions = wordlist.Set("file-extensions")

// Location reports whether a value is a path, a file name, a mail address or a URL. The value must not be empty.
func Location(value []byte) bool {
	switch {
	case len(value) > 2 && value[1] == ':' && (value[2] == '\\' || value[2] == '/') && ascii.Is(value[0], ascii.ClassLower|ascii.ClassUpper):
		return true
	case Drawn(value):
		return false
	case value[0] == '/' && len(value) < 80 && !ascii.HasDigit(value), bytes.HasPrefix(value, []byte("./")), bytes.HasPrefix(value, []byte("../")), bytes.HasPrefix(value, []byte("~/")):
		return true
	case relativePath(value), hostPort(value), domain(value):
		return true
	case value[0] == '/' && bytes.Count(value, []byte("/")) > 1 && len(value) != 40 && len(value) != 44 && len(value) != 88:
		return true
	case bytes.Contains(value, []byte("://")):
		return true
	}
	file := value
	if query := bytes.IndexByte(value, '?'); query > 0 && bytes.IndexByte(value[:query], '/') > 0 {
		file = value[:query]
	}
	if dot := bytes.LastIndexByte(file, '.'); dot > 0 && ascii.OneOf(fileExtensions, file[dot+1:]) {
		return true
	}
	at := bytes.IndexByte(value, '@')
	return at > 0 && bytes.IndexByte(value[at:], '.') > 0 && !bytes.ContainsAny(value, "!#$%^&*") && !ascii.HasDigit(value[at:])
}

// relativePath reports whether a value consists of words between slashes: a/b/c.d, s/old/new/, 80/tcp. Base64 has
// letters of both cases.
func relativePath(value []byte) bool {
	if bytes.IndexByte(value, '/') < 0 || len(value) > 120 || !ascii.OnlyOf(value, ascii.ClassLower|ascii.ClassDigit, "/-_.") {
		return false
	}
	for rest := value; ; {
		step, next, more := bytes.Cut(rest, []byte("/"))
		if len(step) > 2 && ascii.OnlyOf(step, ascii.ClassLower, "-_.") {
			return true
		}
		if rest = next; !more {
			return false
		}
	}
}

// hostPort reports whether a value is a host name and a port.
func hostPort(value []byte) bool {
	host, number, ok := bytes.Cut(value, []byte(":"))
	return ok && len(host) > 3 && len(number) > 1 && len(number) < 6 && ascii.OnlyOf(number, ascii.ClassDigit, "") && ascii.OnlyOf(host, ascii.ClassLower, "-.")
}

// topDomains are the ends of host names by which a value is one.
var topDomains = ascii.WordSet(" app cloud com dev io net org ")

// domain reports whether a value is the name of a host in lower case with a common end: 4f2a9c.acme.com.
func domain(value []byte) bool {
	dot := bytes.LastIndexByte(value, '.')
	return dot > 0 && ascii.OnlyOf(value, ascii.ClassLower|ascii.ClassDigit, "-.") && ascii.OneOf(topDomains, value[dot+1:]) &&
		value[0] != '.' && !bytes.Contains(value, []byte(".."))
}

// UUID reports whether a value is a UUID in its text form (RFC 9562).
func UUID(value []byte) bool {
	if len(value) != 36 {
		return false
	}
	for i, b := range value {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if b != '-' {
				return false
			}
		} else if !ascii.Is(b, ascii.ClassHex) {
			return false
		}
	}
	return true
}

// documented are the networks that RFC 5737 and RFC 3849 reserve for documentation.
var documented = [...]string{"192.0.2.", "198.51.100.", "203.0.113.", "[2001:db8:"}

// localHosts are names of this machine, and host names that manuals use.
var localHosts = wordlist.Set("local-hosts")

// LocalHost reports whether a host is this machine, or a name or address for documentation (RFC 2606, RFC 5737, RFC
// 3849).
func LocalHost(host []byte) bool {
	for _, network := range documented {
		if bytes.HasPrefix(host, []byte(network)) {
			return true
		}
	}
	host, _, _ = bytes.Cut(host, []byte(":"))
	switch {
	case ascii.OneOf(localHosts, host):
		return true
	case ascii.ContainsFold(host, []byte("example.")), bytes.HasSuffix(host, []byte(".local")), bytes.HasSuffix(host, []byte(".test")):
		return true
	}
	return false
}
