package sarif

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
)

// offsetReader turns offsets into lines. It keeps the file that it read last: results of one file stand together.
type offsetReader struct {
	// read gives a file's content; nil when that is not to be had.
	read func(path string) ([]byte, error)
	// codePoints is true when characters are Unicode code points instead of UTF-16 code units (3.14.17).
	codePoints bool

	path string
	bad  bool
	data []byte
	// starts and chars are where each line begins, in bytes and in characters. The mark at the front of a file is no
	// character. The last entry is the end of the file.
	starts, chars []int
}

// maxColumnBytes is how long a line may be for its columns to be counted; a longer one has lines only.
const maxColumnBytes = 64 << 10

// position gives the lines of a region that has offsets alone (3.30.9 to 3.30.12); zero when that cannot be said.
func (o *offsetReader) position(path string, r *region) scan.Position {
	if r == nil || o.read == nil || r.CharOffset == nil && r.ByteOffset == nil {
		return scan.Position{}
	}
	if o.path != path {
		o.open(path)
	}
	offset, length, at := r.CharOffset, int(r.CharLength), o.chars
	if offset == nil {
		offset, length, at = r.ByteOffset, int(r.ByteLength), o.starts
	}
	if o.bad || *offset < 0 {
		return scan.Position{}
	}
	start := int(*offset)
	if start >= at[len(at)-1] && start > 0 {
		return scan.Position{}
	}
	p := scan.Position{}
	p.StartLine, p.StartColumn = o.place(at, start)
	p.EndLine = p.StartLine
	if length > 0 {
		// The region ends behind its last character, which may be a line feed.
		last, _ := o.place(at, min(start+length, at[len(at)-1])-1)
		p.EndLine = last
		if line, column := o.place(at, start+length); line == last && start+length < at[len(at)-1] {
			p.EndColumn = column
		}
	}
	if p.StartColumn == 0 {
		p.StartColumn, p.EndColumn = 1, 0
	}
	return p
}

func (o *offsetReader) open(path string) {
	data, err := o.read(path)
	o.path, o.bad, o.data = path, err != nil, data
	o.starts, o.chars = o.starts[:0], o.chars[:0]
	at, chars := 0, 0
	for first := true; at < len(data) || first; first = false {
		o.starts, o.chars = append(o.starts, at), append(o.chars, chars)
		end := len(data)
		if feed := bytes.IndexByte(data[at:], '\n'); feed >= 0 {
			end = at + feed + 1
		}
		line := data[at:end]
		if first {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		chars += o.count(line)
		at = end
	}
	o.starts, o.chars = append(o.starts, len(data)), append(o.chars, chars)
}

// count gives the characters of a text.
func (o *offsetReader) count(text []byte) int {
	if o.codePoints {
		return utf8.RuneCount(text)
	}
	return wideLength(text)
}

// wideLength counts UTF-16 code units.
func wideLength(text []byte) int {
	n := utf8.RuneCount(text)
	for i := 0; i < len(text); i++ {
		// Four bytes of UTF-8 are a pair of surrogates.
		if text[i] >= 0xf0 && utf8.FullRune(text[i:]) {
			if r, _ := utf8.DecodeRune(text[i:]); r > 0xffff {
				n++
			}
		}
	}
	return n
}

// place gives the line of an offset, and its column in UTF-16 code units; 0 for a line whose columns are not counted. at is
// starts or chars, whichever the offset counts.
func (o *offsetReader) place(at []int, offset int) (line, column int) {
	line = sort.SearchInts(at, offset+1)
	line = min(max(line, 1), len(at)-1)
	text := o.data[o.starts[line-1]:o.starts[line]]
	if len(text) > maxColumnBytes {
		return line, 0
	}
	if line == 1 {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	left := offset - at[line-1]
	end := 0
	for end < len(text) && left > 0 {
		r, size := utf8.DecodeRune(text[end:])
		switch {
		case &at[0] == &o.starts[0]:
			left -= size
		case r > 0xffff && !o.codePoints:
			left -= 2
		default:
			left--
		}
		end += size
	}
	return line, wideLength(text[:end]) + 1
}
