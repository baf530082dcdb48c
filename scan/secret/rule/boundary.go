package rule

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Boundary says which neighbours make a match a part of something longer.
type Boundary int

const (
	// BoundaryWord forbids letters and digits on both sides, and an underscore behind.
	BoundaryWord Boundary = iota
	// BoundaryURL is BoundaryWord, and forbids the hyphen of URL-safe base64 on both sides.
	BoundaryURL
	// BoundaryBase64 forbids the digits of base64 on both sides.
	BoundaryBase64
	// BoundaryOpen is BoundaryWord before the match, and allows anything behind.
	BoundaryOpen
	// BoundaryNone allows anything on both sides.
	BoundaryNone
)

// boundaryNames are the names of the boundaries in rule files.
var boundaryNames = map[string]Boundary{
	"word": BoundaryWord, "url": BoundaryURL, "base64": BoundaryBase64, "open": BoundaryOpen, "none": BoundaryNone,
}

// UnmarshalText reads word, url, base64, open or none.
func (b *Boundary) UnmarshalText(text []byte) error {
	value, ok := boundaryNames[string(text)]
	if !ok {
		return fmt.Errorf("%q is not a boundary: use word, url, base64, open or none", text)
	}
	*b = value
	return nil
}

// Begins reports whether a match can begin at an offset: no word continues there.
func (b Boundary) Begins(data []byte, start int) bool {
	if b == BoundaryNone || start == 0 {
		return true
	}
	before := data[start-1]
	if b == BoundaryURL && before == '-' {
		return false
	}
	return !ascii.Is(before, ascii.ClassAlnum) && (b != BoundaryBase64 || before != '+' && before != '/') || escaped(data, start)
}

// Fits reports whether data[start:end] stands alone.
func (b Boundary) Fits(data []byte, start, end int) bool {
	if !b.Begins(data, start) {
		return false
	}
	if end == len(data) || b == BoundaryOpen || b == BoundaryNone {
		return true
	}
	behind := data[end]
	switch {
	case ascii.Is(behind, ascii.ClassAlnum):
		return false
	case b == BoundaryBase64:
		return behind != '+' && behind != '/' && behind != '='
	case behind == '_':
		return false
	}
	return b != BoundaryURL || behind != '-'
}

// escaped reports whether the letter or digit before an offset is the end of an escape (\n, \t, \r, %3D), and so not a
// part of the word that follows.
func escaped(data []byte, at int) bool {
	switch before := data[at-1]; {
	case at >= 2 && data[at-2] == '\\' && (before == 'n' || before == 't' || before == 'r'):
		return true
	case at >= 3 && data[at-3] == '%' && ascii.Is(before, ascii.ClassHex) && ascii.Is(data[at-2], ascii.ClassHex):
		return true
	}
	return false
}

// String returns the name that rule files use.
func (b Boundary) String() string {
	for name, value := range boundaryNames {
		if value == b {
			return name
		}
	}
	return ""
}
