package scan

import (
	"fmt"
	"sync"
)

// maxKept limits the findings of one walk. A tree with more is a dump of credentials, and a longer list helps nobody.
// Each finding takes about a kilobyte.
const maxKept = 100_000

// keeper holds the findings of a walk by the index of their file. It keeps only findings that can be among the first
// maxKept, so the selection does not depend on the order in which files finish. Findings inside archives are counted
// separately, because only the end of the walk tells whether an archive counts.
type keeper struct {
	mu      sync.Mutex
	lists   [][]Finding
	insides []*inside
	// kept is the number of findings in lists, keptInside the number in insides, and total the number of all findings
	// outside archives.
	kept, keptInside, total int
	// cut is the number of leading files whose findings can still count. cutInside is the same for findings inside
	// archives.
	cut, cutInside int
}

func newKeeper(files int) *keeper {
	return &keeper{lists: make([][]Finding, files), insides: make([]*inside, files), cut: files, cutInside: files}
}

// put stores the findings of file i, and those of the archive in it; in may be nil. It is safe for concurrent use.
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
	// Earlier files that are still being read can only lower the cut.
	if k.kept >= 2*maxKept {
		k.cut = k.reached(k.cut, func(j int) int { return len(k.lists[j]) })
		for rest := k.cut; rest < len(k.lists); rest++ {
			k.kept -= len(k.lists[rest])
			k.lists[rest] = nil
		}
	}
	if k.keptInside >= 2*maxKept {
		// An archive counts only if all archives before it do.
		k.cutInside = k.reached(k.cutInside, func(j int) int { return len(k.lists[j]) + k.insides[j].len() })
		for rest := k.cutInside; rest < len(k.insides); rest++ {
			if in := k.insides[rest]; in != nil {
				k.keptInside -= len(in.findings)
				in.findings = nil
			}
		}
	}
}

// reached returns the number of leading files, at most cut, that have maxKept findings together.
func (k *keeper) reached(cut int, count func(i int) int) int {
	sum := 0
	for j := range cut {
		if sum += count(j); sum >= maxKept {
			return j + 1
		}
	}
	return cut
}

// all returns the findings in file order, and a failure if there were more. It asks accept for each archive, in that
// order, whether it counts.
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
		"%s in one scan: only the first %s by path are listed and judged; leave out files that are not your code (a folder with --worktree), or remove them",
		Plural(k.total, "finding", "findings"), Thousands(maxKept))}
}
