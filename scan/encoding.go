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
	// EncodingUTF32LE and EncodingUTF32BE are converted as well.
	EncodingUTF32LE
	EncodingUTF32BE
)

var encodingNames = [...]string{"utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be"}

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
	markUTF32LE = []byte{0xff, 0xfe, 0, 0}
	markUTF32BE = []byte{0, 0, 0xfe, 0xff}
)

// Sniff classifies a file by its first [SniffBytes]. Like git, it calls a file with a NUL byte binary, unless the file
// is text in UTF-16 or UTF-32. UTF-16 text begins with a byte order mark and contains no NUL character; or it has a NUL in
// every second byte and printable ASCII in at least nine of ten other bytes; or all of its characters can stand in a text of
// few scripts, and a third of them is ASCII. All characters of UTF-32 text are valid, and a third of them is ASCII.
func Sniff(head []byte) (e Encoding, isBinary bool) {
	head = head[:min(len(head), SniffBytes)]
	if bytes.IndexByte(head, 0) >= 0 {
		for _, wide := range [...]Encoding{EncodingUTF32LE, EncodingUTF32BE} {
			if isUTF32(head, wide) {
				return wide, false
			}
		}
	}
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
	if plain*10 >= units*9 {
		return e, false
	}
	for _, e := range [...]Encoding{EncodingUTF16LE, EncodingUTF16BE} {
		if isForeignUTF16(head, e) {
			return e, false
		}
	}
	return EncodingUTF8, true
}

// maxScripts is how many blocks of 256 characters a text in UTF-16 may use beside ASCII. The blocks of Chinese characters count
// as one, and so do those of Korean syllables.
const maxScripts = 5

// isForeignUTF16 reports whether all of head can be text in UTF-16 without a byte order mark.
func isForeignUTF16(head []byte, e Encoding) bool {
	high, low := 1, 0
	if e == EncodingUTF16BE {
		high, low = 0, 1
	}
	var scripts [256]bool
	plain, blocks := 0, 0
	for i := 0; i+1 < len(head); i += 2 {
		r := rune(head[i+high])<<8 | rune(head[i+low])
		if r < utf8.RuneSelf {
			if !readable(r) {
				return false
			}
			plain++
			continue
		}
		block := head[i+high]
		switch {
		case r < 0xa0 || r >= 0xd800 && r < 0xf900 || r >= 0xfff0:
			// A control character, half of a pair, a private character, or none at all.
			return false
		case block >= 0x34 && block < 0xa0:
			block = 0x4e
		case block >= 0xac:
			block = 0xac
		}
		if !scripts[block] {
			scripts[block] = true
			blocks++
		}
	}
	return blocks <= maxScripts && plain >= minPlainUnits && plain*3 >= len(head)/2
}

// readable reports whether a character of ASCII can stand in a text.
func readable(r rune) bool { return r >= ' ' && r < 0x7f || r >= '\t' && r <= '\r' }

// wideRune returns the character that four bytes hold in UTF-32.
func wideRune(unit []byte, e Encoding) rune {
	if e == EncodingUTF32BE {
		return rune(unit[0])<<24 | rune(unit[1])<<16 | rune(unit[2])<<8 | rune(unit[3])
	}
	return rune(unit[3])<<24 | rune(unit[2])<<16 | rune(unit[1])<<8 | rune(unit[0])
}

// isUTF32 reports whether all of head can be text in UTF-32, with or without a byte order mark.
func isUTF32(head []byte, e Encoding) bool {
	mark := markUTF32LE
	if e == EncodingUTF32BE {
		mark = markUTF32BE
	}
	head, marked := bytes.CutPrefix(head, mark)
	if len(head) < 4*minPlainUnits && !marked || len(head) < 4 {
		return false
	}
	plain, units := 0, 0
	for ; len(head) >= 4; head = head[4:] {
		r := wideRune(head, e)
		if !utf8.ValidRune(r) || r < utf8.RuneSelf && !readable(r) {
			return false
		}
		if units++; r < utf8.RuneSelf {
			plain++
		}
	}
	return plain*3 >= units
}

// decodeUTF32 converts src to UTF-8 in dst's memory, without a byte order mark. An invalid character and bytes at the end that
// are no whole character become U+FFFD.
func decodeUTF32(dst, src []byte, e Encoding) []byte {
	mark := markUTF32LE
	if e == EncodingUTF32BE {
		mark = markUTF32BE
	}
	src = bytes.TrimPrefix(src, mark)
	dst = slices.Grow(dst[:0], len(src)/4+utf8.UTFMax)
	for ; len(src) >= 4; src = src[4:] {
		dst = utf8.AppendRune(dst, wideRune(src, e))
	}
	if len(src) > 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst
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
