package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// AnonymousPasswords are public: anyone who wants to read gives them.
var AnonymousPasswords = ascii.WordSet(" anonymous anoncvs anonftp anonsvn ")

// documented are the networks that RFC 5737 and RFC 3849 keep for manuals.
var documented = [...]string{"192.0.2.", "198.51.100.", "203.0.113.", "[2001:db8:"}

// localHosts are names of this machine, and what manuals write for a host.
var localHosts = ascii.WordSet(" localhost 127.0.0.1 0.0.0.0 [ host hostname server db database ip domain myhost proxy ")

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

var TrivialPasswords = ascii.WordSet(" secret admin root postgres test testing guest user pass password passwd 123 1234 12345 123456 12345678 mysql redis " +
	"rabbitmq mongo mongodb app dev demo minioadmin elastic sa hunter2 qwerty letmein welcome default " +
	"local docker mypassword mysecretpassword dev123 test123 admin123 pass123 root123 bitnami secret123 password1 password123 ")

// Encodings are the names of what texts are written in: what a function takes besides a password's file or field.
var Encodings = ascii.WordSet(" utf8 utf-8 utf16 utf-16 utf16le utf-16le ucs2 latin1 iso-8859-1 ascii us-ascii binary base64 base64url hex cp1252 windows-1252 sha1 md5 http https tcp udp ssl tls ")
