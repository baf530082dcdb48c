package secret

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// encodedStandIn reports whether a value is base64 of something that stands in for a credential: a placeholder, a
// sentence, a manual's "user:password".
func encodedStandIn(value []byte) bool {
	if len(value) < 8 || len(value) > maxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	decoded := bytes.TrimRight(decodeBase64(value), "\r\n")
	if len(decoded) < minPassword || !utf8.Valid(decoded) || !ascii.Printable(decoded) {
		return false
	}
	user, password, pair := bytes.Cut(decoded, []byte(":"))
	if !pair {
		return placeholder(decoded) || bytes.IndexByte(decoded, ' ') > 0 && wordy(decoded)
	}
	return len(password) == 0 || placeholder(password) || nounOnly(user) && nounOnly(password)
}
