package key

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

const (
	// maxBeginning is how many digits of base64 may stand before the literal that wakes [Keys.MatchDER].
	maxBeginning = 8
	// maxHeaders bounds in bytes the headers between the first line of PEM and the key.
	maxHeaders = 300
	// maxDER bounds the bytes of a key. RSA with 16384 bits needs 10 kB.
	maxDER = 16 << 10
)

// MatchDER reads the private key in base64 around the hit, which is a part of its beginning: DER (RFC 5958, RFC 8017, RFC 5915)
// without the lines of PEM. The base64 may go on over several lines, quoted line by line, or with escaped line ends. A key that
// is encrypted or cut off is no leak.
func (t *Keys) MatchDER(start int) {
	first := start
	for first > 0 && start-first <= maxBeginning && coding.IsDigit(t.Data[first-1]) {
		first--
	}
	if start-first > maxBeginning || bytes.Contains(t.Data[max(0, first-maxHeaders):first], pemBegin) {
		// It stands inside something else, or in PEM, perhaps with headers.
		return
	}
	head := coding.DecodeBase64(t.Data[first:min(len(t.Data), first+8)])
	length := derLength(head)
	if length == 0 || length > maxDER {
		return
	}
	end := t.digits(first, (length*8+5)/6)
	if end == 0 {
		return
	}
	if der := coding.DecodeBase64(t.buffer); len(der) < length || keyKind(der[:length]) != keyReadable {
		return
	}
	for end < len(t.Data) && t.Data[end] == '=' {
		end++
	}
	v := check.Verdict{Confidence: scan.ConfidenceCertain, Note: "The key can be read without a passphrase."}
	if t.Kind.Test || t.Kind.Document {
		v.Severity = scan.SeverityLow
	}
	t.found.EmitID("DER_PRIVATE_KEY", first, end, v)
}

// joins reports whether a byte can stand beside the "+" that joins two texts.
func joins(b byte) bool { return ascii.Is(b, ascii.ClassSpace) || ascii.IsQuote(b) }

// derLength returns how many bytes a sequence in DER has with its header; 0 when head begins no sequence.
func derLength(head []byte) int {
	switch {
	case len(head) < 4 || head[0] != 0x30:
		return 0
	case head[1] < 0x80:
		return 2 + int(head[1])
	case head[1] == 0x81:
		return 3 + int(head[2])
	case head[1] == 0x82:
		return 4 + int(head[2])<<8 + int(head[3])
	}
	return 0
}

// digits collects n digits of base64 from an offset in the buffer, and returns the offset behind the last one. It skips line
// ends, blanks, quotes and the signs that join texts. It returns 0 when something else comes first.
func (t *Keys) digits(at, n int) int {
	t.buffer = t.buffer[:0]
	for ; at < len(t.Data); at++ {
		b := t.Data[at]
		switch {
		case b == '\\' && at+1 < len(t.Data) && bytes.IndexByte([]byte("nrt"), t.Data[at+1]) >= 0:
			at++
		case b == '+' && joins(t.Data[at-1]) && at+1 < len(t.Data) && joins(t.Data[at+1]):
		case coding.IsDigit(b):
			if t.buffer = append(t.buffer, b); len(t.buffer) == n {
				return at + 1
			}
		case !ascii.Is(b, ascii.ClassSpace) && !ascii.IsQuote(b) && b != '\\' && b != ',':
			return 0
		}
	}
	return 0
}
