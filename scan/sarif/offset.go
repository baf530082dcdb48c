package sarif

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
)

// offsetReader turns offsets into lines. It caches the last file, because results of one file are adjacent.
type offsetReader struct {
	// read returns the content of a file, or nil if it is not available.
	read func(path string) ([]byte, error)
	// codePoints is true if characters are Unicode code points instead of UTF-16 code units (3.14.17).
	codePoints bool

	path string
	bad  bool
	data []byte
	// starts and chars hold the beginning of each line, in bytes and in characters. A byte order mark does not count as a
	// character. The last entry is the end of the file.
	starts, chars []int
}

// maxColumnBytes is the longest line for which columns are counted; a longer line has no columns.
const maxColumnBytes = 64 << 10

// position returns the lines of a region that has only offsets (3.30.9 to 3.30.12); zero if they are not known.
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
		// The region ends after its last character, which may be a line feed.
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

// count returns the number of characters of a text.
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
		// Four bytes of UTF-8 are a surrogate pair.
		if text[i] >= 0xf0 && utf8.FullRune(text[i:]) {
			if r, _ := utf8.DecodeRune(text[i:]); r > 0xffff {
				n++
			}
		}
	}
	return n
}

// place returns the line of an offset, and its column in UTF-16 code units, or 0 if the columns of the line are not
// counted. at is starts or chars, depending on the unit of the offset.
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
