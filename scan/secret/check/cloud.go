package check

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
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

// azureMarker raises the confidence of keys that carry the fixed text of Azure's identifiable keys
// (https://github.com/microsoft/security-utilities).
func azureMarker(data []byte, start, end int) Verdict {
	if !ascii.Diverse(data[start:end], 16) {
		return Verdict{Drop: true}
	}
	if bytes.Contains(data[start:end], []byte("JQQJ9")) {
		return Verdict{Confidence: scan.ConfidenceCertain, Note: "It carries Azure's fixed marker."}
	}
	return Verdict{}
}

// azureSignatures are the fixed texts in the keys of Azure's services.
var azureSignatures = [][]byte{[]byte("+ASt"), []byte("+ASb"), []byte("+AEh"), []byte("+ARm"), []byte("ACDb"), []byte("AIoT")}

// storageKey expects a key of 32 or 64 bytes. Newer keys carry the signature of their service. The key of the emulator
// is public.
func storageKey(data []byte, start, end int) Verdict {
	key := data[start:end]
	if bytes.HasPrefix(key, []byte("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuF")) {
		return Verdict{Refused: true}
	}
	if !ascii.Diverse(key, 12) {
		return Verdict{Drop: true}
	}
	for _, signature := range azureSignatures {
		if bytes.Contains(key, signature) {
			return Verdict{Confidence: scan.ConfidenceCertain, Note: "It carries Azure's fixed marker."}
		}
	}
	if n := len(coding.DecodeBase64(key)); n != 32 && n != 64 {
		return Verdict{Confidence: scan.ConfidenceMedium}
	}
	return Verdict{}
}

// sharedAccessSignature expects the other parameters of a shared access signature before "sig=" in the same URL.
func sharedAccessSignature(data []byte, start, end int) Verdict {
	before := data[ascii.LineStart(data, start, 300):start]
	if !bytes.Contains(before, []byte("sv=")) && !bytes.Contains(before, []byte("se=")) || !ascii.Diverse(data[start:end], 16) {
		return Verdict{Drop: true}
	}
	return Verdict{}
}
