package odds

import (
	"math"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// alphabets are what generators draw from, the smallest first: hexadecimal digits, base32 (RFC 4648), base36, base58 and
// base62, letters of one case, base64 in both forms (RFC 4648), and the printable characters of password managers.
var alphabets = [...]struct {
	class uint8
	extra string
	size  float64
}{
	{0, ascii.Decimals + "abcdef", 16},
	{0, ascii.Decimals + "ABCDEF", 16},
	{ascii.ClassLower, "", 26},
	{ascii.ClassUpper, "", 26},
	{ascii.ClassUpper, "234567", 32},
	{ascii.ClassLower, "234567", 32},
	{ascii.ClassLower | ascii.ClassDigit, "", 36},
	{ascii.ClassUpper | ascii.ClassDigit, "", 36},
	{ascii.ClassLower | ascii.ClassUpper, "", 52},
	{ascii.ClassAlnum, "", 62},
	{ascii.ClassAlnum, "-_", 64},
	{ascii.ClassAlnum, "+/=", 65},
	{ascii.ClassAlnum, "!#$%&*+-=?@^_", 75},
}

// printable is the size of the largest alphabet: every printable character but the blank.
const printable = 94

// drawn returns what it costs, in nats, to draw a text from the smallest alphabet that has its characters. It returns false
// when no generator writes such a text. Signs between groups of equal length cost nothing: generators put them there.
func drawn(text []byte) (float64, bool) {
	for _, b := range text {
		if b <= ' ' || b >= 0x7f {
			return 0, false
		}
	}
	size := float64(printable)
	for _, a := range alphabets {
		if ascii.OnlyOf(text, a.class, a.extra) {
			size = a.size
			break
		}
	}
	// The choice among the alphabets costs, too.
	return float64(len(text))*math.Log(size) + math.Log(float64(len(alphabets)+1)), true
}
