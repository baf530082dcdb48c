package archive

import (
	"bytes"
	"io"
)

// directory is the central directory of a zip.
type directory struct {
	data []byte
	// at is the offset of the next entry; end is the offset after the last one.
	at, end int
	// base is the origin of the offsets. Data before the archive, such as a self-extracting program, moves it.
	base int
}

// findDirectory finds the directory from the end of the archive. ok is false if there is no directory, or only one
// without entries in an archive that has some.
func findDirectory(data []byte) (directory, bool) {
	from := max(len(data)-zipEndSize-maxZipComment, 0)
	for end := len(data); ; {
		at := bytes.LastIndex(data[from:end], []byte(zipEnd))
		if at < 0 {
			return directory{}, false
		}
		at += from
		if at+zipEndSize <= len(data) {
			if d, ok := directoryAt(data, at); ok {
				return d, true
			}
		}
		end = at + len(zipEnd) - 1
	}
}

// directoryAt reads the end record at an offset.
func directoryAt(data []byte, at int) (directory, bool) {
	size, offset := uint64(little.Uint32(data[at+12:])), uint64(little.Uint32(data[at+16:]))
	end := at
	if locator := at - zip64LocatorLen; locator >= 0 && string(data[locator:locator+4]) == zip64Locator {
		record := locator - zip64EndSize
		if told := little.Uint64(data[locator+8:]); told <= uint64(max(record, 0)) && string(data[told:told+4]) == zip64End {
			record = int(told)
		}
		if record >= 0 && string(data[record:record+4]) == zip64End {
			size, offset, end = little.Uint64(data[record+40:]), little.Uint64(data[record+48:]), record
		}
	}
	isEntry := func(at int) bool { return at+4 <= end && string(data[at:at+4]) == zipCentral }
	if size == 0 {
		return directory{data: data, at: end, end: end}, !bytes.HasPrefix(data, []byte(zipLocal))
	}
	if start := end - int(min(size, uint64(end)+1)); start >= 0 && isEntry(start) && offset <= uint64(start) {
		return directory{data: data, at: start, end: end, base: start - int(offset)}, true
	}
	if offset < uint64(end) && isEntry(int(offset)) {
		return directory{data: data, at: int(offset), end: end}, true
	}
	return directory{}, false
}

// next returns the next entry, or io.EOF.
func (d *directory) next() (zipEntry, error) {
	rest := d.data[d.at:d.end]
	if len(rest) == 0 {
		return zipEntry{}, io.EOF
	}
	if len(rest) < zipCentralSize {
		return zipEntry{}, io.ErrUnexpectedEOF
	}
	if string(rest[:4]) != zipCentral {
		if string(rest[:4]) == zipSignature {
			return zipEntry{}, io.EOF
		}
		return zipEntry{}, errFormat
	}
	e := zipEntry{
		flags: little.Uint16(rest[8:]), method: little.Uint16(rest[10:]),
		packed: uint64(little.Uint32(rest[20:])), size: uint64(little.Uint32(rest[24:])), at: uint64(little.Uint32(rest[42:])),
	}
	nameEnd := zipCentralSize + int(little.Uint16(rest[28:]))
	extraEnd := nameEnd + int(little.Uint16(rest[30:]))
	next := extraEnd + int(little.Uint16(rest[32:]))
	if next > len(rest) {
		return zipEntry{}, io.ErrUnexpectedEOF
	}
	e.name = rest[zipCentralSize:nameEnd]
	e.wide(rest[nameEnd:extraEnd])
	e.skip = bytes.HasSuffix(e.name, []byte("/"))
	if system := rest[5]; system == unixSystem || system == macSystem {
		mode := little.Uint32(rest[38:]) >> 16 & modeMask
		e.skip = e.skip || mode == modeLink || mode == modeFolder
	}
	d.at += next
	return e, nil
}

// body returns the available bytes of an entry, and an error if some are missing.
func (d *directory) body(e zipEntry) ([]byte, error) {
	if e.at > uint64(len(d.data)) {
		return nil, io.ErrUnexpectedEOF
	}
	at := d.base + int(e.at)
	if at+zipLocalSize > len(d.data) {
		return nil, io.ErrUnexpectedEOF
	}
	local := d.data[at:]
	if string(local[:4]) != zipLocal {
		return nil, errFormat
	}
	start := zipLocalSize + int(little.Uint16(local[26:])) + int(little.Uint16(local[28:]))
	if start > len(local) {
		return nil, io.ErrUnexpectedEOF
	}
	body := local[start:]
	if e.packed > uint64(len(body)) {
		return body, io.ErrUnexpectedEOF
	}
	return body[:e.packed], nil
}
