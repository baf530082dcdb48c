package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// The file format: magic, the SHA-256 of the key, the number of entries of each section (big-endian, 4 bytes), the
// sections, and the SHA-256 of everything before. The entries of a section are sorted by their bytes, so that a lookup
// needs no decoding.
const (
	// magic begins the file and identifies its format.
	magic = "sluice clean blobs 2\n"
	// entrySize is the length to which SHA-256 is truncated: at a hundred million entries, the probability of a collision
	// is about 1 in 10^23.
	entrySize = 16
	headSize  = len(magic) + sha256.Size + 4*kinds
)

// The sections: clean text files, clean binary files, and clean archives.
const (
	textFiles = iota
	binaryFiles
	archives
	kinds
)

// recordSizes is the length of a record in each section. A record of an archive has three 8-byte numbers after its hash:
// the number of archives times two, plus one for a binary file; the number of files; and the number of bytes.
var recordSizes = [kinds]int{entrySize, entrySize, entrySize + 3*8}

type entry [entrySize]byte

// sections are the records of a file. The zero value is empty.
type sections [kinds][]byte

// parse returns the records of a file. It returns none if the file is not exactly in the format that with writes.
func parse(data []byte, key [sha256.Size]byte) (s sections) {
	if len(data) < headSize+sha256.Size || string(data[:len(magic)]) != magic || !bytes.Equal(data[len(magic):len(magic)+sha256.Size], key[:]) {
		return sections{}
	}
	body, end := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if sum := sha256.Sum256(body); !bytes.Equal(end, sum[:]) {
		return sections{}
	}
	rest, total := body[headSize:], 0
	for kind := range s {
		n := int(binary.BigEndian.Uint32(body[len(magic)+sha256.Size+4*kind:]))
		if total += n; total > maxEntries || n*recordSizes[kind] > len(rest) {
			return sections{}
		}
		s[kind], rest = rest[:n*recordSizes[kind]], rest[n*recordSizes[kind]:]
	}
	if len(rest) > 0 {
		return sections{}
	}
	return s
}

func (s *sections) len() (n int) {
	for kind, records := range s {
		n += len(records) / recordSizes[kind]
	}
	return n
}

// find looks up an entry. at is its position among all entries, or -1 if it is not there.
func (s *sections) find(e entry) (clean scan.Clean, at int) {
	before := 0
	for kind, records := range s {
		size := recordSizes[kind]
		low, high := 0, len(records)/size
		for low < high {
			middle := int(uint(low+high) >> 1)
			switch bytes.Compare(records[middle*size:middle*size+entrySize], e[:]) {
			case 0:
				clean.Binary = kind == binaryFiles
				if kind == archives {
					numbers := records[middle*size+entrySize:]
					first := binary.BigEndian.Uint64(numbers)
					clean.Binary, clean.Archives = first&1 == 1, int(first>>1)
					clean.Files = int(binary.BigEndian.Uint64(numbers[8:]))
					clean.Bytes = int64(binary.BigEndian.Uint64(numbers[16:]))
				}
				return clean, before + middle
			case -1:
				low = middle + 1
			default:
				high = middle
			}
		}
		before += len(records) / size
	}
	return clean, -1
}

// with returns a file with the existing records for which keep returns true, called in order, and the added ones.
func (s *sections) with(key [sha256.Size]byte, added map[entry]scan.Clean, keep func(at int) bool) []byte {
	var fresh [kinds][]entry
	for e, clean := range added {
		kind := textFiles
		switch {
		case clean.Archives > 0:
			kind = archives
		case clean.Binary:
			kind = binaryFiles
		}
		fresh[kind] = append(fresh[kind], e)
	}
	data := make([]byte, headSize, headSize+len(s[textFiles])+len(s[binaryFiles])+len(s[archives])+len(added)*recordSizes[archives]+sha256.Size)
	copy(data, magic)
	copy(data[len(magic):], key[:])
	at := 0
	for kind, records := range s {
		size, start := recordSizes[kind], len(data)
		slices.SortFunc(fresh[kind], func(a, b entry) int { return bytes.Compare(a[:], b[:]) })
		next := 0
		addUntil := func(limit []byte) {
			for ; next < len(fresh[kind]) && (limit == nil || bytes.Compare(fresh[kind][next][:], limit) < 0); next++ {
				e := fresh[kind][next]
				data = append(data, e[:]...)
				if kind == archives {
					clean := added[e]
					first := uint64(clean.Archives) << 1
					if clean.Binary {
						first |= 1
					}
					data = binary.BigEndian.AppendUint64(data, first)
					data = binary.BigEndian.AppendUint64(data, uint64(clean.Files))
					data = binary.BigEndian.AppendUint64(data, uint64(clean.Bytes))
				}
			}
		}
		for ; len(records) > 0; records, at = records[size:], at+1 {
			addUntil(records[:entrySize])
			if _, again := added[entry(records[:entrySize])]; !again && keep(at) {
				data = append(data, records[:size]...)
			}
		}
		addUntil(nil)
		binary.BigEndian.PutUint32(data[len(magic)+sha256.Size+4*kind:], uint32((len(data)-start)/size))
	}
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}
