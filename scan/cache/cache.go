// Package cache remembers which files were scanned and found clean, so that the next scan of a repository reads only
// what is new.
//
// Call [Open] with a folder and a key that names everything a finding depends on besides the file (rules, program);
// hand the cache to scan.Scanner, and [Cache.Save] it afterwards. A cache is never trusted: one that is damaged, of
// another form, or made under another key counts as empty, and none of this is an error. It holds hashes only: no
// path, no text, no secret.
package cache

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

const (
	// magic begins the file and names its form.
	magic = "sluice clean blobs 1\n"
	// entrySize is the part of a SHA-256 that is kept: at a hundred million entries, two are alike by chance with a
	// probability of about 1 in 10^23.
	entrySize = 16
	// maxEntries bounds the file to 64 MB; a repository with more keeps those of the newest scan.
	maxEntries = 4 << 20
)

type entry [entrySize]byte

// Cache is a set of clean files. It is safe for concurrent use. A nil cache remembers nothing.
type Cache struct {
	path string
	key  [sha256.Size]byte
	// old came from the file and is only read.
	old map[entry]struct{}

	mu sync.Mutex
	// used are the entries of old that this scan met again, and the new ones.
	used  map[entry]struct{}
	added bool
}

// Open reads the cache that dir holds for a key. A folder that is not there is made by Save.
func Open(dir, key string) *Cache {
	c := &Cache{key: sha256.Sum256([]byte(key)), used: map[entry]struct{}{}}
	c.path = filepath.Join(dir, "clean-"+hex.EncodeToString(c.key[:8]))
	data, err := os.ReadFile(c.path)
	if err == nil {
		c.old = parse(data, c.key)
	}
	return c
}

// parse gives the entries of a file; nil when it is not exactly what Save writes.
func parse(data []byte, key [sha256.Size]byte) map[entry]struct{} {
	body, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok || len(body) < 2*sha256.Size || !bytes.Equal(body[:sha256.Size], key[:]) {
		return nil
	}
	sum := sha256.Sum256(data[:len(data)-sha256.Size])
	entries := body[sha256.Size : len(body)-sha256.Size]
	if !bytes.Equal(data[len(data)-sha256.Size:], sum[:]) || len(entries)%entrySize != 0 || len(entries)/entrySize > maxEntries {
		return nil
	}
	set := make(map[entry]struct{}, len(entries)/entrySize)
	for ; len(entries) > 0; entries = entries[entrySize:] {
		set[entry(entries)] = struct{}{}
	}
	return set
}

// entryOf names a file. The path counts, because rules look at names.
func entryOf(blob, path string, binary bool) entry {
	kind := "\x00text"
	if binary {
		kind = "\x00binary"
	}
	sum := sha256.Sum256([]byte(blob + "\x00" + path + kind))
	return entry(sum[:entrySize])
}

// Clean implements scan.Cache.
func (c *Cache) Clean(blob, path string) (binary, ok bool) {
	if c == nil || blob == "" || len(c.old) == 0 {
		return false, false
	}
	for _, binary := range []bool{false, true} {
		e := entryOf(blob, path, binary)
		if _, ok := c.old[e]; ok {
			c.mu.Lock()
			c.used[e] = struct{}{}
			c.mu.Unlock()
			return binary, true
		}
	}
	return false, false
}

// Add implements scan.Cache. A file whose findings are all suppressed is not clean.
func (c *Cache) Add(blob, path string, binary bool) {
	if c == nil || blob == "" {
		return
	}
	e := entryOf(blob, path, binary)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used[e] = struct{}{}
	c.added = true
}

// Save writes the cache, whole or not at all. Entries of earlier scans stay as long as there is room, because other
// branches need them. Of the caches of other keys in the folder the newest stay. An error only costs the next scan some time.
func (c *Cache) Save() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.added {
		return nil
	}
	entries := make([]entry, 0, len(c.used)+len(c.old))
	for e := range c.used {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, compare)
	entries = entries[:min(len(entries), maxEntries)]
	var rest []entry
	for e := range c.old {
		if _, ok := c.used[e]; !ok {
			rest = append(rest, e)
		}
	}
	slices.SortFunc(rest, compare)
	entries = append(entries, rest[:min(len(rest), maxEntries-len(entries))]...)
	slices.SortFunc(entries, compare)
	if err := c.write(entries); err != nil {
		return fmt.Errorf("save the cache of scanned files: %w", err)
	}
	c.prune()
	return nil
}

func compare(a, b entry) int { return bytes.Compare(a[:], b[:]) }

func (c *Cache) write(entries []entry) error {
	data := make([]byte, 0, len(magic)+2*sha256.Size+entrySize*len(entries))
	data = append(data, magic...)
	data = append(data, c.key[:]...)
	for _, e := range entries {
		data = append(data, e[:]...)
	}
	sum := sha256.Sum256(data)
	data = append(data, sum[:]...)
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(c.path), ".clean-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), c.path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}

// keepKeys is how many keys may have a cache in one folder: branches with other rules.
const keepKeys = 4

// prune removes the caches that were written longest ago.
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
