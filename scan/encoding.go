package scan

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is the text encoding of a file.
type Encoding int

// The encodings that Sluice distinguishes.
const (
	// EncodingUTF8 is UTF-8 or another superset of ASCII. The bytes stay unchanged.
	EncodingUTF8 Encoding = iota
	// EncodingUTF16LE and EncodingUTF16BE are converted to UTF-8 before a detector sees the text.
	EncodingUTF16LE
	EncodingUTF16BE
)

var encodingNames = [...]string{"utf-8", "utf-16le", "utf-16be"}

// String gives the lower-case name.
func (e Encoding) String() string {
	if e < 0 || int(e) >= len(encodingNames) {
		return fmt.Sprintf("encoding(%d)", int(e))
	}
	return encodingNames[e]
}

const (
	// SniffBytes is the number of bytes in which git looks for a NUL byte (buffer_is_binary in git's xdiff-interface.c).
	SniffBytes = 8000
	// minPlainUnits is the minimum number of characters in UTF-16 text without a byte order mark.
	minPlainUnits = 4
)

var (
	markUTF8    = []byte{0xef, 0xbb, 0xbf}
	markUTF16LE = []byte{0xff, 0xfe}
	markUTF16BE = []byte{0xfe, 0xff}
)

// Sniff classifies a file by its first [SniffBytes]. Like git, it calls a file with a NUL byte binary, unless the file
// is UTF-16 text. UTF-16 text either begins with a byte order mark and contains no NUL character, or has a NUL in every
// second byte and printable ASCII in at least nine of ten other bytes. UTF-32 counts as binary.
func Sniff(head []byte) (e Encoding, isBinary bool) {
	head = head[:min(len(head), SniffBytes)]
	switch {
	case bytes.HasPrefix(head, markUTF16LE):
		e = EncodingUTF16LE
	case bytes.HasPrefix(head, markUTF16BE):
		e = EncodingUTF16BE
	default:
		nul := bytes.IndexByte(head, 0)
		if nul < 0 {
			return EncodingUTF8, false
		}
		return sniffPlain(head, nul)
	}
	for i := 2; i+1 < len(head); i += 2 {
		if head[i] == 0 && head[i+1] == 0 {
			return EncodingUTF8, true
		}
	}
	return e, false
}

// sniffPlain detects UTF-16 without a byte order mark. nul is the offset of the first NUL byte.
func sniffPlain(head []byte, nul int) (Encoding, bool) {
	e, low := EncodingUTF16BE, 1
	if nul%2 == 1 {
		e, low = EncodingUTF16LE, 0
	}
	units, plain := len(head)/2, 0
	if units < minPlainUnits {
		return EncodingUTF8, true
	}
	for i := 0; i+1 < len(head); i += 2 {
		c, high := head[i+low], head[i+1-low]
		if high != 0 {
			continue
		}
		switch {
		case c == 0:
			return EncodingUTF8, true
		case c >= ' ' && c < 0x7f, c >= '\t' && c <= '\r':
			plain++
		}
	}
	if plain*10 < units*9 {
		return EncodingUTF8, true
	}
	return e, false
}

// decodeUTF16 converts src to UTF-8 in dst's memory, without a byte order mark. Invalid input (half a surrogate pair, an
// odd byte at the end) becomes U+FFFD.
func decodeUTF16(dst, src []byte, e Encoding) []byte {
	mark, high, low := markUTF16LE, 1, 0
	if e == EncodingUTF16BE {
		mark, high, low = markUTF16BE, 0, 1
	}
	src = bytes.TrimPrefix(src, mark)
	dst = slices.Grow(dst[:0], len(src)/2+utf8.UTFMax)
	unit := func(at int) rune { return rune(src[at+high])<<8 | rune(src[at+low]) }
	at := 0
	for at+1 < len(src) {
		r := unit(at)
		at += 2
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if at+1 < len(src) {
				pair = utf16.DecodeRune(r, unit(at))
			}
			if r = pair; pair != utf8.RuneError {
				at += 2
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	if at < len(src) {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst
}
