package scan

import (
	"fmt"
	"sync"
)

// maxKept bounds the findings of one walk. A tree with more is a dump of credentials, and its list helps nobody; each one
// takes about a kilobyte.
const maxKept = 100_000

// keeper holds the findings of a walk by the place of their file, and only as many as can be among the first maxKept:
// which ones stay does not depend on the order in which files are done.
type keeper struct {
	mu    sync.Mutex
	lists [][]Finding
	// kept is the number in lists, total that of all findings.
	kept, total int
	// cut is the number of files in front that can matter.
	cut int
}

func newKeeper(files int) *keeper { return &keeper{lists: make([][]Finding, files), cut: files} }

// put takes the findings of file i. It is safe for concurrent use.
func (k *keeper) put(i int, list []Finding) {
	if len(list) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.total += len(list)
	if i >= k.cut {
		return
	}
	k.lists[i] = list
	if k.kept += len(list); k.kept < 2*maxKept {
		return
	}
	// Files in front that are still being read can only move the cut further to the front.
	sum := 0
	for j := range k.cut {
		if sum += len(k.lists[j]); sum >= maxKept {
			for rest := j + 1; rest < k.cut; rest++ {
				k.kept -= len(k.lists[rest])
				k.lists[rest] = nil
			}
			k.cut = j + 1
			return
		}
	}
}

// all gives the findings in the order of their files, and says when there were more.
func (k *keeper) all() (findings []Finding, more *Failure) {
	for _, list := range k.lists {
		findings = append(findings, list...)
	}
	if k.total <= maxKept {
		return findings, nil
	}
	return findings[:maxKept:maxKept], &Failure{Err: fmt.Errorf(
		"%s in one scan: only the first %s by path are listed and judged; leave out what is no code of yours (a folder with --worktree), or remove it",
		Plural(k.total, "finding", "findings"), Thousands(maxKept))}
}
