package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sluice-scan/sluice/scan/display"
)

var errOversize = errors.New("larger than the limit")

const (
	// maxLFSPointer limits a Git LFS pointer file (the LFS specification says less than 1024 bytes).
	maxLFSPointer = 1024
	// keepBuffer is the largest buffer that a reader reuses for the next file.
	keepBuffer = 4 << 20
)

var lfsHeader = []byte("version https://git-lfs.github.com/spec/v1\n")

// reader reads the files of one source, one at a time, into one buffer.
type reader struct {
	source BufferedSource
	limit  int64
	buffer []byte
	// text holds converted text.
	text []byte
}

func newReader(source Source, limit int64) *reader {
	buffered, _ := source.(BufferedSource)
	return &reader{source: buffered, limit: limit}
}

// read returns the content, which is valid until the next call, or errOversize.
func (r *reader) read(f File) (*Content, error) {
	if f.Size > r.limit {
		return nil, errOversize
	}
	var data []byte
	var err error
	if r.source != nil && f.Size >= 0 {
		data, err = r.source.Read(f, r.buffer)
	} else {
		data, err = r.stream(f)
	}
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > r.limit {
		return nil, errOversize
	}
	if cap(data) <= keepBuffer {
		r.buffer = data
	}
	return r.content(f, data), nil
}

// content converts the bytes of a file to text. The result is valid until the next call.
func (r *reader) content(f File, data []byte) *Content {
	c := &Content{File: f}
	c.Size = int64(len(data))
	c.LFS = len(data) < maxLFSPointer && bytes.HasPrefix(data, lfsHeader)
	c.Encoding, c.Binary = Sniff(data)
	if c.Encoding == EncodingUTF8 {
		c.Data = bytes.TrimPrefix(data, markUTF8)
		return c
	}
	if c.Encoding == EncodingUTF32LE || c.Encoding == EncodingUTF32BE {
		c.Data = decodeUTF32(r.text, data, c.Encoding)
	} else {
		c.Data = decodeUTF16(r.text, data, c.Encoding)
	}
	if r.text = nil; cap(c.Data) <= keepBuffer {
		r.text = c.Data
	}
	return c
}

// ContentOf returns a file as a detector sees it: without a byte order mark, and as UTF-8. It may keep data.
func ContentOf(f File, data []byte) *Content { return new(reader).content(f, data) }

// stream reads through Open and stops after the limit.
func (r *reader) stream(f File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	data := r.buffer[:0]
	if need := f.Size + 1; f.Size > 0 && int64(cap(data)) < need {
		data = make([]byte, 0, need)
	} else if cap(data) == 0 {
		data = make([]byte, 0, 64<<10)
	}
	for int64(len(data)) <= r.limit {
		if len(data) == cap(data) {
			data = slices.Grow(data, cap(data))
		}
		n, err := in.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", display.Line(f.Path), err)
		}
	}
	return data, nil
}
