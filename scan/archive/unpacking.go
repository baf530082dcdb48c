package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

const (
	// peekBytes is the size of the buffer for looking at the beginning of a stream.
	peekBytes = 8 << 10
	// keepBytes is the size of the largest buffer that is kept for the next archive.
	keepBytes = 4 << 20
)

// unpacking is the work on one archive of the tree and everything in it. It runs in one goroutine.
type unpacking struct {
	bounds
	show func(path string, data []byte)
	// held is the memory of the open zips that had to be copied.
	held int64
	// text is the file that is passed to the detectors.
	text   []byte
	levels []level
}

// level holds what is needed to read archives of one depth. At most one of them is open at a time. An archive that is
// compressed as a whole is read through stream, its entries through entry.
type level struct {
	stream, entry *bufio.Reader
	inflater      io.Reader
	inflated      bytes.Reader
	gzip          *gzip.Reader
	// zip is the copy of a zip.
	zip []byte
}

// release drops references to the file, and large buffers.
func (u *unpacking) release() {
	u.show = nil
	u.held = 0
	if cap(u.text) > keepBytes {
		u.text = nil
	}
	for i := range u.levels {
		u.levels[i].inflated.Reset(nil)
	}
}

// source is the reader that decompressors need, so that they do not read past their data.
type source interface {
	io.Reader
	io.ByteReader
}

// file opens the archive in data.
func (u *unpacking) file(path string, data []byte) {
	k := recognizeFile(data)
	if k == tarArchive || k == debPackage {
		// Entries of a zip in memory are not charged, because unpacking the zip already was.
		if u.charge(len(data)) != nil {
			return
		}
	}
	_ = u.open(path, 1, k, bytes.NewReader(data), data, -1)
}

