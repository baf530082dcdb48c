package coding

import "github.com/sluice-scan/sluice/scan/secret/ascii"

// MinRun is the length in bytes of the shortest run of base64 or hexadecimal digits that is decoded.
const MinRun = 40

// digitOf holds the value of each base64 digit, in both alphabets of RFC 4648; 0xff for other bytes.
var digitOf = func() (table [256]uint8) {
	for i := range table {
		table[i] = 0xff
	}
	for i, b := range []byte(ascii.UpperLetters + ascii.LowerLetters + ascii.Decimals + "+/") {
		table[b] = uint8(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

// IsDigit reports whether b is a base64 digit, in either alphabet.
func IsDigit(b byte) bool { return digitOf[b] != 0xff }

// isUTF16 reports whether text begins in little-endian UTF-16, as the encoded commands of PowerShell do.
func isUTF16(text []byte) bool {
	if len(text) < 12 {
		return false
	}
	for i, b := range text[:12] {
		if i%2 == 0 && !isText(b) || i%2 == 1 && b != 0 {
			return false
		}
	}
	return true
}

// isText reports whether b is a printable ASCII character or white space.
func isText(b byte) bool { return b >= ' ' && b < 0x7f || b == '\n' || b == '\r' || b == '\t' }

// hexDigit returns the value of a hexadecimal digit.
func hexDigit(b byte) byte {
	if ascii.Is(b, ascii.ClassDigit) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// isHexPair reports whether text begins with two hexadecimal digits.
func isHexPair(text []byte) bool {
	return len(text) >= 2 && ascii.Is(text[0], ascii.ClassHex) && ascii.Is(text[1], ascii.ClassHex)
}
