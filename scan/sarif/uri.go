package sarif

import (
	"path"
	"strings"
)

// encodePath makes a relative URI reference of a path. It percent-encodes every byte that is not plainly allowed,
// including ":", which would make a scheme of the first segment (RFC 3986, 4.2).
func encodePath(p string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/@+,=", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// decodePath undoes percent-encoding. A "%" without two hex digits is kept, because some tools do not encode it.
func decodePath(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			b.WriteByte(byte(unhex(s[i+1])<<4 | unhex(s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// The kinds of a decoded location.
const (
	relativeFile = iota
	absoluteFile
	notAFile
)

// filePath converts a URI, or a plain path of Unix or Windows, to a slash path and returns its kind. The path of an
// absolute file begins with "/" or with a drive ("c:/").
func filePath(uri string) (string, int) {
	uri = strings.ReplaceAll(uri, "\\", "/")
	scheme, rest, found := strings.Cut(uri, ":")
	if found && strings.EqualFold(scheme, "file") {
		rest = decodePath(rest)
		if host, ok := strings.CutPrefix(rest, "//"); ok {
			// file://host/path: the host is this machine, or is meaningless.
			slash := strings.IndexByte(host, '/')
			if slash < 0 {
				return "", notAFile
			}
			rest = host[slash:]
		}
		if len(rest) > 2 && rest[0] == '/' && drive(rest[1:]) {
			rest = rest[1:]
		}
		if drive(rest) {
			return lowerDrive(rest), absoluteFile
		}
		if strings.HasPrefix(rest, "/") {
			return path.Clean(rest), absoluteFile
		}
		return rest, relativeFile
	}
	switch {
	case drive(uri):
		return lowerDrive(decodePath(uri)), absoluteFile
	case strings.HasPrefix(uri, "/"):
		return path.Clean(decodePath(uri)), absoluteFile
	case found && isScheme(scheme) && strings.HasPrefix(rest, "//"):
		return "", notAFile
	}
	return decodePath(uri), relativeFile
}

func drive(s string) bool {
	return len(s) > 2 && s[1] == ':' && s[2] == '/' && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

func lowerDrive(s string) string { return strings.ToLower(s[:1]) + path.Clean(s[1:]) }

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || (s[i] < '0' || s[i] > '9') && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

// below returns p relative to root, both absolute; ok is false if p is not in root.
func below(root, p string) (string, bool) {
	if root == "" {
		return "", false
	}
	rest, ok := strings.CutPrefix(p, strings.TrimSuffix(root, "/")+"/")
	return rest, ok && rest != ""
}

// inside cleans a relative path; ok is false if it is empty, leads outside its root or cannot name a file.
func inside(p string) (string, bool) {
	if p == "" || strings.IndexByte(p, 0) >= 0 {
		return "", false
	}
	p = path.Clean(p)
	if p == "." || p == ".." || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") || len(p) > maxPath {
		return "", false
	}
	return p, true
}

// maxPath is the longest path in bytes that is accepted: PATH_MAX of Linux.
const maxPath = 4096
