package archive

import (
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
)

// Parts of the records of a zip (APPNOTE 6.3.10, 4.3 to 4.5). We do not use the standard library's reader: it loads the
// whole directory into memory, trusts its sizes, and returns nothing of a truncated archive. Archives come from
// strangers, and the intact part of a truncated one is worth scanning.
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

	// zip64Extra is the id of the extra field for sizes that do not fit into 32 bits. Such a size reads zip64Elsewhere.
	zip64Extra     = 1
	zip64Elsewhere = 1<<32 - 1

	// unixSystem and macSystem store a file mode in the upper half of the attributes.
	unixSystem, macSystem          = 3, 19
	modeMask, modeLink, modeFolder = 0o170000, 0o120000, 0o040000

	// maxDeflate is the largest compression ratio of deflate.
	maxDeflate = 1032
)

var little = binary.LittleEndian

// zipEntry is one file of a zip.
type zipEntry struct {
	name          []byte
	flags, method uint16
	// packed and size are the compressed and uncompressed lengths, and at is the offset of the local header, all as the
	// archive claims.
	packed, size, at uint64
	// skip is true for folders and links.
	skip bool
}

// zip reads the files of a zip in the order of its directory. Without a directory, it reads them in the order of their
// bytes.
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

// zipFile reads one file of a zip; body starts with the file's bytes.
func (u *unpacking) zipFile(name string, depth int, e *zipEntry, body []byte) error {
	if e.flags&zipEncrypted != 0 {
		u.answer.Add("archive-encrypted", "not opened, because encrypted", name)
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
	u.answer.Add("archive-method", "not opened, because compressed by a method that is not supported", name)
	return nil
}

// wide reads the sizes that do not fit into 32 bits from the extra fields.
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
