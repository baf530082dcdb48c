package sbom

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

var (
	userinfo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(://)[^\s/?#]*@`) })
	query    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(://[^\s?#]*)[?#]\S*`) })
)

// clean takes out of the addresses in a text what may be a credential: the user, and what follows the path. The name of
// a package is an address in some ecosystems, and lock files hold what the machine that wrote them was logged in with.
func clean(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return query().ReplaceAllString(userinfo().ReplaceAllString(text, "$1"), "$1")
}

// valid replaces bytes that are no UTF-8, which JSON cannot have.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// pathText is a path as it stands, or percent-encoded when it is no UTF-8 or has control characters: two such paths must
// not become one, nor a path two lines.
func pathText(path string) string {
	if utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl) {
		return path
	}
	return (&url.URL{Path: path}).EscapedPath()
}
