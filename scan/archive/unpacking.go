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
	// peekBytes is the buffer of a stream whose beginning is looked at.
	peekBytes = 8 << 10
	// keepBytes is the largest buffer that is kept for the next archive.
	keepBytes = 4 << 20
)

// unpacking is the work on one archive of the tree, with all that is within it. It does one after the other.
type unpacking struct {
	bounds
	show func(path string, data []byte)
	// held is the memory of the zips that are open and had to be copied.
	held int64
	// text is the file that is shown.
	text   []byte
	levels []level
}

// level is what it takes to read archives of one depth, of which one at most is open. One that is compressed as a whole is
// read through stream, its entries through entry.
type level struct {
	stream, entry *bufio.Reader
	inflater      io.Reader
	inflated      bytes.Reader
	gzip          *gzip.Reader
	// zip is a zip that had to be copied.
	zip []byte
}

// release lets go of what belongs to the file, and of large buffers.
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

// source is what decompressors want, so that they read no byte too many.
type source interface {
	io.Reader
	io.ByteReader
}

// file looks into the archive that data is.
func (u *unpacking) file(path string, data []byte) {
	k := recognizeFile(data)
	if k == tarArchive || k == debPackage {
		// Their entries are not charged, because those of a compressed one were unpacked with it.
		if u.charge(len(data)) != nil {
			return
		}
	}
	_ = u.open(path, 1, k, bytes.NewReader(data), data, -1)
}

// open looks into an archive of a depth, which comes from in and, when it is in memory, is data; size is as for content.
// The only error is that everything has to stop.
func (u *unpacking) open(path string, depth int, k kind, in source, data []byte, size int64) error {
	switch {
	case k == noArchive:
		return nil
	case k == unsupported:
		u.answer.Add("archive-format", "not looked into, because the format is not supported (xz, zstd, 7z, rar and others)", path)
		return nil
	case depth > u.options.MaxDepth:
		u.answer.Add("archive-depth", "not looked into, because within "+scan.Plural(u.options.MaxDepth, "other archive", "other archives"), path)
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

// hold copies a zip that comes as a stream, because its directory is at its end. The error is that of in; ok is false when
// it takes too much memory, or everything has to stop.
func (u *unpacking) hold(path string, depth int, in io.Reader, size int64) (data []byte, ok bool, err error) {
	l := &u.levels[depth]
	room := u.options.MaxEntryBytes - u.held
	data, err = read(l.zip[:0], in, room, size)
	if l.zip = nil; cap(data) <= keepBytes {
		l.zip = data
	}
	switch {
	case u.stop != nil:
		return nil, false, nil //nolint:nilerr // why everything stops is in u.stop
	case int64(len(data)) > room:
		u.oversize(path)
		return nil, false, nil
	}
	u.held += int64(len(data))
	return data, true, err
}

// gzip looks into a gzip file, of one member or several.
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

// compressed looks at what comes out of a file that is compressed as a whole: a tar, which counts as one archive with it, or
// one file.
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
		// Made of nothing: NewReaderSize would give in itself when that is buffered, and two levels would share it.
		b = bufio.NewReaderSize(nil, peekBytes)
	}
	b.Reset(in)
	return b
}

// content looks at one file inside an archive of a depth: it is shown when it is text, and opened when it is an archive.
// size is what the archive says of it, -1 when that is nothing to go by. An error of in comes back when what stands before
// it has been looked at.
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

// plain is content for a file that is in memory as it is.
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

// read appends what in has to data, and stops behind limit bytes. The end of in is no error. size is how many bytes there
// should be, or -1.
func read(data []byte, in io.Reader, limit, size int64) ([]byte, error) {
	if size >= 0 {
		// One more, so that the end is seen without growing.
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
