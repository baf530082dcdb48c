package db

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"time"
)

// idMaker makes ids that are ordered by time, differ between nodes, and are the same kind of number in every database: 41 bits
// of milliseconds since 2020 and 22 bits that begin anywhere.
type idMaker struct {
	mu   sync.Mutex
	last int64
}

const (
	idEpoch = 1_577_836_800_000
	idBits  = 22
)

// NextIDs gives n ids in a row, the first of which it returns. Ids are ordered by time and differ between nodes.
func (d *DB) NextIDs(n int) int64 { return d.ids.next(n) }

// next gives n ids in a row, the first of which it returns.
func (m *idMaker) next(n int) int64 {
	var random [4]byte
	// It never fails (crypto/rand).
	_, _ = rand.Read(random[:])
	// The upper half of the room is left for those that follow.
	start := (time.Now().UnixMilli()-idEpoch)<<idBits | int64(binary.LittleEndian.Uint32(random[:])>>(32-idBits+1))
	m.mu.Lock()
	defer m.mu.Unlock()
	start = max(start, m.last+1)
	m.last = start + int64(n) - 1
	return start
}

// Key is how people and programs call a scan or a batch.
func Key(id int64) string { return strings.ToUpper(strconv.FormatInt(id, 36)) }

// ParseKey gives the id of a key; ok is false for a text that is not a key.
func ParseKey(key string) (id int64, ok bool) {
	id, err := strconv.ParseInt(strings.ToLower(key), 36, 64)
	return id, err == nil && id > 0 && Key(id) == strings.ToUpper(key)
}
