package sarif

import (
	"path"
	"slices"
	"strings"
)

type settled struct {
	path      string
	ok, vague bool
	absent    bool
	// could names two of the possible files.
	could [2]string
}

func (x *treeIndex) settle(at place) settled {
	if full, ok := x.full(at); ok {
		return x.absolute(full, at)
	}
	ups, rest := climb(at.path)
	if folder, ok := x.folders[ups]; ok {
		if file := path.Join(folder, rest); x.has[file] {
			return settled{path: file, ok: true}
		}
	}
	if ups == 0 && x.has[rest] {
		return settled{path: rest, ok: true}
	}
	if name, below, ok := strings.Cut(rest, "/"); ok && ups == 0 && x.has[below] && slices.Contains(x.tree.Names, name) {
		return settled{path: below, ok: true}
	}
	if s := one(x.endingIn(rest)); s.ok || s.vague {
		return s
	}
	if ups > 0 {
		return x.absolute("/"+rest, at)
	}
	if file, ok := inside(rest); ok {
		return settled{path: file, ok: true, absent: true}
	}
	return settled{}
}

// one returns the file if there is exactly one, and marks several as vague.
func one(files []string) settled {
	switch len(files) {
	case 0:
		return settled{}
	case 1:
		return settled{path: files[0], ok: true}
	}
	return settled{vague: true, could: [2]string{files[0], files[1]}}
}

// absolute settles a place by its absolute path.
func (x *treeIndex) absolute(full string, at place) settled {
	if rest, ok := x.bases.below(full); ok {
		if file, ok := inside(rest); ok {
			return settled{path: file, ok: true, absent: !x.has[file]}
		}
	}
	if s := x.choose(x.ends(full)); s.ok || s.vague {
		return s
	}
	// The tool's root was a folder of the repository that has another name here.
	for _, up := range x.bases.declared() {
		if rest, ok := below(up, full); ok {
			if s := one(x.endingIn(rest)); s.ok || s.vague {
				return s
			}
		}
	}
	if s := x.common(full); s.ok || s.vague {
		return s
	}
	// The tool says that the file is below its root, but the commit does not have it: the build may have made it.
	p, ok := at.path, true
	if at.absolute {
		p, ok = x.bases.relative(full)
	}
	if file, local := inside(p); ok && local && !strings.HasPrefix(p, "../") {
		return settled{path: file, ok: true, absent: true}
	}
	return settled{}
}

// choose picks one of several ends of a path: the one that explains the most places of the run; else the one whose
// folder is named like the repository or is declared by the log; else the longest, unless that makes the root of the
// machine the root of the repository.
func (x *treeIndex) choose(list []end) settled {
	if len(list) == 0 {
		return settled{}
	}
	best := list[:0:0]
	for _, c := range list {
		switch {
		case len(best) == 0 || x.votes[c.prefix] > x.votes[best[0].prefix]:
			best = append(best[:0], c)
		case x.votes[c.prefix] == x.votes[best[0].prefix]:
			best = append(best, c)
		}
	}
	if len(best) > 1 {
		for _, fits := range []func(prefix string) bool{
			func(prefix string) bool { return slices.Contains(x.tree.Names, path.Base(prefix)) },
			func(prefix string) bool { return best[0].prefix == "" && slices.Contains(x.bases.declared(), prefix) },
		} {
			var fitting []end
			for _, c := range best {
				if fits(c.prefix) {
					fitting = append(fitting, c)
				}
			}
			if len(fitting) == 1 {
				return settled{path: fitting[0].file, ok: true}
			}
		}
		if best[0].prefix == "" {
			return settled{vague: true, could: [2]string{best[0].file, best[1].file}}
		}
	}
	return settled{path: best[0].file, ok: true}
}

// minCommon is the number of segments at the end of a path that identify a file of the tree.
const minCommon = 2

// common looks for the one file that shares the most folders at its end with an absolute path; then the tool's root was
// a folder of the repository.
func (x *treeIndex) common(full string) settled {
	if foreign(full[:strings.LastIndexByte(full, '/')+1]) {
		return settled{}
	}
	longest := minCommon - 1
	var files []string
	for _, file := range x.byTail[tail(full)] {
		n := commonSegments(full, file)
		switch {
		case n > longest:
			longest, files = n, append(files[:0], file)
		case n == longest && n >= minCommon:
			files = append(files, file)
		}
	}
	return one(files)
}

// commonSegments counts the segments that two paths share at their ends.
func commonSegments(a, b string) int {
	n := 0
	for range maxSegments {
		i, j := strings.LastIndexByte(a, '/'), strings.LastIndexByte(b, '/')
		if a[i+1:] != b[j+1:] {
			break
		}
		n++
		if i < 0 || j < 0 {
			break
		}
		a, b = a[:i], b[:j]
	}
	return n
}
