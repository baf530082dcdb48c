// Package cache remembers which files were scanned and found clean, so that the next scan of a repository reads only new
// files.
//
// Call [Open] with a folder and a key that covers everything besides the file that can change a finding (rules,
// program). Pass the cache to scan.Scanner, and call [Cache.Save] afterwards. A cache that is damaged, has another
// format, or belongs to another key counts as empty; that is not an error. The cache contains only hashes and numbers:
// no path, no text, no secret.
package cache

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// maxEntries limits the file to 64 MB, or somewhat more with many archives. A larger repository keeps the entries of the
// newest scan.
const maxEntries = 4 << 20

// Cache is a set of clean files. It is safe for concurrent use. A nil cache remembers nothing.
type Cache struct {
	path string
	key  [sha256.Size]byte
	// old was read from the file and does not change. met has a bit for each entry of old, set if this scan met it again.
	old sections
	met []uint32

	mu    sync.Mutex
	added map[entry]scan.Clean
}

// Open reads the cache for a key from dir. Save creates dir if it does not exist.
func Open(dir, key string) *Cache {
	c := &Cache{key: sha256.Sum256([]byte(key)), added: map[entry]scan.Clean{}}
	c.path = filepath.Join(dir, "clean-"+hex.EncodeToString(c.key[:8]))
	data, err := os.ReadFile(c.path)
	if err == nil {
		c.old = parse(data, c.key)
		c.met = make([]uint32, (c.old.len()+31)/32)
	}
	return c
}

// entryOf returns the hash of a file and its path. The path matters, because rules look at names.
func entryOf(blob, path string) entry {
	var room [256]byte
	sum := sha256.Sum256(append(append(append(room[:0], blob...), 0), path...))
	return entry(sum[:entrySize])
}

// Clean implements scan.Cache.
func (c *Cache) Clean(blob, path string) (clean scan.Clean, ok bool) {
	if c == nil || blob == "" || c.old.len() == 0 {
		return scan.Clean{}, false
	}
	clean, at := c.old.find(entryOf(blob, path))
	if at < 0 {
		return scan.Clean{}, false
	}
	atomic.OrUint32(&c.met[at/32], 1<<(at%32))
	return clean, true
}

// Add implements scan.Cache. A file whose findings are all suppressed does not count as clean.
func (c *Cache) Add(blob, path string, clean scan.Clean) {
	if c == nil || blob == "" {
		return
	}
	e := entryOf(blob, path)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.added[e] = clean
}

// Save writes the cache atomically. Entries of earlier scans stay while there is room, because other branches need them.
// Of the caches with other keys in the folder, the newest stay. An error only costs the next scan some time.
func (c *Cache) Save() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.added) == 0 {
		return nil
	}
	room := maxEntries - len(c.added)
	met := 0
	for at := range c.old.len() {
		if c.wasMet(at) {
			met++
		}
	}
	others := max(room-met, 0)
	data := c.old.with(c.key, c.added, func(at int) bool {
		counter := &others
		if c.wasMet(at) {
			counter = &room
		}
		*counter--
		return *counter >= 0
	})
	if err := c.write(data); err != nil {
		return fmt.Errorf("save the cache of scanned files: %w", err)
	}
	c.prune()
	return nil
}

func (c *Cache) wasMet(at int) bool { return c.met[at/32]>>(at%32)&1 == 1 }

func (c *Cache) write(data []byte) error {
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteBytes(c.path, atomicfile.Options{}, data)
}

// keepKeys is the number of keys with a cache in one folder: branches may have different rules.
const keepKeys = 4

// prune deletes the oldest caches.
func (c *Cache) prune() {
	names, err := filepath.Glob(filepath.Join(filepath.Dir(c.path), "clean-????????????????"))
	if err != nil || len(names) <= keepKeys {
		return
	}
	written := func(name string) int64 {
		if info, err := os.Stat(name); err == nil {
			return info.ModTime().UnixNano()
		}
		return 0
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(written(b), written(a)), cmp.Compare(a, b)) })
	for _, name := range names[keepKeys:] {
		if name != c.path {
			_ = os.Remove(name)
		}
	}
}
