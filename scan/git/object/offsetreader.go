package object

import (
	"errors"
	"io"
)

// offsetReader is a buffered reader for a part of a file. Its buffer starts small, because most objects are small.
type offsetReader struct {
	r        io.ReaderAt
	offset   int64
	buf      []byte
	pos, end int
	chunk    int
	// err is the read error, or nil at the end of the file.
	err error
}

func (o *offsetReader) reset(r io.ReaderAt, offset, size int64) {
	o.r, o.offset, o.pos, o.end, o.err = r, offset, 0, 0, nil
	o.chunk = int(min(max(size+32, 128), int64(len(o.buf))))
}

// fill reads the next part after the buffer is used up, and reports whether there is one.
func (o *offsetReader) fill() bool {
	if o.err != nil {
		return false
	}
	n, err := o.r.ReadAt(o.buf[:o.chunk], o.offset)
	o.offset += int64(n)
	o.pos, o.end = 0, n
	o.chunk = min(4*o.chunk, len(o.buf))
	if n == 0 && !errors.Is(err, io.EOF) {
		o.err = err
	}
	return n > 0
}

// Read implements io.Reader.
func (o *offsetReader) Read(p []byte) (int, error) {
	if o.pos == o.end && !o.fill() {
		if o.err != nil {
			return 0, o.err
		}
		return 0, io.EOF
	}
	n := copy(p, o.buf[o.pos:o.end])
	o.pos += n
	return n, nil
}
