package preview

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible makes text safe to show on one line. It escapes control characters, characters that reorder or hide text, and
// invalid UTF-8. It keeps tabs.
func visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !hidden(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

func hidden(r rune) bool {
	return r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point))
}

// paragraphs is visible for text of several lines; empty lines separate the paragraphs.
func paragraphs(s string) []string {
	var all []string
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			all = append(all, strings.Join(lines, "\n"))
			lines = nil
		}
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if line = strings.TrimRight(line, " \t"); line == "" {
			flush()
			continue
		}
		lines = append(lines, visible(line))
	}
	flush()
	return all
}

// cut keeps the first characters of a line and says how many are missing.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	at, n := 0, 0
	for i := range s {
		if n == limit {
			at = i
		}
		n++
	}
	if n <= limit {
		return s
	}
	return s[:at] + "… " + plural(n-limit, "more character", "more characters")
}

// webLink returns address if a browser may follow it from this page, else "".
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsFunc(address, hidden) {
		return ""
	}
	return address
}

// hostOf returns the host of a link, for the link's text.
func hostOf(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// splitPath returns the folder of a path, with a trailing slash, and the name.
func splitPath(path string) (dir, name string) {
	path = visible(path)
	at := strings.LastIndexByte(path, '/') + 1
	return path[:at], path[at:]
}

func shortHash(hash string) string { return visible(hash[:min(len(hash), 12)]) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return commas(n) + " " + many
}

// commas formats a number with commas.
func commas(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
