package mail

import (
	netmail "net/mail"
	"strings"
)

// maxAddress is the length of the longest address (RFC 5321, 4.5.3.1.3: a path of 256 including its brackets).
const maxAddress = 254

// ValidAddress reports whether text is one plain address: no name, no comment, no newline, nothing that could become a
// second header or recipient.
func ValidAddress(text string) bool {
	if len(text) > maxAddress || strings.ContainsAny(text, " \t\r\n\x00,;<>()\"\\") {
		return false
	}
	a, err := netmail.ParseAddress(text)
	if err != nil || a.Address != text || a.Name != "" {
		return false
	}
	_, domain, ok := strings.Cut(text, "@")
	return ok && domain != "" && !strings.Contains(domain, "@")
}

// Domain returns the part after the @, in lower case.
func Domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}
