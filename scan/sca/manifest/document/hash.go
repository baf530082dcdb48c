package document

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// IntegrityHash converts a subresource integrity value ("sha512-" and base64, https://www.w3.org/TR/SRI/) to the form of
// scan.Package; of several, the first. Other texts give "".
func IntegrityHash(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	kind, value, ok := strings.Cut(text, "-")
	if !ok {
		return ""
	}
	digest, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(digest) == 0 {
		return ""
	}
	return kind + ":" + hex.EncodeToString(digest)
}

// TaggedHash converts "sha256:0123" or "sha256=0123" to the form of scan.Package; other texts give "".
func TaggedHash(text string) string {
	i := strings.IndexAny(text, ":=")
	if i <= 0 || !IsHex(text[i+1:]) {
		return ""
	}
	return text[:i] + ":" + strings.ToLower(text[i+1:])
}
