package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

var errOversize = errors.New("larger than the limit")

const (
	// binarySniff is how far git looks for a NUL byte (buffer_is_binary in git's xdiff-interface.c).
	binarySniff = 8000
	// maxLFSPointer bounds a Git LFS pointer file (the LFS specification: less than 1024 bytes).
	maxLFSPointer = 1024
	// keepBuffer is the largest buffer that a reader keeps for the next file.
	keepBuffer = 4 << 20
)

var lfsHeader = []byte("version https://git-lfs.github.com/spec/v1\n")

// reader reads files one after the other into one buffer.
type reader struct {
	limit  int64
	buffer []byte
}

// read gives the content, which is valid until the next call, or errOversize.
func (r *reader) read(f File) (*Content, error) {
	if f.Size > r.limit {
		return nil, errOversize
	}
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
	for {
		if len(data) == cap(data) {
			grown := make([]byte, len(data), 2*cap(data))
			copy(grown, data)
			data = grown
		}
		n, err := in.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > r.limit {
			return nil, errOversize
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", printable([]byte(f.Path)), err)
		}
	}
	if cap(data) <= keepBuffer {
		r.buffer = data
	}
	content := &Content{File: f, Data: data}
	content.Size = int64(len(data))
	content.Binary = bytes.IndexByte(data[:min(len(data), binarySniff)], 0) >= 0
	content.LFS = len(data) < maxLFSPointer && bytes.HasPrefix(data, lfsHeader)
	return content, nil
}
