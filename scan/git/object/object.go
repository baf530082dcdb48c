package object

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

var (
	// ErrMissing means that the repository does not have the object, as in a partial or damaged clone.
	ErrMissing = errors.New("object is not in the repository")
	// ErrCorrupt means that the bytes of an object do not match its name.
	ErrCorrupt = errors.New("object is corrupt")
	// ErrTooLarge means that the object exceeds the caller's limit, or [MaxBytes].
	ErrTooLarge = errors.New("object is too large to be read into memory")
)

const (
	// HashBytes is the length of the name of an object.
	HashBytes = 20
	// MaxBytes is the size of the largest object that is loaded into memory.
	MaxBytes = 1 << 30
	// MaxTreeBytes is the size of the largest tree object that is read: more than five million entries.
	MaxTreeBytes = 256 << 20
)

// Hash returns the name that git gives an object. It uses the plain SHA-1 of the standard library: an attacker would
// first have to get a collision past git, which detects the known attack.
func Hash(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	h.Reset()
	h.head = append(h.head[:0], kind.Bytes()...)
	h.head = append(h.head, ' ')
	h.head = strconv.AppendInt(h.head, int64(len(data)), 10)
	h.head = append(h.head, 0)
	h.Write(h.head)
	h.Write(data)
	return plumbing.Hash(h.Sum(h.sum[:0]))
}

type hasher struct {
	hash.Hash
	head []byte
	sum  [HashBytes]byte
}

var hashers = sync.Pool{New: func() any { return &hasher{Hash: sha1.New(), head: make([]byte, 0, 32)} }}

// Sized returns size bytes of memory; it reuses buf if that is large enough.
func Sized(buf []byte, size int64) []byte {
	if int64(cap(buf)) >= size && buf != nil {
		return buf[:size]
	}
	return make([]byte, size)
}

// Corrupt marks the error of a damaged stream as [ErrCorrupt].
func Corrupt(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
