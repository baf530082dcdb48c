package insights

import (
	"net/netip"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// cleanPath returns a path in Bitbucket's form: relative to the root, with slashes. ok is false for a path that cannot
// be sent: outside the root, or not valid UTF-8 (JSON would turn it into the name of another file).
func cleanPath(name string) (clean string, ok bool) {
	if name == "" || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return "", false
	}
	clean = path.Clean(strings.TrimLeft(name, "/"))
	if clean == "." || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", false
	}
	return clean, true
}

// publicLink reports whether a report may contain an address. Cloud refuses addresses that are not public: one localhost
// link made other publishers lose the whole report. Data Center runs in the same network as the linked pages and
// requires only http or https. An address with a user name is never sent.
func publicLink(address string, product bitbucket.Product) bool {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return false
	}
	for _, r := range address {
		if r <= ' ' || r == 0x7f {
			return false
		}
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	ip, err := netip.ParseAddr(host)
	if err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return false
	}
	if product == bitbucket.DataCenter {
		return true
	}
	if err == nil {
		return !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsMulticast()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".local") && !strings.HasSuffix(host, ".internal")
}
