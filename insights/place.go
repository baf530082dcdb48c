package insights

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// cleanPath gives a path as Bitbucket knows it: relative to the root, with slashes. ok is false for one that no file
// of the repository can have on the wire: outside of the root, or not valid UTF-8 (JSON cannot carry it, so that it
// would name another file).
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

// publicLink reports whether an address may stand in a report. Cloud refuses what is not public (a localhost link cost
// other publishers the whole report); Data Center lives in the same network as the pages it links to, and asks only
// for http or https. An address with a user in it is never sent.
func publicLink(address string, product bitbucket.Product) bool {
	if product == bitbucket.DataCenter {
		return weblink.ReachOf(address) >= weblink.Network
	}
	return weblink.ReachOf(address) == weblink.Everybody
}
