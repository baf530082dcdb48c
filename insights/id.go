package insights

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// validID reports whether text can be an external id, which becomes a segment of a URL's path.
func validID(text string, limit int) bool {
	if text == "" || len(text) > limit || strings.Trim(text, ".") == "" {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// ValidReportID reports whether text can be a report's id.
func ValidReportID(text string) bool { return validID(text, MaxReportID) }

// ShortID cuts an id to limit; one that is cut ends in a hash of all of it, so that two long ids stay two.
func ShortID(id string, limit int) string {
	if len(id) <= limit {
		return id
	}
	return hashed(id, id, limit)
}

// HashedID gives a report's id that begins with prefix and ends in a hash of name, which is longer, or has characters
// that no id may have.
func HashedID(prefix, name string) string { return hashed(prefix, name, MaxReportID) }

func hashed(prefix, name string, limit int) string {
	sum := sha256.Sum256([]byte(name))
	tail := "-" + hex.EncodeToString(sum[:4])
	return strings.TrimRight(prefix[:min(len(prefix), limit-len(tail))], "-.") + tail
}
