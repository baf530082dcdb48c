package db

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"time"
)

// idMaker makes ids that are ordered by time, differ between nodes, and fit the same integer type in both databases. An
// id has 41 bits of milliseconds since 2020 and 22 bits with a random start.
type idMaker struct {
	mu   sync.Mutex
	last int64
}

const (
	idEpoch = 1_577_836_800_000
	idBits  = 22
)

// NextIDs reserves n consecutive ids and returns the first. Ids are ordered by time and differ between nodes.
func (d *DB) NextIDs(n int) int64 { return d.ids.next(n) }

// next reserves n consecutive ids and returns the first.
func (m *idMaker) next(n int) int64 {
	var random [4]byte
	// It never fails (crypto/rand).
	_, _ = rand.Read(random[:])
	// Start in the lower half, so that the ids that follow fit.
	start := (time.Now().UnixMilli()-idEpoch)<<idBits | int64(binary.LittleEndian.Uint32(random[:])>>(32-idBits+1))
	m.mu.Lock()
	defer m.mu.Unlock()
	start = max(start, m.last+1)
	m.last = start + int64(n) - 1
	return start
}

// Key returns the text by which people and programs name a scan or a batch.
func Key(id int64) string { return strings.ToUpper(strconv.FormatInt(id, 36)) }

// ParseKey returns the id of a key; ok is false if the text is not a key.
func ParseKey(key string) (id int64, ok bool) {
	id, err := strconv.ParseInt(strings.ToLower(key), 36, 64)
	return id, err == nil && id > 0 && Key(id) == strings.ToUpper(key)
}
