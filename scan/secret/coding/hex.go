package coding

import "github.com/sluice-scan/sluice/scan/secret/ascii"

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
