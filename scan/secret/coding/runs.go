package coding

import (
	"encoding/binary"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// eachByte and highBits have one bit set in each of eight bytes.
const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// Runs finds runs of base64 or hexadecimal digits in a text that is read part by part. The zero value stands at the
// beginning of a text.
type Runs struct {
	// next is where the search goes on, and end the end of the last run.
	next, end int
}

// Each calls visit for every run that begins before offset to, in the order of the text. visit returns the end of what it
// has taken, which is behind the run's when the run goes on over several lines.
//
// In a run of MinRun bytes, eight bytes in a row stand at a multiple of stride from any offset. One look at each of these
// places is enough, and most looks end there.
func (r *Runs) Each(data []byte, to int, visit func(start, end int) int) {
	const stride = MinRun - 8
	for at := r.next; ; {
		for at+8 <= len(data) && at < to && below(binary.LittleEndian.Uint64(data[at:])) {
			at += stride
		}
		if at >= to || at+8 > len(data) {
			r.next = at
			return
		}
		if !roomy(data, at) {
			at += stride
			continue
		}
		start := at
		for start > r.end && IsDigit(data[start-1]) {
			start--
		}
		end := at
		for end < len(data) && IsDigit(data[end]) {
			end++
		}
		if end-start >= MinRun {
			end = visit(start, end)
		}
		r.end = min(end, len(data))
		// The next run begins behind end and holds the place one stride further.
		at = max(end, at) + stride
	}
}

// roomy reports whether a run of MinRun bytes can lie around the eight bytes at an offset: it has sixteen more bytes on
// one side of them.
func roomy(data []byte, at int) bool {
	return at+24 <= len(data) && !below(binary.LittleEndian.Uint64(data[at+8:])) && !below(binary.LittleEndian.Uint64(data[at+16:])) ||
		at >= 16 && !below(binary.LittleEndian.Uint64(data[at-8:])) && !below(binary.LittleEndian.Uint64(data[at-16:]))
}

// below reports whether one of the eight bytes is less than "+", the smallest digit.
func below(word uint64) bool { return (word-'+'*eachByte) & ^word & highBits != 0 }

// IsHex reports whether a run is hexadecimal: an even number of digits, at least MinRun.
func IsHex(run []byte) bool {
	return len(run)%2 == 0 && len(run) >= MinRun && ascii.OnlyOf(run, ascii.ClassHex, "")
}

// Hex decodes the hexadecimal digits data[start:end] up to limit bytes. It returns false when they do not begin like text.
func (t *Text) Hex(data []byte, start, end, limit int) bool {
	t.begin(FormHex, 1)
	for i := start; i < end && len(t.Bytes) < limit; i += 2 {
		b := hexDigit(data[i])<<4 | hexDigit(data[i+1])
		if !isText(b) && i < start+32 {
			return false
		}
		t.add(b, i)
	}
	t.end(end)
	return true
}
