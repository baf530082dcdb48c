// Package weblink decides which addresses may be links in a report. The addresses come from rules, advisories, files of
// other tools and lock files.
package weblink

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength limits an address, in bytes.
const maxLength = 2048

// Safe returns the address if it may be a link, else "". A link is an absolute http or https address with a host,
// without a user, without characters that are invalid in a URL (RFC 3986, section 2), and with at most 2048 bytes.
func Safe(address string) string {
	if len(address) > maxLength || !utf8.ValidString(address) || strings.ContainsFunc(address, foreign) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return address
}

// foreign reports characters that are invalid in a URL. It accepts letters of all alphabets, which browsers encode.
func foreign(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || strings.ContainsRune("<>\"\\^`{|}", r)
}

// Reach says from where an address can be opened.
type Reach int

// The reaches, from the narrowest to the widest.
const (
	Nowhere   Reach = iota // the address is not [Safe]
	Machine                // only on the machine itself: localhost, a loopback address
	Network                // in one network: a private address, a name without a dot, .local, .internal
	Everybody              // everywhere, as far as the address shows
)

// ReachOf returns the reach of an address. It looks only at the address and resolves no name.
func ReachOf(address string) Reach {
	if Safe(address) == "" {
		return Nowhere
	}
	u, err := url.Parse(address)
	if err != nil {
		return Nowhere
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		switch {
		case ip.IsLoopback(), ip.IsUnspecified():
			return Machine
		case ip.IsPrivate(), ip.IsLinkLocalUnicast(), ip.IsMulticast():
			return Network
		}
		return Everybody
	}
	switch {
	case host == "localhost", strings.HasSuffix(host, ".localhost"):
		return Machine
	case !strings.Contains(host, "."), strings.HasSuffix(host, ".local"), strings.HasSuffix(host, ".internal"):
		return Network
	}
	return Everybody
}
