package object

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// maxDeltaChain is far above git's own limit of 4095; a longer chain is a loop.
	maxDeltaChain = 10_000
	// maxKeptDelta is the size of the largest delta that is cached between a request for the size of an object and its
	// read.
	maxKeptDelta = 8 << 10
	// maxScratch is the size of the largest delta buffer that is reused.
	maxScratch = 1 << 20
)

// pack is a pack file with its index (gitformat-pack). It is safe for concurrent use, because all reads are at offsets
// and there is no shared position. go-git's reader has one position per pack, hashes every object that it caches, and
// builds a table of all offsets before the first delta.
type pack struct {
	path  string
	index *packIndex

	open sync.Once
	file *os.File
	size int64
	err  error
}

// openPack reads the index beside a pack. The pack itself is opened on first use.
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
			p.err = Corrupt(p.err)
			return
		}
		version := binary.BigEndian.Uint32(head[4:])
		if string(head[:4]) != "PACK" || version != 2 && version != 3 {
			p.err = Corrupt(fmt.Errorf("%s is not a pack of version 2 or 3", p.path))
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
	// size is the size of the inflated data; for a delta, the size of the delta itself.
	size int64
	// data is the offset of the compressed data.
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
		return packEntry{}, Corrupt(err)
	}
	b := head[:n]
	e := packEntry{kind: plumbing.ObjectType(b[0] >> 4 & 7), size: int64(b[0] & 15)}
	at := 1
	for shift := 4; b[at-1]&0x80 != 0; shift += 7 {
		if at >= len(b) || shift > 53 {
			return packEntry{}, Corrupt(errors.New("malformed object header"))
		}
		e.size |= int64(b[at]&0x7f) << shift
		at++
	}
	switch e.kind {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
	case plumbing.OFSDeltaObject:
		back, n := offsetVarint(b[at:])
		if n == 0 || back <= 0 || back >= offset {
			return packEntry{}, Corrupt(errors.New("malformed delta offset"))
		}
		e.baseOffset = offset - back
		at += n
	case plumbing.REFDeltaObject:
		if at+HashBytes > len(b) {
			return packEntry{}, Corrupt(errors.New("malformed delta base"))
		}
		at += copy(e.baseHash[:], b[at:at+HashBytes])
	default:
		return packEntry{}, Corrupt(fmt.Errorf("object of kind %d", e.kind))
	}
	e.data = offset + int64(at)
	if e.size/maxDeflate > fileSize-e.data {
		return packEntry{}, Corrupt(errors.New("more data than the pack can hold"))
	}
	return e, nil
}

func (e packEntry) isDelta() bool {
	return e.kind == plumbing.OFSDeltaObject || e.kind == plumbing.REFDeltaObject
}

// offsetVarint reads the big-endian number of an OFS delta, in which each further byte also adds one.
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

// objectSize returns the size of the object at offset. A delta has it at the beginning of its data. A small delta is
// inflated completely and kept in bases, because the object will probably be read next.
func (p *pack) objectSize(offset int64, bases *baseCache) (int64, error) {
	e, err := p.entry(offset)
	if err != nil || !e.isDelta() {
		return e.size, err
	}
	if e.size <= maxKeptDelta {
		delta, err := p.delta(offset, e, nil, bases)
		if err != nil {
			return 0, err
		}
		bases.put(&base{baseKey{p, offset, true}, e.kind, delta})
		_, size, _, err := deltaSizes(delta)
		return size, err
	}
	in := inflaters.Get().(*inflater)
	defer in.release()
	if err := in.reset(p.file, e.data, maxKeptDelta); err != nil {
		return 0, err
	}
	var head [20]byte
	begin, err := in.begin(head[:])
	if err != nil {
		return 0, err
	}
	_, size, _, err := deltaSizes(begin)
	return size, err
}

// delta returns the inflated delta at offset. It uses bases, or else buf's memory if that is large enough.
func (p *pack) delta(offset int64, e packEntry, buf []byte, bases *baseCache) ([]byte, error) {
	if kept, ok := bases.get(baseKey{p, offset, true}); ok {
		return kept.data, nil
	}
	return inflateAt(p.file, e.data, e.size, buf)
}

// object reads the object at offset into buf. bases caches the bases of deltas; other finds a base that is in another
// pack.
func (p *pack) object(offset int64, buf []byte, limit int64, bases *baseCache, other func(plumbing.Hash) (*base, error)) (plumbing.ObjectType, []byte, error) {
	var chain []packEntry
	var from *base
	at := offset
	for {
		if len(chain) > 0 {
			if b, ok := bases.get(baseKey{pack: p, offset: at}); ok {
				from = b
				break
			}
		}
		e, err := p.entry(at)
		if err != nil {
			return 0, nil, err
		}
		if e.size > MaxBytes || len(chain) == 0 && !e.isDelta() && e.size > limit {
			return 0, nil, ErrTooLarge
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
			from = &base{baseKey{pack: p, offset: at}, e.kind, data}
			bases.put(from)
			break
		}
		if len(chain) == maxDeltaChain {
			return 0, nil, Corrupt(errors.New("endless chain of deltas"))
		}
		// baseOffset now holds the offset of the object itself, which is the key of the cache.
		next := e.baseOffset
		if e.kind == plumbing.REFDeltaObject {
			next, err = p.index.find(e.baseHash)
			if errors.Is(err, ErrMissing) {
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
		*scratch = Sized(*scratch, min(e.size, maxScratch))
		delta, err := p.delta(e.baseOffset, e, *scratch, bases)
		if err != nil {
			return 0, nil, err
		}
		if i == 0 {
			data, err := applyDelta(from.data, delta, buf, limit)
			return from.kind, data, err
		}
		data, err := applyDelta(from.data, delta, nil, MaxBytes)
		if err != nil {
			return 0, nil, err
		}
		from = &base{baseKey{pack: p, offset: e.baseOffset}, from.kind, data}
		bases.put(from)
	}
	return from.kind, append(buf[:0], from.data...), nil
}

var deltaBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}
