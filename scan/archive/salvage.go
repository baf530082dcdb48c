package archive

import (
	"bytes"
	"io"
)

// salvage reads the files of a zip without a directory, using the header before each file. It always returns an error,
// because such an archive is incomplete.
func (u *unpacking) salvage(path string, depth int, data []byte) error {
	mark := []byte(zipLocal)
	at := bytes.Index(data, mark)
	for at >= 0 && at+zipLocalSize <= len(data) {
		h := data[at:]
		start := zipLocalSize + int(little.Uint16(h[26:])) + int(little.Uint16(h[28:]))
		if start > len(h) {
			break
		}
		if err := u.count(); err != nil {
			return err
		}
		e := zipEntry{
			flags: little.Uint16(h[6:]), method: little.Uint16(h[8:]),
			packed: uint64(little.Uint32(h[18:])), size: uint64(little.Uint32(h[22:])),
		}
		nameEnd := zipLocalSize + int(little.Uint16(h[26:]))
		e.name = h[zipLocalSize:nameEnd]
		e.wide(h[nameEnd:start])
		body, known := h[start:], e.flags&zipDescriptor == 0 && e.packed <= uint64(len(h)-start)
		if known {
			body = body[:e.packed]
			at += start + len(body)
		} else {
			at += start
		}
		next := bytes.Index(data[at:], mark)
		if !known {
			e.packed, e.size = 0, zip64Elsewhere
			if e.method == zipStored {
				body = stored(body, next)
			}
		}
		if !bytes.HasSuffix(e.name, []byte("/")) {
			name := path + step + cleanName(string(e.name))
			if err := u.zipFile(name, depth, &e, body); err != nil && u.stop == nil && known {
				u.damaged(name, err)
			}
		}
		if u.stop != nil {
			return u.stop
		}
		if next < 0 {
			break
		}
		at += next
	}
	return io.ErrUnexpectedEOF
}

// stored cuts a file of unknown length at the next record of the archive. next is the offset of the next file, or -1.
func stored(body []byte, next int) []byte {
	if next >= 0 {
		body = body[:next]
	}
	for _, mark := range []string{zipSpanned, zipCentral} {
		if i := bytes.Index(body, []byte(mark)); i >= 0 {
			body = body[:i]
		}
	}
	return body
}
