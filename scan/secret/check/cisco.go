package check

import (
	"encoding/hex"
	"strconv"

	"github.com/sluice-scan/sluice/scan"
)

// ciscoKey is added to a Cisco type 7 password byte by byte, from the place that the first two digits name. Every
// device has the same key (https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cisco_type7.html).
const ciscoKey = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// ciscoType7 decodes the password and expects printable text.
func ciscoType7(data []byte, start, end int) Verdict {
	text := data[start:end]
	salt, err := strconv.Atoi(string(text[:2]))
	if err != nil || salt >= len(ciscoKey) {
		return Verdict{Drop: true}
	}
	password, err := hex.DecodeString(string(text[2:]))
	if err != nil {
		return Verdict{Drop: true}
	}
	for i := range password {
		password[i] ^= ciscoKey[(salt+i)%len(ciscoKey)]
		if password[i] < ' ' || password[i] > '~' {
			return Verdict{Drop: true}
		}
	}
	return Verdict{Confidence: scan.ConfidenceCertain, Note: "The password can be read back.", Decoded: string(password)}
}
