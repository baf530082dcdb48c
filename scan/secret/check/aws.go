package check

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// awsSecret expects random base64. It drops a SHA-1 and refuses the example of the manual.
func awsSecret(data []byte, start, end int) Verdict {
	key := data[start:end]
	switch {
	case bytes.Contains(key, []byte("EXAMPLE")):
		return Verdict{Refused: true}
	case ascii.OnlyOf(key, ascii.ClassHex, ""), looks.Entropy(key) < 3.8, !ascii.HasDigit(key), looks.Wordy(key):
		return Verdict{Drop: true}
	}
	return Verdict{}
}

// awsAlphabet holds the base32 digits of a key id.
const awsAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// awsKeyID reads the account number from a key id: the sixteen characters behind the prefix are base32, and the 40 bits
// behind the first one are the number. AWS does not document this; others observed it. The number is no secret.
func awsKeyID(data []byte, start, end int) Verdict {
	id := data[start:end]
	if bytes.Contains(id, []byte("EXAMPLE")) {
		return Verdict{Refused: true}
	}
	if id[4] == 'I' || id[4] == 'J' {
		// Ids from before 2019 do not hold the account.
		return Verdict{}
	}
	var bits uint64
	for _, b := range id[4:14] {
		value := strings.IndexByte(awsAlphabet, b)
		if value < 0 {
			return Verdict{Confidence: scan.ConfidenceMedium}
		}
		bits = bits<<5 | uint64(value)
	}
	// 50 bits were read; the account's number is the 40 below the top one of the first 48.
	account := bits >> 2 & 0x7fffffffff80 >> 7
	if account > 999_999_999_999 {
		return Verdict{Confidence: scan.ConfidenceMedium}
	}
	return Verdict{Note: fmt.Sprintf("It belongs to AWS account %012d.", account)}
}
