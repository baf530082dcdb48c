package secret

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// encodedStandIn reports whether a value is base64 of something that stands in for a credential: a placeholder, a
// sentence, a manual's "user:password".
func encodedStandIn(value []byte) bool {
	if len(value) < 8 || len(value) > looks.MaxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	decoded := bytes.TrimRight(coding.DecodeBase64(value), "\r\n")
	if len(decoded) < looks.MinPassword || !utf8.Valid(decoded) || !ascii.Printable(decoded) {
		return false
	}
	user, password, pair := bytes.Cut(decoded, []byte(":"))
	if !pair {
		return looks.Placeholder(decoded) || bytes.IndexByte(decoded, ' ') > 0 && looks.Wordy(decoded)
	}
	return len(password) == 0 || looks.Placeholder(password) || looks.NounOnly(user) && looks.NounOnly(password)
}
