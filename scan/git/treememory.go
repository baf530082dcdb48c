package git

import (
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

// TreeMemory keeps folders that were read, so that a commit whose folders were met before is listed without its objects. It is
// for programs that scan many commits of a repository one after the other; a repository sees only what was read of its own. It is
// safe for concurrent use.
//
// The zero value is empty and ready.
type TreeMemory struct {
	// MaxBytes is about how many bytes it takes, which are 100 and more for each file; 0 means DefaultTreeMemory.
	MaxBytes int64

	mu sync.Mutex
	// recent are those that were read or asked for of late, and older those before: when recent has half of the limit, older
	// goes, and recent becomes older.
	recent, older map[treeKey]rememberedTree
	bytes         int64
}

// treeKey names a folder of a repository. An object's name is no proof of its content to others: an attacker might have made two
// of the same name, and put one of them into a repository of his own.
type treeKey struct {
	repository string
	hash       plumbing.Hash
}

// rememberedTree is the entries of a folder, with the sizes of its files, and about how many bytes they take. They are not changed.
type rememberedTree struct {
	entries []treeEntry
	bytes   int64
}

// DefaultTreeMemory is enough for some 500,000 files.
const DefaultTreeMemory = 64 << 20

// Remember makes the repository use the memory, nil for none. It is called before anything is read.
func (r *Repository) Remember(m *TreeMemory) { r.remembered = m }

// get gives a folder; nil when it is not known.
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

// remember puts a folder into the memory, unless one of its files cannot be read.
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
