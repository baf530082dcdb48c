package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// AnonymousPasswords are the passwords of public, anonymous accounts.
var AnonymousPasswords = words("anonymous-passwords")

// documented are the networks that RFC 5737 and RFC 3849 reserve for documentation.
var documented = [...]string{"192.0.2.", "198.51.100.", "203.0.113.", "[2001:db8:"}

// localHosts are names of this machine, and host names that manuals use.
var localHosts = words("local-hosts")

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

// TrivialPasswords are the passwords that everybody tries first.
var TrivialPasswords = words("trivial-passwords")

// Encodings are the names of text encodings. Functions take them as arguments next to a password's file or field.
var Encodings = words("encodings")
