package git

import (
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

// TreeCache caches folders, so that a commit whose folders are known is listed without reading objects. It is for
// programs that scan many commits of a repository one after the other. A repository sees only its own folders. It is
// safe for concurrent use.
//
// The zero value is empty and ready to use.
type TreeCache struct {
	// MaxBytes is the approximate memory limit; each file takes 100 bytes or more. 0 means DefaultTreeCache.
	MaxBytes int64

	mu sync.Mutex
	// recent are the folders that were read or used lately, older those before. When recent reaches half of the limit,
	// older is dropped and recent becomes older.
	recent, older map[treeKey]cachedTree
	bytes         int64
}

// treeKey names a folder of a repository. The name of an object proves nothing about its content in another repository:
// an attacker could make two objects with the same name, and put one of them into another repository.
type treeKey struct {
	repository string
	hash       plumbing.Hash
}

// cachedTree holds the entries of a folder, with file sizes, and their approximate memory. It does not change.
type cachedTree struct {
	entries []treeEntry
	bytes   int64
}

// DefaultTreeCache is enough for about 500,000 files.
const DefaultTreeCache = 64 << 20

// UseTreeCache makes the repository use c; nil means no cache. Call it before anything is read.
func (r *Repository) UseTreeCache(c *TreeCache) { r.treeCache = c }

// get returns a folder; nil if it is not cached.
func (c *TreeCache) get(key treeKey) []treeEntry {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	tree, ok := c.recent[key]
	if !ok {
		if tree, ok = c.older[key]; ok {
			c.keep(key, tree)
		}
	}
	return tree.entries
}

func (c *TreeCache) put(key treeKey, tree cachedTree) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, tree)
}

func (c *TreeCache) keep(key treeKey, tree cachedTree) {
	half := c.MaxBytes / 2
	if half == 0 {
		half = DefaultTreeCache / 2
	}
	if _, ok := c.recent[key]; ok || tree.bytes > half {
		return
	}
	if c.recent == nil || c.bytes+tree.bytes > half {
		c.older, c.recent, c.bytes = c.recent, map[treeKey]cachedTree{}, 0
	}
	c.recent[key] = tree
	c.bytes += tree.bytes
}

// cacheTree caches a folder, unless one of its files cannot be read.
func (r *Repository) cacheTree(h plumbing.Hash, entries []treeEntry, raw int) {
	if r.treeCache == nil || len(entries) == 0 {
		return
	}
	for i := range entries {
		e := &entries[i]
		if e.isTree() || e.fileMode() == scan.ModeSubmodule {
			continue
		}
		size, err := r.objects.Size(e.hash)
		if err != nil {
			return
		}
		e.sized = size + 1
	}
	const entryBytes = 64
	r.treeCache.put(treeKey{r.gitDir, h}, cachedTree{entries, int64(raw + len(entries)*entryBytes)})
}
