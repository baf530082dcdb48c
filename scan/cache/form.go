package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// The file: magic, the key's SHA-256, the numbers of entries of each section (big-endian, 4 bytes), the sections, and the SHA-256
// of all that. The entries of a section are ordered by their bytes, so that a file is looked up as it lies.
const (
	// magic begins the file and names its form.
	magic = "sluice clean blobs 2\n"
	// entrySize is the part of a SHA-256 that is kept: at a hundred million entries, two are alike by chance with a
	// probability of about 1 in 10^23.
	entrySize = 16
	headSize  = len(magic) + sha256.Size + 4*kinds
)

// The sections: clean text files, clean binary ones, and archives in which all is clean.
const (
	textFiles = iota
	binaryFiles
	archives
	kinds
)

// recordSizes are the bytes of an entry by section: an archive has three numbers behind its name, each of 8 bytes, the first of
// them twice that of the archives, and one more for a binary file.
var recordSizes = [kinds]int{entrySize, entrySize, entrySize + 3*8}

type entry [entrySize]byte

// sections are the records of a file. The zero value has none.
type sections [kinds][]byte

// parse gives the records of a file; none when it is not exactly what with writes.
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

// find gives what is known of an entry, and its place among all; -1 when it is not there.
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

// with writes a file with the records that keep wants, asked in their order, and those that were added.
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
