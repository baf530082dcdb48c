package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// smallIndex is the size in bytes up to which an index is read completely instead of being kept open.
const smallIndex = 1 << 20

// packIndex finds the offset of an object in a pack, version 1 or 2. It has 256 parts, by first byte, and reads each
// part on first use.
type packIndex struct {
	r      io.ReaderAt
	file   *os.File
	v2     bool
	fanout [257]uint32
	parts  [256]atomic.Pointer[indexPart]
}

// indexPart is the names and the offsets for one first byte.
type indexPart struct{ names, offsets []byte }

func openPackIndex(path string) (*packIndex, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &packIndex{r: file, file: file}
	if err := x.load(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return x, nil
}

func (x *packIndex) load() error {
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() <= smallIndex {
		all := make([]byte, info.Size())
		if _, err := x.file.ReadAt(all, 0); err != nil && err != io.EOF {
			return err
		}
		x.r = bytes.NewReader(all)
		err := x.file.Close()
		if x.file = nil; err != nil {
			return err
		}
	}
	var head [8 + 1024]byte
	if _, err := x.r.ReadAt(head[:], 0); err != nil {
		return Corrupt(err)
	}
	table := head[:1024]
	if string(head[:4]) == "\xfftOc" {
		if version := binary.BigEndian.Uint32(head[4:]); version != 2 {
			return Corrupt(fmt.Errorf("pack index of version %d", version))
		}
		x.v2, table = true, head[8:]
	}
	for i := range 256 {
		x.fanout[i+1] = binary.BigEndian.Uint32(table[4*i:])
		if x.fanout[i+1] < x.fanout[i] {
			return Corrupt(errors.New("unordered fan-out table"))
		}
	}
	need, n := int64(0), int64(x.fanout[256])
	if x.v2 {
		need = 8 + 1024 + n*(HashBytes+8) + 2*HashBytes
	} else {
		need = 1024 + n*(HashBytes+4) + 2*HashBytes
	}
	if info.Size() < need {
		return Corrupt(io.ErrUnexpectedEOF)
	}
	return nil
}

func (x *packIndex) close() error {
	if x.file == nil {
		return nil
	}
	return x.file.Close()
}

// part returns the entries whose names begin with first.
func (x *packIndex) part(first byte) (*indexPart, error) {
	if part := x.parts[first].Load(); part != nil {
		return part, nil
	}
	lo, n := int64(x.fanout[first]), int64(x.fanout[int(first)+1]-x.fanout[first])
	part := &indexPart{names: make([]byte, n*HashBytes), offsets: make([]byte, n*4)}
	if x.v2 {
		names := int64(8 + 1024)
		offsets := names + int64(x.fanout[256])*(HashBytes+4)
		if _, err := x.r.ReadAt(part.names, names+lo*HashBytes); err != nil && n > 0 {
			return nil, Corrupt(err)
		}
		if _, err := x.r.ReadAt(part.offsets, offsets+lo*4); err != nil && n > 0 {
			return nil, Corrupt(err)
		}
	} else {
		both := make([]byte, n*(HashBytes+4))
		if _, err := x.r.ReadAt(both, 1024+lo*(HashBytes+4)); err != nil && n > 0 {
			return nil, Corrupt(err)
		}
		for i := range n {
			entry := both[i*(HashBytes+4):]
			copy(part.offsets[i*4:], entry[:4])
			copy(part.names[i*HashBytes:], entry[4:4+HashBytes])
		}
	}
	x.parts[first].Store(part)
	return part, nil
}

// search returns the position of the first name that is not less than name.
func (part *indexPart) search(name []byte) int {
	lo, hi := 0, len(part.names)/HashBytes
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if bytes.Compare(part.names[mid*HashBytes:(mid+1)*HashBytes], name) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find returns the offset of an object in the pack, or [ErrMissing].
func (x *packIndex) find(h plumbing.Hash) (int64, error) {
	part, err := x.part(h[0])
	if err != nil {
		return 0, err
	}
	i := part.search(h[:])
	if i*HashBytes >= len(part.names) || !bytes.Equal(part.names[i*HashBytes:(i+1)*HashBytes], h[:]) {
		return 0, ErrMissing
	}
	offset := binary.BigEndian.Uint32(part.offsets[i*4:])
	if !x.v2 || offset&0x80000000 == 0 {
		return int64(offset), nil
	}
	var wide [8]byte
	n := int64(x.fanout[256])
	if _, err := x.r.ReadAt(wide[:], 8+1024+n*(HashBytes+8)+8*int64(offset&0x7fffffff)); err != nil {
		return 0, Corrupt(err)
	}
	return int64(binary.BigEndian.Uint64(wide[:]) &^ (1 << 63)), nil
}

// withPrefix appends the objects whose names begin with the whole bytes of prefix.
func (x *packIndex) withPrefix(prefix []byte, found []plumbing.Hash) ([]plumbing.Hash, error) {
	part, err := x.part(prefix[0])
	if err != nil {
		return found, err
	}
	for i := part.search(prefix); i*HashBytes < len(part.names); i++ {
		name := part.names[i*HashBytes : (i+1)*HashBytes]
		if !bytes.HasPrefix(name, prefix) {
			break
		}
		found = append(found, plumbing.Hash(name))
	}
	return found, nil
}
