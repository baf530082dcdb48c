package secret

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// boundary says which neighbours make a match a part of something longer.
type boundary int

const (
	// boundaryWord: letters and digits before, and the underscore behind.
	boundaryWord boundary = iota
	// boundaryURL: as boundaryWord, and the hyphen of URL-safe base64 on both sides.
	boundaryURL
	// boundaryBase64: the signs of base64 on both sides.
	boundaryBase64
	// boundaryOpen: anything goes behind; in front as in boundaryWord.
	boundaryOpen
	// boundaryNone: anything goes on both sides.
	boundaryNone
)

var boundaryNames = map[string]boundary{
	"word": boundaryWord, "url": boundaryURL, "base64": boundaryBase64, "open": boundaryOpen, "none": boundaryNone,
}

// UnmarshalText reads word, url, base64, open or none.
func (b *boundary) UnmarshalText(text []byte) error {
	value, ok := boundaryNames[string(text)]
	if !ok {
		return fmt.Errorf("%q is not a boundary: use word, url, base64, open or none", text)
	}
	*b = value
	return nil
}

// begins reports whether no word goes on at an offset.
func (b boundary) begins(data []byte, start int) bool {
	if b == boundaryNone || start == 0 {
		return true
	}
	before := data[start-1]
	if b == boundaryURL && before == '-' {
		return false
	}
	return !ascii.Is(before, ascii.ClassAlnum) && (b != boundaryBase64 || before != '+' && before != '/') || escaped(data, start)
}

// fits reports whether data[start:end] stands alone.
func (b boundary) fits(data []byte, start, end int) bool {
	if !b.begins(data, start) {
		return false
	}
	if end == len(data) || b == boundaryOpen || b == boundaryNone {
		return true
	}
	behind := data[end]
	switch {
	case ascii.Is(behind, ascii.ClassAlnum):
		return false
	case b == boundaryBase64:
		return behind != '+' && behind != '/' && behind != '='
	case behind == '_':
		return false
	}
	return b != boundaryURL || behind != '-'
}

// escaped reports whether the letter or digit before at is the end of an escape (\n, \t, \r, %3D), and so no part of
// the word that follows.
func escaped(data []byte, at int) bool {
	switch before := data[at-1]; {
	case at >= 2 && data[at-2] == '\\' && (before == 'n' || before == 't' || before == 'r'):
		return true
	case at >= 3 && data[at-3] == '%' && ascii.Is(before, ascii.ClassHex) && ascii.Is(data[at-2], ascii.ClassHex):
		return true
	}
	return false
}

// String gives the name as rule files write it.
func (b boundary) String() string {
	for name, value := range boundaryNames {
		if value == b {
			return name
		}
	}
	return ""
}
