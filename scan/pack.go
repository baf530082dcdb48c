package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	hashBytes = 20
	// maxObjectBytes is the largest object that is taken into memory.
	maxObjectBytes = 1 << 30
	// maxDeltaChain is far above git's own limit of 4095; a longer chain is a loop.
	maxDeltaChain = 10_000
	// smallIndex is the size in bytes up to which an index is read at once instead of kept open.
	smallIndex = 1 << 20
)

// pack is a pack file with its index (gitformat-pack). It is safe for concurrent use: everything is read at offsets, and
// nothing of it moves. go-git's own reader has one position for a pack, hashes every object that it caches, and builds a
// table of all offsets before the first delta.
type pack struct {
	path  string
	index *packIndex

	open sync.Once
	file *os.File
	size int64
	err  error
}

// openPack reads the index beside a pack; the pack itself is opened when it is first needed.
func openPack(indexPath string) (*pack, error) {
	index, err := openPackIndex(indexPath)
	if err != nil {
		return nil, fmt.Errorf("read pack index %s: %w", indexPath, err)
	}
	return &pack{path: strings.TrimSuffix(indexPath, ".idx") + ".pack", index: index}, nil
}

func (p *pack) content() (*os.File, int64, error) {
	p.open.Do(func() {
		if p.file, p.err = os.Open(p.path); p.err != nil {
			return
		}
		var head [8]byte
		if _, p.err = p.file.ReadAt(head[:], 0); p.err != nil {
			p.err = corrupt(p.err)
			return
		}
		version := binary.BigEndian.Uint32(head[4:])
		if string(head[:4]) != "PACK" || version != 2 && version != 3 {
			p.err = corrupt(fmt.Errorf("%s is not a pack of version 2 or 3", p.path))
			return
		}
		info, err := p.file.Stat()
		if p.err = err; err == nil {
			p.size = info.Size()
		}
	})
	return p.file, p.size, p.err
}

func (p *pack) close() error {
	p.open.Do(func() { p.err = os.ErrClosed })
	var err error
	if p.file != nil {
		err = p.file.Close()
	}
	return errors.Join(err, p.index.close())
}

// packEntry is the header of an object in a pack.
type packEntry struct {
	kind plumbing.ObjectType
	// size is that of the inflated data: of the delta when kind is one.
	size int64
	// data is where the compressed data starts.
	data int64
	// baseOffset is set for OFSDeltaObject, baseHash for REFDeltaObject.
	baseOffset int64
	baseHash   plumbing.Hash
}

// entry reads the header at offset.
func (p *pack) entry(offset int64) (packEntry, error) {
	file, fileSize, err := p.content()
	if err != nil {
		return packEntry{}, err
	}
	var head [40]byte
	n, err := file.ReadAt(head[:], offset)
	if n == 0 {
		return packEntry{}, corrupt(err)
	}
	b := head[:n]
	e := packEntry{kind: plumbing.ObjectType(b[0] >> 4 & 7), size: int64(b[0] & 15)}
	at := 1
	for shift := 4; b[at-1]&0x80 != 0; shift += 7 {
		if at >= len(b) || shift > 53 {
			return packEntry{}, corrupt(errors.New("malformed object header"))
		}
		e.size |= int64(b[at]&0x7f) << shift
		at++
	}
	switch e.kind {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
	case plumbing.OFSDeltaObject:
		back, n := offsetVarint(b[at:])
		if n == 0 || back <= 0 || back >= offset {
			return packEntry{}, corrupt(errors.New("malformed delta offset"))
		}
		e.baseOffset = offset - back
		at += n
	case plumbing.REFDeltaObject:
		if at+hashBytes > len(b) {
			return packEntry{}, corrupt(errors.New("malformed delta base"))
		}
		at += copy(e.baseHash[:], b[at:at+hashBytes])
	default:
		return packEntry{}, corrupt(fmt.Errorf("object of kind %d", e.kind))
	}
	e.data = offset + int64(at)
	if e.size/maxDeflate > fileSize-e.data {
		return packEntry{}, corrupt(errors.New("more data than the pack can hold"))
	}
	return e, nil
}

func (e packEntry) isDelta() bool {
	return e.kind == plumbing.OFSDeltaObject || e.kind == plumbing.REFDeltaObject
}

