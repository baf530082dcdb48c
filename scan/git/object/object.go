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
	// ErrMissing: the repository does not have the object, as in a partial or damaged clone.
	ErrMissing = errors.New("object is not in the repository")
	// ErrCorrupt: the object is there and its bytes are not what its name says.
	ErrCorrupt = errors.New("object is corrupt")
	// ErrTooLarge: the object is above the limit that the caller gave, or above [MaxBytes].
	ErrTooLarge = errors.New("object is too large to be read into memory")
)

const (
	// HashBytes is the length of the name of an object.
	HashBytes = 20
	// MaxBytes is the largest object that is taken into memory.
	MaxBytes = 1 << 30
	// MaxTreeBytes is the largest tree object that is read: five million entries and more.
	MaxTreeBytes = 256 << 20
)

// Hash is the name that git gives an object. The hash is the plain SHA-1 of the standard library: whoever could
// plant a collision would have to get it past git, which refuses the known attack, before it gets here.
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

// Sized gives size bytes of memory, buf's own when it has enough.
func Sized(buf []byte, size int64) []byte {
	if int64(cap(buf)) >= size && buf != nil {
		return buf[:size]
	}
	return make([]byte, size)
}

// Corrupt marks what a damaged stream gives as [ErrCorrupt].
func Corrupt(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
