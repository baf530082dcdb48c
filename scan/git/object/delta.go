package object

import (
	"container/list"
	"errors"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

var errDelta = errors.New("malformed delta")

// deltaSizes reads the two sizes at the beginning of a delta (gitformat-pack, "Deltified representation"): the size of
// the base and of the result. rest is the instructions.
func deltaSizes(delta []byte) (base, result int64, rest []byte, err error) {
	base, n := sizeVarint(delta)
	if n == 0 {
		return 0, 0, nil, Corrupt(errDelta)
	}
	result, m := sizeVarint(delta[n:])
	if m == 0 {
		return 0, 0, nil, Corrupt(errDelta)
	}
	return base, result, delta[n+m:], nil
}

// sizeVarint reads a little-endian base-128 number; n is 0 if there is none, or if it overflows.
func sizeVarint(b []byte) (value int64, n int) {
	for shift := 0; n < len(b) && shift < 56; shift += 7 {
		c := b[n]
		n++
		value |= int64(c&0x7f) << shift
		if c&0x80 == 0 {
			return value, n
		}
	}
	return 0, 0
}

// applyDelta applies delta to base. It writes the result to buf if that is large enough.
func applyDelta(base, delta, buf []byte, limit int64) ([]byte, error) {
	baseSize, size, delta, err := deltaSizes(delta)
	if err != nil {
		return nil, err
	}
	if baseSize != int64(len(base)) {
		return nil, Corrupt(errDelta)
	}
	if size > limit {
		return nil, ErrTooLarge
	}
	out := Sized(buf, size)
	at := 0
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		if op&0x80 == 0 {
			n := int(op)
			if n == 0 || n > len(delta) || n > len(out)-at {
				return nil, Corrupt(errDelta)
			}
			at += copy(out[at:], delta[:n])
			delta = delta[n:]
			continue
		}
		var offset, n int64
		for i := range 7 {
			if op&(1<<i) == 0 {
				continue
			}
			if len(delta) == 0 {
				return nil, Corrupt(errDelta)
			}
			if i < 4 {
				offset |= int64(delta[0]) << (8 * i)
			} else {
				n |= int64(delta[0]) << (8 * (i - 4))
			}
			delta = delta[1:]
		}
		if n == 0 {
			n = 0x10000
		}
		if offset > baseSize || n > baseSize-offset || n > int64(len(out)-at) {
			return nil, Corrupt(errDelta)
		}
		at += copy(out[at:], base[offset:offset+n])
	}
	if at != len(out) {
		return nil, Corrupt(errDelta)
	}
	return out, nil
}

// baseKey names an object by its place. If delta is set, it means the delta itself at that place, not the object that it
// makes.
type baseKey struct {
	pack   *pack
	offset int64
	delta  bool
}

// base is an inflated object on which deltas build, or a delta that is about to be applied. Its data never changes.
type base struct {
	key  baseKey
	kind plumbing.ObjectType
	data []byte
}

// baseCache holds the most recently used bases. It is safe for concurrent use.
type baseCache struct {
	maxBytes int64

	mu      sync.Mutex
	bytes   int64
	order   *list.List
	entries map[baseKey]*list.Element
}

func newBaseCache(maxBytes int64) *baseCache {
	return &baseCache{maxBytes: maxBytes, order: list.New(), entries: map[baseKey]*list.Element{}}
}

func (c *baseCache) get(key baseKey) (*base, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*base), true
}

func (c *baseCache) put(b *base) {
	size := int64(len(b.data))
	if size > c.maxBytes/2 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[b.key]; ok {
		return
	}
	c.entries[b.key] = c.order.PushFront(b)
	for c.bytes += size; c.bytes > c.maxBytes; {
		last := c.order.Back()
		old := c.order.Remove(last).(*base)
		delete(c.entries, old.key)
		c.bytes -= int64(len(old.data))
	}
}
