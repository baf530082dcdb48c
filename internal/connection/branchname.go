package connection

import "strings"

// maxRef limits the name of a branch, in bytes; file systems allow no more for one of its parts.
const maxRef = 250

// BranchName returns the name of a branch for refs/heads/NAME; ok is false for any other reference, and for what git does
// not allow as one (git-check-ref-format).
func BranchName(ref string) (name string, ok bool) {
	name, ok = strings.CutPrefix(ref, "refs/heads/")
	if !ok || name == "" || name == "@" || len(name) > maxRef || strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return "", false
		}
	}
	if strings.HasPrefix(name, "-") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xfffd || strings.ContainsRune("~^:?*[\\", r) }) {
		return "", false
	}
	return name, true
}
