package scan

import (
	"fmt"
	"sync"
)

// maxKept bounds the findings of one walk. A tree with more is a dump of credentials, and its list helps nobody; each one
// takes about a kilobyte.
const maxKept = 100_000

// keeper holds the findings of a walk by the place of their file, and only as many as can be among the first maxKept:
// which ones stay does not depend on the order in which files are done. Those inside of archives are counted apart,
// because whether an archive counts at all is known at the end only.
type keeper struct {
	mu      sync.Mutex
	lists   [][]Finding
	insides []*inside
	// kept is the number in lists, keptInside that in insides, and total that of all findings outside of archives.
	kept, keptInside, total int
	// cut is the number of files in front that can matter, cutInside that of those whose insides can.
	cut, cutInside int
}

func newKeeper(files int) *keeper {
	return &keeper{lists: make([][]Finding, files), insides: make([]*inside, files), cut: files, cutInside: files}
}

// put takes the findings of file i, and what was inside of it, which may be nil. It is safe for concurrent use.
func (k *keeper) put(i int, list []Finding, in *inside) {
	if len(list) == 0 && in == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.total += len(list)
	if i < k.cut {
		k.lists[i] = list
		k.kept += len(list)
	}
	if k.insides[i] = in; in != nil {
		if i >= k.cutInside {
			in.findings = nil
		}
		k.keptInside += len(in.findings)
	}
	// Files in front that are still being read can only move a cut further to the front.
	if k.kept >= 2*maxKept {
		k.cut = k.reached(k.cut, func(j int) int { return len(k.lists[j]) })
		for rest := k.cut; rest < len(k.lists); rest++ {
			k.kept -= len(k.lists[rest])
			k.lists[rest] = nil
		}
	}
	if k.keptInside >= 2*maxKept {
		// An archive counts only when all archives in front of it do.
		k.cutInside = k.reached(k.cutInside, func(j int) int { return len(k.lists[j]) + k.insides[j].len() })
		for rest := k.cutInside; rest < len(k.insides); rest++ {
			if in := k.insides[rest]; in != nil {
				k.keptInside -= len(in.findings)
				in.findings = nil
			}
		}
	}
}

// reached gives the number of files in front, at most cut, that have maxKept findings together.
func (k *keeper) reached(cut int, count func(i int) int) int {
	sum := 0
	for j := range cut {
		if sum += count(j); sum >= maxKept {
			return j + 1
		}
	}
	return cut
}

// all gives the findings in the order of their files, and says when there were more. It asks accept for each archive, in
// that order, whether it counts.
func (k *keeper) all(accept func(i int, in *inside) bool) (findings []Finding, more *Failure) {
	for i, list := range k.lists {
		findings = append(findings, list...)
		if in := k.insides[i]; in != nil && accept(i, in) {
			findings = append(findings, in.findings...)
			k.total += in.total
		}
	}
	if k.total <= maxKept {
		return findings, nil
	}
	return findings[:maxKept:maxKept], &Failure{Err: fmt.Errorf(
		"%s in one scan: only the first %s by path are listed and judged; leave out what is no code of yours (a folder with --worktree), or remove it",
		Plural(k.total, "finding", "findings"), Thousands(maxKept))}
}
