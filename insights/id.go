package insights

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// validID reports whether text can be an external id, which becomes a segment of a URL path.
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

// ValidReportID reports whether text can be the id of a report.
func ValidReportID(text string) bool { return validID(text, MaxReportID) }

// ShortID cuts an id to limit. A cut id ends with a hash of the whole id, so two long ids stay different.
func ShortID(id string, limit int) string {
	if len(id) <= limit {
		return id
	}
	return hashed(id, id, limit)
}

// HashedID makes a report id from prefix and a hash of name. It serves names that are too long for an id or contain
// characters that an id cannot have.
func HashedID(prefix, name string) string { return hashed(prefix, name, MaxReportID) }

func hashed(prefix, name string, limit int) string {
	sum := sha256.Sum256([]byte(name))
	tail := "-" + hex.EncodeToString(sum[:4])
	return strings.TrimRight(prefix[:min(len(prefix), limit-len(tail))], "-.") + tail
}