// offsetVarint reads the big-endian number of an OFS delta, in which every further byte also adds one.
func offsetVarint(b []byte) (value int64, n int) {
	for n < len(b) && n < 8 {
		c := b[n]
		n++
		value |= int64(c & 0x7f)
		if c&0x80 == 0 {
			return value, n
		}
		value = (value + 1) << 7
	}
	return 0, 0
}

// objectSize is the size of the object at offset. Of a delta only the first bytes are inflated.
func (p *pack) objectSize(offset int64) (int64, error) {
	e, err := p.entry(offset)
	if err != nil || !e.isDelta() {
		return e.size, err
	}
	in := inflaters.Get().(*inflater)
	defer in.release()
	if err := in.reset(p.file, e.data, min(e.size, 64)); err != nil {
		return 0, err
	}
	var head [20]byte
	n, err := io.ReadFull(in.z, head[:min(int64(len(head)), e.size)])
	if n == 0 {
		return 0, corrupt(err)
	}
	_, size, _, err := deltaSizes(head[:n])
	return size, err
}

// object reads the object at offset into buf. bases holds what deltas build upon; other finds a base that is in another
// pack.
func (p *pack) object(offset int64, buf []byte, limit int64, bases *baseCache, other func(plumbing.Hash) (*base, error)) (plumbing.ObjectType, []byte, error) {
	var chain []packEntry
	var from *base
	at := offset
	for {
		if len(chain) > 0 {
			if b, ok := bases.get(baseKey{p, at}); ok {
				from = b
				break
			}
		}
		e, err := p.entry(at)
		if err != nil {
			return 0, nil, err
		}
		if e.size > maxObjectBytes || len(chain) == 0 && !e.isDelta() && e.size > limit {
			return 0, nil, errTooLarge
		}
		if !e.isDelta() {
			if len(chain) == 0 {
				data, err := inflateAt(p.file, e.data, e.size, buf)
				return e.kind, data, err
			}
			data, err := inflateAt(p.file, e.data, e.size, nil)
			if err != nil {
				return 0, nil, err
			}
			from = &base{baseKey{p, at}, e.kind, data}
			bases.put(from)
			break
		}
		if len(chain) == maxDeltaChain {
			return 0, nil, corrupt(errors.New("endless chain of deltas"))
		}
		// The place of the object itself is kept in baseOffset's stead: it is what the cache is keyed on.
		next := e.baseOffset
		if e.kind == plumbing.REFDeltaObject {
			next, err = p.index.find(e.baseHash)
			if errors.Is(err, ErrMissingObject) {
				if from, err = other(e.baseHash); err == nil {
					e.baseOffset = at
					chain = append(chain, e)
					break
				}
			}
			if err != nil {
				return 0, nil, err
			}
		}
		e.baseOffset = at
		chain = append(chain, e)
		at = next
	}
	return p.build(from, chain, buf, limit, bases)
}

// build applies the deltas of chain, the last one first, to from.
func (p *pack) build(from *base, chain []packEntry, buf []byte, limit int64, bases *baseCache) (plumbing.ObjectType, []byte, error) {
	scratch := deltaBuffers.Get().(*[]byte)
	defer deltaBuffers.Put(scratch)
	for i := len(chain) - 1; i >= 0; i-- {
		e := chain[i]
		delta, err := inflateAt(p.file, e.data, e.size, *scratch)
		if err != nil {
			return 0, nil, err
		}
		if cap(delta) <= 1<<20 {
			*scratch = delta
		}
		if i == 0 {
			data, err := applyDelta(from.data, delta, buf, limit)
			return from.kind, data, err
		}
		data, err := applyDelta(from.data, delta, nil, maxObjectBytes)
		if err != nil {
			return 0, nil, err
		}
		from = &base{baseKey{p, e.baseOffset}, from.kind, data}
		bases.put(from)
	}
	return from.kind, append(buf[:0], from.data...), nil
}

var deltaBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// packIndex finds the offset of an object in a pack, version 1 or 2. The 256 parts by first byte are read when they are
// first asked for.
type packIndex struct {
	r      io.ReaderAt
	file   *os.File
	v2     bool
	fanout [257]uint32
	parts  [256]atomic.Pointer[indexPart]
}

