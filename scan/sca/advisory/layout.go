package advisory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// The file format, version 1. Numbers are little-endian.
//
//	magic
//	sections   one per ecosystem: blocks, then the index
//	directory  JSON: the place, the age and the checksums of each section
//	trailer    offset and length of the directory, its CRC-32C, magic
//
// A block is the advisories of one package: JSON, deflated. An index entry is a hash of the package's name and the place
// of its block in the section. Entries are sorted by hash, so a lookup is a binary search in the index, which is read as
// a whole. Offsets in a section are relative to the section, so a section can be copied unchanged from file to file.
const (
	magic       = "sluice advisories 1\n"
	magicStem   = "sluice advisories "
	trailerSize = 8 + 8 + 4 + len(magic)
	// entrySize is hash, offset, length and CRC-32C of the block.
	entrySize = 8 + 8 + 4 + 4
	// maxBlock limits the inflated advisories of one package.
	maxBlock = 64 << 20
	// maxIndex limits the index of one ecosystem to ten million packages.
	maxIndex     = entrySize * 10_000_000
	maxDirectory = 1 << 20
)

// Section describes the part of a file for one ecosystem.
type Section struct {
	Ecosystem scan.Ecosystem `json:"ecosystem"`
	// Packages and Advisories are counts; an advisory on two packages counts twice.
	Packages   int `json:"packages"`
	Advisories int `json:"advisories"`
	// Modified is when the newest record was changed: the date of the data.
	Modified time.Time `json:"modified,omitzero"`
	// Fetched is when the data was downloaded or built. ETag is the download's, for the next conditional request.
	Fetched time.Time `json:"fetched,omitzero"`
	ETag    string    `json:"etag,omitempty"`

	// Offset and Length are the place of the section in the file, in bytes; the index is its last IndexLength bytes.
	Offset      int64  `json:"offset"`
	Length      int64  `json:"length"`
	IndexLength int64  `json:"index"`
	IndexSum    uint32 `json:"indexSum"`
}

// directory is the list of sections, sorted by ecosystem.
type directory struct {
	Sections []Section `json:"sections"`
}

// ErrUnusable means that a file is damaged, or is not an advisory file of this version.
var ErrUnusable = errors.New("not a usable advisory file")

func unusable(format string, args ...any) error {
	return fmt.Errorf("%w: %s; make it again with `sluice db update` or `sluice db build`", ErrUnusable, fmt.Sprintf(format, args...))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(data []byte) uint32 { return crc32.Checksum(data, castagnoli) }

// hashName is FNV-1a. Two names may share a hash; the block contains the names.
func hashName(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// block is the content of a block: the packages whose names share a hash, nearly always one.
type block struct {
	Packages []blockPackage `json:"packages"`
}

type blockPackage struct {
	Name       string     `json:"name"`
	Advisories []Advisory `json:"advisories"`
}

// indexEntry is an entry of the index.
type indexEntry struct {
	hash   uint64
	offset uint64
	length uint32
	sum    uint32
}

func (e indexEntry) append(to []byte) []byte {
	to = binary.LittleEndian.AppendUint64(to, e.hash)
	to = binary.LittleEndian.AppendUint64(to, e.offset)
	to = binary.LittleEndian.AppendUint32(to, e.length)
	return binary.LittleEndian.AppendUint32(to, e.sum)
}

func readEntry(from []byte) indexEntry {
	return indexEntry{
		hash: binary.LittleEndian.Uint64(from), offset: binary.LittleEndian.Uint64(from[8:]),
		length: binary.LittleEndian.Uint32(from[16:]), sum: binary.LittleEndian.Uint32(from[20:]),
	}
}

func appendTrailer(to []byte, offset int64, dir []byte) []byte {
	to = binary.LittleEndian.AppendUint64(to, uint64(offset))
	to = binary.LittleEndian.AppendUint64(to, uint64(len(dir)))
	to = binary.LittleEndian.AppendUint32(to, checksum(dir))
	return append(to, magic...)
}

// parseDirectory parses the directory and checks it against the size of the file.
func parseDirectory(dir []byte, end int64) (directory, error) {
	var d directory
	if err := json.Unmarshal(dir, &d); err != nil {
		return d, unusable("its directory cannot be read")
	}
	for _, s := range d.Sections {
		if s.Offset < int64(len(magic)) || s.Length < 0 || s.IndexLength < 0 || s.IndexLength > min(s.Length, maxIndex) || s.IndexLength%entrySize != 0 || s.Offset > end-s.Length {
			return d, unusable("the section of %s is outside the file", s.Ecosystem)
		}
	}
	return d, nil
}
