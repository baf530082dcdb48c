package scan

import (
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"sync"
)

// maxDeflate is more than the best ratio of deflate (1:1032). A header that claims more is a lie, and is refused before
// memory is given to it.
const maxDeflate = 1040

// inflater reads zlib streams that start at an offset of a file. It is made to be used again: a stream of a few hundred
// bytes must not cost a fresh 40 KiB of tables.
type inflater struct {
	src offsetReader
	z   io.ReadCloser
}

var inflaters = sync.Pool{New: func() any { return &inflater{src: offsetReader{buf: make([]byte, 32<<10)}} }}

// reset points the inflater at a stream. size is the length of the inflated data, which is what decides how much is read
// from the file at once.
func (in *inflater) reset(r io.ReaderAt, offset, size int64) error {
	in.src.reset(r, offset, size)
	if in.z == nil {
		z, err := zlib.NewReader(&in.src)
		if err != nil {
			return corrupt(err)
		}
		in.z = z
		return nil
	}
	if err := in.z.(zlib.Resetter).Reset(&in.src, nil); err != nil {
		return corrupt(err)
	}
	return nil
}

// release gives the inflater back to the pool.
func (in *inflater) release() {
	in.src.r = nil
	inflaters.Put(in)
}

// full fills data, and makes sure that the stream ends there and that its checksum is right.
func (in *inflater) full(data []byte) error {
	if _, err := io.ReadFull(in.z, data); err != nil {
		return corrupt(err)
	}
	var end [1]byte
	switch n, err := in.z.Read(end[:]); {
	case n > 0:
		return corrupt(errors.New("more data than its header says"))
	case err != io.EOF:
		return corrupt(err)
	}
	return nil
}

// headerLine reads up to the first NUL byte of a stream, at most max bytes.
func (in *inflater) headerLine(max int) (string, error) {
	line := make([]byte, max)
	for i := range line {
		if _, err := io.ReadFull(in.z, line[i:i+1]); err != nil {
			return "", corrupt(err)
		}
		if line[i] == 0 {
			return string(line[:i]), nil
		}
	}
	return "", corrupt(errors.New("header without an end"))
}

// inflateAt inflates the stream of size bytes at offset into buf, or into fresh memory when buf is too small.
func inflateAt(r io.ReaderAt, offset, size int64, buf []byte) ([]byte, error) {
	in := inflaters.Get().(*inflater)
	defer in.release()
	if err := in.reset(r, offset, size); err != nil {
		return nil, err
	}
	buf = sized(buf, size)
	return buf, in.full(buf)
}

// sized gives size bytes of memory, buf's own when it has enough.
func sized(buf []byte, size int64) []byte {
	if int64(cap(buf)) >= size && buf != nil {
		return buf[:size]
	}
	return make([]byte, size)
}

// corrupt marks what a damaged stream gives as [ErrCorruptObject].
func corrupt(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrCorruptObject, err)
}

// offsetReader is a buffered reader over a part of a file that starts small, because most objects are.
type offsetReader struct {
	r        io.ReaderAt
	offset   int64
	buf      []byte
	pos, end int
	chunk    int
}

func (o *offsetReader) reset(r io.ReaderAt, offset, size int64) {
	o.r, o.offset, o.pos, o.end = r, offset, 0, 0
	o.chunk = int(min(max(size+32, 128), int64(len(o.buf))))
}

func (o *offsetReader) fill() error {
	n, err := o.r.ReadAt(o.buf[:o.chunk], o.offset)
	o.offset += int64(n)
	o.pos, o.end = 0, n
	o.chunk = min(4*o.chunk, len(o.buf))
	if n > 0 {
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err
}

// ReadByte keeps compress/flate from putting a buffer of its own in between.
func (o *offsetReader) ReadByte() (byte, error) {
	if o.pos == o.end {
		if err := o.fill(); err != nil {
			return 0, err
		}
	}
	b := o.buf[o.pos]
	o.pos++
	return b, nil
}

func (o *offsetReader) Read(p []byte) (int, error) {
	if o.pos == o.end {
		if err := o.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.buf[o.pos:o.end])
	o.pos += n
	return n, nil
}
