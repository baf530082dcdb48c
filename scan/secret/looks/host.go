package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// AnonymousPasswords are public: anyone who wants to read gives them.
var AnonymousPasswords = words("anonymous-passwords")

// documented are the networks that RFC 5737 and RFC 3849 keep for manuals.
var documented = [...]string{"192.0.2.", "198.51.100.", "203.0.113.", "[2001:db8:"}

// localHosts are names of this machine, and what manuals write for a host.
var localHosts = words("local-hosts")

// LocalHost reports whether a host is this machine, or one of the names and addresses for manuals (RFC 2606, RFC 5737,
// RFC 3849).
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

var TrivialPasswords = words("trivial-passwords")

// Encodings are the names of what texts are written in: what a function takes besides a password's file or field.
var Encodings = words("encodings")
