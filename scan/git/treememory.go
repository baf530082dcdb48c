package git

import (
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

// TreeMemory caches folders, so that a commit whose folders are known is listed without reading objects. It is for
// programs that scan many commits of a repository one after the other. A repository sees only its own folders. It is
// safe for concurrent use.
//
// The zero value is empty and ready to use.
type TreeMemory struct {
	// MaxBytes is the approximate memory limit; each file takes 100 bytes or more. 0 means DefaultTreeMemory.
	MaxBytes int64

	mu sync.Mutex
	// recent are the folders that were read or used lately, older those before. When recent reaches half of the limit,
	// older is dropped and recent becomes older.
	recent, older map[treeKey]rememberedTree
	bytes         int64
}

// treeKey names a folder of a repository. The name of an object proves nothing about its content in another repository:
// an attacker could make two objects with the same name, and put one of them into another repository.
type treeKey struct {
	repository string
	hash       plumbing.Hash
}

// rememberedTree holds the entries of a folder, with file sizes, and their approximate memory. It does not change.
type rememberedTree struct {
	entries []treeEntry
	bytes   int64
}

// DefaultTreeMemory is enough for about 500,000 files.
const DefaultTreeMemory = 64 << 20

// Remember makes the repository use m; nil means no cache. Call it before anything is read.
func (r *Repository) Remember(m *TreeMemory) { r.remembered = m }

// get returns a folder; nil if it is not cached.
func (m *TreeMemory) get(key treeKey) []treeEntry {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	tree, ok := m.recent[key]
	if !ok {
		if tree, ok = m.older[key]; ok {
			m.keep(key, tree)
		}
	}
	return tree.entries
}

func (m *TreeMemory) put(key treeKey, tree rememberedTree) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(key, tree)
}

func (m *TreeMemory) keep(key treeKey, tree rememberedTree) {
	half := m.MaxBytes / 2
	if half == 0 {
		half = DefaultTreeMemory / 2
	}
	if _, ok := m.recent[key]; ok || tree.bytes > half {
		return
	}
	if m.recent == nil || m.bytes+tree.bytes > half {
		m.older, m.recent, m.bytes = m.recent, map[treeKey]rememberedTree{}, 0
	}
	m.recent[key] = tree
	m.bytes += tree.bytes
}

// remember caches a folder, unless one of its files cannot be read.
func (r *Repository) remember(h plumbing.Hash, entries []treeEntry, raw int) {
	if r.remembered == nil || len(entries) == 0 {
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
	r.remembered.put(treeKey{r.gitDir, h}, rememberedTree{entries, int64(raw + len(entries)*entryBytes)})
}
