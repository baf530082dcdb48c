package archive

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// kind is a format, recognized by its content.
type kind int

const (
	noArchive kind = iota
	zipArchive
	tarArchive
	gzipStream
	bzip2Stream
	debPackage
	// unsupported formats are named but not opened.
	unsupported
)

// Signatures. ZIP: APPNOTE 6.3.10, 4.3; gzip: RFC 1952, 2.3.1; Debian packages: deb(5).
const (
	zipLocal     = "PK\x03\x04"
	zipCentral   = "PK\x01\x02"
	zipEnd       = "PK\x05\x06"
	zipSignature = "PK\x05\x05"
	zip64End     = "PK\x06\x06"
	zip64Locator = "PK\x06\x07"
	zipSpanned   = "PK\x07\x08"
	// zipTemporary begins an archive that was prepared for several parts but fitted into one.
	zipTemporary = "PK00"
	gzipMagic    = "\x1f\x8b\x08"
	bzip2Magic   = "BZh"
	bzip2Block   = "\x31\x41\x59\x26\x53\x59"
	bzip2Empty   = "\x17\x72\x45\x38\x50\x90"
	arMagic      = "!<arch>\n"
	debMagic     = arMagic + "debian-binary"
)

const (
	zipEndSize = 22
	// gzipHead is the length of a gzip header; gzipReserved are the flag bits that must be zero.
	gzipHead     = 10
	gzipReserved = 0xe0
)

// unsupportedMagic are the signatures of formats for which the standard library has no reader.
var unsupportedMagic = [...]string{
	"\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "MSCF\x00\x00\x00\x00", "\xed\xab\xee\xdb", "\x04\x22\x4d\x18", "LZIP\x01",
}

// recognize looks at the first bytes; [scan.SniffBytes] are enough.
func recognize(head []byte) kind {
	if len(head) < len(zipLocal) {
		return noArchive
	}
	switch head[0] {
	case 'P':
		switch string(head[:4]) {
		case zipLocal:
			return zipArchive
		case zipEnd:
			if len(head) >= zipEndSize {
				return zipArchive
			}
		case zipSpanned, zipTemporary:
			if len(head) >= 8 && string(head[4:8]) == zipLocal {
				return zipArchive
			}
		}
	case gzipMagic[0]:
		if len(head) > gzipHead && string(head[:3]) == gzipMagic && head[3]&gzipReserved == 0 {
			return gzipStream
		}
	case bzip2Magic[0]:
		if len(head) >= 10 && string(head[:3]) == bzip2Magic && head[3] >= '1' && head[3] <= '9' &&
			(string(head[4:10]) == bzip2Block || string(head[4:10]) == bzip2Empty) {
			return bzip2Stream
		}
	case arMagic[0]:
		if bytes.HasPrefix(head, []byte(debMagic)) {
			return debPackage
		}
	case 0xfd, 0x28, '7', 'R', 'M', 0xed, 0x04, 'L':
		for _, magic := range unsupportedMagic {
			if len(head) >= len(magic) && string(head[:len(magic)]) == magic {
				return unsupported
			}
		}
	}
	if isTar(head) {
		return tarArchive
	}
	return noArchive
}

// recognizeFile looks at a whole file, because a zip may follow a self-extracting program.
func recognizeFile(data []byte) kind {
	if k := recognize(data); k != noArchive {
		return k
	}
	if n := len(data) - zipEndSize; n >= 0 && string(data[n:n+4]) == zipEnd && binary.LittleEndian.Uint16(data[n+20:]) == 0 {
		return zipArchive
	}
	return noArchive
}

// The fields of a tar header that distinguish it from other files (POSIX.1-2017, pax, "ustar Interchange Format").
const (
	tarBlock       = 512
	tarChecksum    = 148
	tarChecksumEnd = 156
)

// isTar reports whether head begins with a tar header, that is, whether its checksum matches.
func isTar(head []byte) bool {
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	want, digits := int64(0), 0
	for _, c := range head[tarChecksum:tarChecksumEnd] {
		switch {
		case c >= '0' && c <= '7':
			want = want<<3 | int64(c-'0')
			digits++
		case c != ' ' && c != 0:
			return false
		}
	}
	// NUL bytes pad the fields; text has none.
	if digits < 3 || bytes.IndexByte(head[:tarBlock], 0) < 0 {
		return false
	}
	// Old programs added signed bytes.
	var sum, signed int64
	for i, c := range head[:tarBlock] {
		if i >= tarChecksum && i < tarChecksumEnd {
			c = ' '
		}
		sum += int64(c)
		signed += int64(int8(c))
	}
	return sum == want || signed == want
}

// suffixes are the file name suffixes of archives. They decide one thing only: if nothing of a file can be unpacked,
// whether it is a damaged archive or another kind of file that begins like one.
var suffixes = map[string]bool{
	".zip": true, ".jar": true, ".war": true, ".ear": true, ".aar": true, ".apk": true, ".docx": true, ".xlsx": true, ".pptx": true,
	".odt": true, ".ods": true, ".odp": true, ".whl": true, ".nupkg": true, ".egg": true, ".vsix": true, ".xpi": true, ".ipa": true,
	".tar": true, ".tgz": true, ".gz": true, ".tbz": true, ".tbz2": true, ".bz2": true, ".deb": true, ".crx": true, ".epub": true,
}

func namedLikeArchive(name string) bool { return suffixes[strings.ToLower(path.Ext(name))] }
