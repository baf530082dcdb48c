package archive

import (
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
)

// Parts of the records of a zip (APPNOTE 6.3.10, 4.3 to 4.5). The standard library's reader takes all of the directory into
// memory, believes its sizes, and gives nothing of an archive that is cut off: an archive of a stranger deserves less trust,
// and one that was cut off more effort.
const (
	zipLocalSize    = 30
	zipCentralSize  = 46
	zip64EndSize    = 56
	zip64LocatorLen = 20
	maxZipComment   = 1<<16 - 1

	zipStored   = 0
	zipDeflated = 8
	zipBzip2    = 12

	zipEncrypted  = 1 << 0
	zipDescriptor = 1 << 3

	// zip64Extra marks the extra field with the sizes that do not fit into 32 bits, each of which reads zip64Elsewhere.
	zip64Extra     = 1
	zip64Elsewhere = 1<<32 - 1

	// unixSystem and macSystem wrote a file mode into the upper half of the attributes.
	unixSystem, macSystem          = 3, 19
	modeMask, modeLink, modeFolder = 0o170000, 0o120000, 0o040000

	// maxDeflate is how many times smaller than its content deflate can make a file.
	maxDeflate = 1032
)

var little = binary.LittleEndian

// zipEntry is one file of a zip.
type zipEntry struct {
	name          []byte
	flags, method uint16
	// packed and size are the lengths in the archive and outside, and at is the place of the local header, as the
	// archive claims.
	packed, size, at uint64
	// skip is set for folders and links.
	skip bool
}

// zip looks at the files of a zip in the order of its directory, or, when there is none, in that of their bytes.
func (u *unpacking) zip(path string, depth int, data []byte) error {
	d, ok := findDirectory(data)
	if !ok {
		return u.salvage(path, depth, data)
	}
	for {
		e, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := u.count(); err != nil {
			return err
		}
		if e.skip {
			continue
		}
		name := path + step + cleanName(string(e.name))
		body, err := d.body(e)
		if body != nil {
			err = firstError(u.zipFile(name, depth, &e, body), err)
		}
		if u.stop != nil {
			return u.stop
		}
		if err != nil {
			u.damaged(name, err)
		}
	}
}

// zipFile looks at one file of a zip, whose body begins with body.
func (u *unpacking) zipFile(name string, depth int, e *zipEntry, body []byte) error {
	if e.flags&zipEncrypted != 0 {
		u.answer.Add("archive-encrypted", "not looked into, because encrypted", name)
		return nil
	}
	size := int64(-1)
	if e.size/maxDeflate <= e.packed {
		size = int64(min(e.size, 1<<62))
	}
	l := &u.levels[depth]
	l.inflated.Reset(body)
	switch e.method {
	case zipStored:
		l.inflated.Reset(nil)
		return u.plain(name, depth, body)
	case zipDeflated:
		if l.inflater == nil {
			l.inflater = flate.NewReader(&l.inflated)
		} else if err := l.inflater.(flate.Resetter).Reset(&l.inflated, nil); err != nil {
			return err
		}
		return u.content(name, depth, size, u.counted(l.inflater))
	case zipBzip2:
		return u.content(name, depth, -1, u.counted(bzip2.NewReader(&l.inflated)))
	}
	u.answer.Add("archive-method", "not looked into, because compressed by a method that is not supported", name)
	return nil
}

// wide takes the sizes that do not fit into 32 bits from the extra fields.
func (e *zipEntry) wide(extra []byte) {
	for len(extra) >= 4 {
		id, n := little.Uint16(extra), int(little.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != zip64Extra {
			continue
		}
		for _, value := range []*uint64{&e.size, &e.packed, &e.at} {
			if *value == zip64Elsewhere && len(field) >= 8 {
				*value = little.Uint64(field)
				field = field[8:]
			}
		}
		return
	}
}
