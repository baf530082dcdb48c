package secret

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

const (
	checksumFits  = "Its checksum fits, so it is a real one."
	checksumWrong = "Its checksum does not fit, so it may be made up."
)

// certain is the verdict on a credential whose checksum fits.
var certain = verdict{confidence: scan.ConfidenceCertain, note: checksumFits}

// base62Length is the length of a CRC-32 in base 62.
const base62Length = 6

// base62CRC reports whether the last six characters of body are the CRC-32 (IEEE) of those before, in base 62 with the
// digits 0-9, A-Z, a-z, padded with zeros. GitHub describes the scheme in "Behind GitHub's new authentication token
// formats" (2021).
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

// checkGitHub knows the checksum of tokens of the classic length. One with a wrong checksum is most likely made up, but is
// told: whether GitHub's server at a customer's site makes them the same way is not published. Longer refresh tokens are from
// another era, whose checksum is not published either.
func checkGitHub(data []byte, start, end int) verdict {
	body := data[start+4 : end]
	switch {
	case base62CRC(body):
		return certain
	case len(body) == 36:
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: checksumWrong}
	}
	return verdict{}
}

// checkBase62 knows tokens whose part behind the last underscore ends in its own CRC-32 in base 62, as those of npm, Vercel and
// Polar do. A wrong one lowers the confidence only: npm says that there is a checksum, not which part it is of.
func checkBase62(data []byte, start, end int) verdict {
	token := data[start:end]
	if base62CRC(token[bytes.LastIndexByte(token, '_')+1:]) {
		return certain
	}
	return verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}
}

// checkGitLabRoutable knows routable tokens: PREFIX-PAYLOAD.VV.LLCCCCCCC, where the last seven characters are the CRC-32
// of all before in base 36 (GitLab's Authn::TokenField::Generator::RoutableToken).
func checkGitLabRoutable(data []byte, start, end int) verdict {
	token := data[start:end]
	at := len(token) - 7
	if at < 2 || bytes.IndexByte(token, '.') < 0 {
		return verdict{}
	}
	sum, err := strconv.ParseUint(string(token[at:]), 36, 64)
	if err != nil || sum != uint64(crc32.ChecksumIEEE(token[:at])) {
		return verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}
	}
	return certain
}

// checkHexCRC knows tokens that end in the CRC-32 of what stands before, as eight hex digits, with a separator of "_"
// or "=" or none. It only raises: which part is summed is known from others' observations.
func checkHexCRC(data []byte, start, end int) verdict {
	token := data[start:end]
	if len(token) < 16 {
		return verdict{}
	}
	at := len(token) - 8
	want, err := strconv.ParseUint(string(token[at:]), 16, 32)
	if err != nil {
		return verdict{}
	}
	body := bytes.TrimRight(token[:at], "_=")
	whole := token[:at]
	if crc32.ChecksumIEEE(body) == uint32(want) || crc32.ChecksumIEEE(whole) == uint32(want) {
		return certain
	}
	return verdict{}
}

// ciscoKey is what Cisco's type 7 is added to, byte by byte, from a place on that the first two digits give. It is the
// same everywhere (https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cisco_type7.html).
const ciscoKey = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// checkCiscoType7 reads the password back, and wants printable text.
func checkCiscoType7(data []byte, start, end int) verdict {
	text := data[start:end]
	salt, err := strconv.Atoi(string(text[:2]))
	if err != nil || salt >= len(ciscoKey) {
		return verdict{drop: true}
	}
	password, err := hex.DecodeString(string(text[2:]))
	if err != nil {
		return verdict{drop: true}
	}
	for i := range password {
		password[i] ^= ciscoKey[(salt+i)%len(ciscoKey)]
		if password[i] < ' ' || password[i] > '~' {
			return verdict{drop: true}
		}
	}
	return verdict{confidence: scan.ConfidenceCertain, note: "The password can be read back.", decoded: string(password)}
}

// bech32Alphabet is BIP 173's.
const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// checkBech32 verifies the checksum of BIP 173, which age's keys carry.
func checkBech32(data []byte, start, end int) verdict {
	token := strings.ToLower(string(data[start:end]))
	human, body, ok := cutLast(token, "1")
	if !ok || len(body) < 6 {
		return verdict{drop: true}
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
			return verdict{drop: true}
		}
		sum = bech32Step(sum, byte(value))
	}
	if sum != 1 {
		return verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}
	}
	return certain
}

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

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

const awsAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// checkAWSKeyID reads the account out of a key id: the sixteen characters behind the prefix are base32, and 40 bits
// behind the first one are the account's number. That is known from others' observations, and no secret.
func checkAWSKeyID(data []byte, start, end int) verdict {
	id := data[start:end]
	if bytes.Contains(id, []byte("EXAMPLE")) {
		return verdict{refused: true}
	}
	if id[4] == 'I' || id[4] == 'J' {
		// Ids from before 2019 do not hold the account.
		return verdict{}
	}
	var bits uint64
	for _, b := range id[4:14] {
		value := strings.IndexByte(awsAlphabet, b)
		if value < 0 {
			return verdict{confidence: scan.ConfidenceMedium}
		}
		bits = bits<<5 | uint64(value)
	}
	// 50 bits were read; the account's number is the 40 below the top one of the first 48.
	account := bits >> 2 & 0x7fffffffff80 >> 7
	if account > 999_999_999_999 {
		return verdict{confidence: scan.ConfidenceMedium}
	}
	return verdict{note: fmt.Sprintf("It belongs to AWS account %012d.", account)}
}
