package insights

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan/weblink"
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
	if product == bitbucket.DataCenter {
		return weblink.ReachOf(address) >= weblink.Network
	}
	return weblink.ReachOf(address) == weblink.Everybody
}
