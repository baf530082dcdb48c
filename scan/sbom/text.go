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

// clean removes possible credentials from the addresses in a text: the user, and everything after the path. In some
// ecosystems the name of a package is an address, and lock files contain the login of the machine that wrote them.
func clean(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return query().ReplaceAllString(userinfo().ReplaceAllString(text, "$1"), "$1")
}

// valid replaces invalid UTF-8, which JSON cannot contain.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// pathText returns a path unchanged, or percent-encoded if it is not UTF-8 or has control characters: two such paths
// must not become equal, and a path must not become two lines.
func pathText(path string) string {
	if utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl) {
		return path
	}
	return (&url.URL{Path: path}).EscapedPath()
}
