package check

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// bech32Alphabet holds the digits of BIP 173.
const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 verifies the checksum of BIP 173, which the keys of age carry
// (https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki).
func bech32(data []byte, start, end int) Verdict {
	token := strings.ToLower(string(data[start:end]))
	human, body, ok := cutLast(token, "1")
	if !ok || len(body) < 6 {
		return Verdict{Drop: true}
	}
	sum := uint32(1)
	for i := range len(human) {
		sum = bech32Step(sum, human[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(human) {
		sum = bech32Step(sum, human[i]&31)
	}
	for i := range len(body) {
		value := strings.IndexByte(bech32Alphabet, body[i])
		if value < 0 {
			return Verdict{Drop: true}
		}
		sum = bech32Step(sum, byte(value))
	}
	if sum != 1 {
		return Verdict{Confidence: scan.ConfidenceMedium, Note: checksumWrong}
	}
	return certain
}

// bech32Step adds one value to the checksum.
func bech32Step(sum uint32, value byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(value)
	for i, generator := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= generator
		}
	}
	return sum
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}
