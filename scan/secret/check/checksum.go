package check

import (
	"bytes"
	"hash/crc32"
	"strconv"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

const (
	checksumFits  = "Its checksum fits, so it is a real one."
	checksumWrong = "Its checksum does not fit, so it may be made up."
)

// certain is the verdict on a credential whose checksum fits.
var certain = Verdict{Confidence: scan.ConfidenceCertain, Note: checksumFits}

// base62Length is the length of a CRC-32 in base 62.
const base62Length = 6

// base62CRC reports whether the last six characters of body are the CRC-32 (IEEE) of the others, in base 62 with the
// digits 0-9, A-Z, a-z, padded with zeros
// (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
func base62CRC(body []byte) bool {
	if len(body) <= base62Length {
		return false
	}
	at := len(body) - base62Length
	sum := crc32.ChecksumIEEE(body[:at])
	for i := len(body) - 1; i >= at; i-- {
		if body[i] != ascii.Alphanumeric[sum%62] {
			return false
		}
		sum /= 62
	}
	return sum == 0
}

// gitHub verifies the checksum of tokens of the classic length. A token with a wrong checksum is probably made up. It
// is still reported, because GitHub does not say whether its servers at customers' sites compute the checksum the same
// way. Longer refresh tokens have a checksum that is not published.
func gitHub(data []byte, start, end int) Verdict {
	body := data[start+4 : end]
	switch {
	case base62CRC(body):
		return certain
	case len(body) == 36:
		return Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: checksumWrong}
	}
	return Verdict{}
}

// base62 verifies tokens whose part behind the last underscore ends in its own CRC-32 in base 62: those of npm, Vercel
// and Polar. A wrong checksum only lowers the confidence, because npm does not say which part the checksum covers.
func base62(data []byte, start, end int) Verdict {
	token := data[start:end]
	if base62CRC(token[bytes.LastIndexByte(token, '_')+1:]) {
		return certain
	}
	return Verdict{Confidence: scan.ConfidenceMedium, Note: checksumWrong}
}

// gitLabRoutable verifies routable tokens: PREFIX-PAYLOAD.VV.LLCCCCCCC, where the last seven characters are the CRC-32
// of everything before them in base 36 (GitLab's Authn::TokenField::Generator::RoutableToken).
func gitLabRoutable(data []byte, start, end int) Verdict {
	token := data[start:end]
	at := len(token) - 7
	if at < 2 || bytes.IndexByte(token, '.') < 0 {
		return Verdict{}
	}
	sum, err := strconv.ParseUint(string(token[at:]), 36, 64)
	if err != nil || sum != uint64(crc32.ChecksumIEEE(token[:at])) {
		return Verdict{Confidence: scan.ConfidenceMedium, Note: checksumWrong}
	}
	return certain
}

// hexCRC verifies tokens that end in the CRC-32 of what stands before, as eight hexadecimal digits, behind "_", "=" or
// nothing. A wrong checksum changes nothing, because the providers do not say which part it covers.
func hexCRC(data []byte, start, end int) Verdict {
	token := data[start:end]
	if len(token) < 16 {
		return Verdict{}
	}
	at := len(token) - 8
	want, err := strconv.ParseUint(string(token[at:]), 16, 32)
	if err != nil {
		return Verdict{}
	}
	body := bytes.TrimRight(token[:at], "_=")
	whole := token[:at]
	if crc32.ChecksumIEEE(body) == uint32(want) || crc32.ChecksumIEEE(whole) == uint32(want) {
		return certain
	}
	return Verdict{}
}