// open opens an archive at a depth. It reads from in; data is the same content if it is in memory; size is as for
// content. The only error is errStopped.
func (u *unpacking) open(path string, depth int, k kind, in source, data []byte, size int64) error {
	switch {
	case k == noArchive:
		return nil
	case k == unsupported:
		u.answer.Add("archive-format", "not opened, because the format is not supported (xz, zstd, 7z, rar and others)", path)
		return nil
	case depth > u.options.MaxDepth:
		u.answer.Add("archive-depth", "not opened, because within "+scan.Plural(u.options.MaxDepth, "other archive", "other archives"), path)
		return nil
	}
	files := u.answer.Files
	var err error
	switch k {
	case zipArchive:
		if data == nil {
			var ok bool
			if data, ok, err = u.hold(path, depth, in, size); !ok {
				return u.stop
			}
			defer func() { u.held -= int64(len(data)) }()
		}
		err = firstError(u.zip(path, depth, data), err)
	case gzipStream:
		err = u.gzip(path, depth, in)
	case bzip2Stream:
		err = u.compressed(path, depth, bzip2.NewReader(in), "")
	case tarArchive:
		err = u.tar(path, depth, in)
	case debPackage:
		err = u.deb(path, depth, in)
	}
	if u.stop != nil {
		return u.stop
	}
	if err != nil {
		if u.answer.Files == files && !namedLikeArchive(path) {
			return nil
		}
		u.damaged(path, err)
	}
	u.answer.Archives++
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// hold copies a zip from a stream to memory, because its directory is at its end. The error is the error of in. ok is
// false if the copy takes too much memory, or if the work must stop.
func (u *unpacking) hold(path string, depth int, in io.Reader, size int64) (data []byte, ok bool, err error) {
	l := &u.levels[depth]
	room := u.options.MaxEntryBytes - u.held
	data, err = read(l.zip[:0], in, room, size)
	if l.zip = nil; cap(data) <= keepBytes {
		l.zip = data
	}
	switch {
	case u.stop != nil:
		return nil, false, nil //nolint:nilerr // u.stop has the reason
	case int64(len(data)) > room:
		u.oversize(path)
		return nil, false, nil
	}
	u.held += int64(len(data))
	return data, true, err
}

// gzip opens a gzip file with one or more members.
func (u *unpacking) gzip(path string, depth int, in source) error {
	l := &u.levels[depth]
	var err error
	if l.gzip == nil {
		l.gzip, err = gzip.NewReader(in)
	} else {
		err = l.gzip.Reset(in)
	}
	if err != nil {
		return err
	}
	return u.compressed(path, depth, l.gzip, l.gzip.Name)
}

// compressed reads the content of a file that is compressed as a whole. The content is one file, or a tar, which counts
// as one archive together with its compression.
func (u *unpacking) compressed(path string, depth int, in io.Reader, told string) error {
	l := &u.levels[depth]
	l.stream = buffered(l.stream, u.counted(in))
	if head, _ := l.stream.Peek(tarBlock); isTar(head) {
		return u.tar(path, depth, l.stream)
	}
	if err := u.count(); err != nil {
		return err
	}
	return u.content(path+step+innerName(path, told), depth, -1, l.stream)
}

func buffered(b *bufio.Reader, in io.Reader) *bufio.Reader {
	if b == nil {
		// Start with a nil reader: NewReaderSize would return in itself if it is a bufio.Reader, and two levels would share
		// it.
		b = bufio.NewReaderSize(nil, peekBytes)
	}
	b.Reset(in)
	return b
}

// content reads one file inside an archive at a depth. It passes text to the detectors and opens archives. size is the
// size that the archive claims, or -1 if unknown. It returns an error of in after processing the data before the error.
func (u *unpacking) content(path string, depth int, size int64, in io.Reader) error {
	l := &u.levels[depth]
	l.entry = buffered(l.entry, in)
	head, err := l.entry.Peek(scan.SniffBytes)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if len(head) == 0 {
		if err == nil {
			u.answer.Files++
		}
		return err
	}
	u.answer.Files++
	if k := recognize(head); k != noArchive {
		return firstError(u.open(path, depth+1, k, l.entry, nil, size), err)
	}
	if _, binary := scan.Sniff(head); binary {
		return err
	}
	if size > u.options.MaxEntryBytes {
		u.oversize(path)
		return err
	}
	data, err := read(u.text[:0], l.entry, u.options.MaxEntryBytes, size)
	u.text = data
	if int64(len(data)) > u.options.MaxEntryBytes {
		u.oversize(path)
		return u.stop
	}
	u.show(path, data)
	return err
}

// plain is content for a file that is already in memory, uncompressed.
func (u *unpacking) plain(path string, depth int, data []byte) error {
	u.answer.Files++
	head := data[:min(len(data), scan.SniffBytes)]
	k := recognize(head)
	if _, binary := scan.Sniff(head); k == noArchive && binary || len(data) == 0 {
		return nil
	}
	if k == noArchive && int64(len(data)) > u.options.MaxEntryBytes {
		u.oversize(path)
		return nil
	}
	if err := u.charge(len(data)); err != nil {
		return err
	}
	if k != noArchive {
		return u.open(path, depth+1, k, bytes.NewReader(data), data, -1)
	}
	u.show(path, data)
	return nil
}

func (u *unpacking) oversize(path string) {
	u.answer.Add("archive-entry-size", fmt.Sprintf("inside archives, not scanned, because larger than %s (MAX_FILE_SIZE)", scan.Megabytes(u.options.MaxEntryBytes)), path)
}

// read appends the content of in to data, and stops after limit bytes. The end of in is not an error. size is the
// expected number of bytes, or -1.
func read(data []byte, in io.Reader, limit, size int64) ([]byte, error) {
	if size >= 0 {
		// One byte more, so that reading sees the end without growing the slice.
		data = slices.Grow(data, int(min(size, limit))+1)
	}
	for int64(len(data)) <= limit {
		if len(data) == cap(data) {
			data = slices.Grow(data, max(min(len(data), int(limit+1)-len(data)), 64<<10))
		}
		n, err := in.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
	return data, nil
}
