package looks

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// EncodedPlaceholder reports whether a value is base64 of a placeholder, a sentence, or the "user:password" of a
// manual.
func EncodedPlaceholder(value []byte) bool {
	if len(value) < 8 || len(value) > MaxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	decoded := bytes.TrimRight(coding.DecodeBase64(value), "\r\n")
	if len(decoded) < MinPassword || !utf8.Valid(decoded) || !ascii.Printable(decoded) {
		return false
	}
	user, password, pair := bytes.Cut(decoded, []byte(":"))
	if !pair {
		return Placeholder(decoded) || bytes.IndexByte(decoded, ' ') > 0 && Wordy(decoded)
	}
	return len(password) == 0 || Placeholder(password) || NounOnly(user) && NounOnly(password)
}