// indexPart is the names and the offsets of one first byte.
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
		return corrupt(err)
	}
	table := head[:1024]
	if string(head[:4]) == "\xfftOc" {
		if version := binary.BigEndian.Uint32(head[4:]); version != 2 {
			return corrupt(fmt.Errorf("pack index of version %d", version))
		}
		x.v2, table = true, head[8:]
	}
	for i := range 256 {
		x.fanout[i+1] = binary.BigEndian.Uint32(table[4*i:])
		if x.fanout[i+1] < x.fanout[i] {
			return corrupt(errors.New("unordered fan-out table"))
		}
	}
	need, n := int64(0), int64(x.fanout[256])
	if x.v2 {
		need = 8 + 1024 + n*(hashBytes+8) + 2*hashBytes
	} else {
		need = 1024 + n*(hashBytes+4) + 2*hashBytes
	}
	if info.Size() < need {
		return corrupt(io.ErrUnexpectedEOF)
	}
	return nil
}

func (x *packIndex) close() error {
	if x.file == nil {
		return nil
	}
	return x.file.Close()
}

// part gives the entries whose names start with first.
func (x *packIndex) part(first byte) (*indexPart, error) {
	if part := x.parts[first].Load(); part != nil {
		return part, nil
	}
	lo, n := int64(x.fanout[first]), int64(x.fanout[int(first)+1]-x.fanout[first])
	part := &indexPart{names: make([]byte, n*hashBytes), offsets: make([]byte, n*4)}
	if x.v2 {
		names := int64(8 + 1024)
		offsets := names + int64(x.fanout[256])*(hashBytes+4)
		if _, err := x.r.ReadAt(part.names, names+lo*hashBytes); err != nil && n > 0 {
			return nil, corrupt(err)
		}
		if _, err := x.r.ReadAt(part.offsets, offsets+lo*4); err != nil && n > 0 {
			return nil, corrupt(err)
		}
	} else {
		both := make([]byte, n*(hashBytes+4))
		if _, err := x.r.ReadAt(both, 1024+lo*(hashBytes+4)); err != nil && n > 0 {
			return nil, corrupt(err)
		}
		for i := range n {
			entry := both[i*(hashBytes+4):]
			copy(part.offsets[i*4:], entry[:4])
			copy(part.names[i*hashBytes:], entry[4:4+hashBytes])
		}
	}
	x.parts[first].Store(part)
	return part, nil
}

// search gives the place of the first name that is not below name.
func (part *indexPart) search(name []byte) int {
	lo, hi := 0, len(part.names)/hashBytes
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if bytes.Compare(part.names[mid*hashBytes:(mid+1)*hashBytes], name) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find gives the offset of an object in the pack, or [ErrMissingObject].
func (x *packIndex) find(h plumbing.Hash) (int64, error) {
	part, err := x.part(h[0])
	if err != nil {
		return 0, err
	}
	i := part.search(h[:])
	if i*hashBytes >= len(part.names) || !bytes.Equal(part.names[i*hashBytes:(i+1)*hashBytes], h[:]) {
		return 0, ErrMissingObject
	}
	offset := binary.BigEndian.Uint32(part.offsets[i*4:])
	if !x.v2 || offset&0x80000000 == 0 {
		return int64(offset), nil
	}
	var wide [8]byte
	n := int64(x.fanout[256])
	if _, err := x.r.ReadAt(wide[:], 8+1024+n*(hashBytes+8)+8*int64(offset&0x7fffffff)); err != nil {
		return 0, corrupt(err)
	}
	return int64(binary.BigEndian.Uint64(wide[:]) &^ (1 << 63)), nil
}

// withPrefix appends the objects whose names start with the whole bytes of prefix.
func (x *packIndex) withPrefix(prefix []byte, found []plumbing.Hash) ([]plumbing.Hash, error) {
	part, err := x.part(prefix[0])
	if err != nil {
		return found, err
	}
	for i := part.search(prefix); i*hashBytes < len(part.names); i++ {
		name := part.names[i*hashBytes : (i+1)*hashBytes]
		if !bytes.HasPrefix(name, prefix) {
			break
		}
		found = append(found, plumbing.Hash(name))
	}
	return found, nil
}
