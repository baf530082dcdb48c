package sarif

import (
	"path"
	"slices"
	"strings"
)

// Tree describes the files that a log refers to.
type Tree struct {
	// Paths are all of them, relative to the root, with slashes.
	Paths []string
	// Read returns the content of one of them, for positions that are counted in characters; nil if it is not available.
	Read func(path string) ([]byte, error)
	// Names are possible names of the root folder on other machines: the repository, the folder of the clone.
	Names []string
}

// maxSegments limits the segments of a path that are compared, from its end.
const maxSegments = 64

// treeIndex finds the one file of a tree that a place of a log means: other tools ran on other machines, in containers,
// in a folder of the repository or beside it. If two files are possible, neither is chosen.
type treeIndex struct {
	tree  *Tree
	bases *bases
	has   map[string]bool
	// byName lists the files by name, byTail by their last two segments, of which few are equal in any tree.
	byName, byTail map[string][]string
	// votes counts, for each folder of another machine, the absolute places of the run that it explains as the root.
	votes map[string]int
	// folders has, for each number of leading "../", the folder of the tree that explains all relative places of the run; a
	// missing number has none.
	folders map[int]string
	// cwd is true if relative places start in the tool's working directory, although the root has such files too.
	cwd   bool
	known map[place]settled
	// vague counts the places that match more than one file, absent those that match no file of the tree.
	vague, absent               int
	vagueExample, absentExample string
}

func newTreeIndex(t *Tree, b *bases) *treeIndex {
	x := &treeIndex{
		tree: t, bases: b, has: make(map[string]bool, len(t.Paths)), byName: map[string][]string{}, byTail: map[string][]string{},
		votes: map[string]int{}, folders: map[int]string{}, known: map[place]settled{},
	}
	for _, p := range t.Paths {
		x.has[p] = true
		name := path.Base(p)
		x.byName[name] = append(x.byName[name], p)
		if t := tail(p); t != name {
			x.byTail[t] = append(x.byTail[t], p)
		}
	}
	return x
}

// survey looks at all places of a run before the first is resolved.
func (x *treeIndex) survey(results []result) {
	var places []place
	seen := map[place]bool{}
	for i := range results {
		for j := range results[i].Locations {
			if l := results[i].Locations[j].PhysicalLocation; l != nil {
				if at := x.bases.locate(l.artifact()); at.path != "" && !seen[at] {
					seen[at] = true
					places = append(places, at)
				}
			}
		}
	}
	x.cwd = x.inWorking(places)
	relative := map[int]map[string]bool{}
	for _, at := range places {
		if full, ok := x.full(at); ok {
			for _, c := range x.ends(full) {
				x.votes[c.prefix]++
			}
			continue
		}
		ups, rest := climb(at.path)
		if relative[ups] == nil {
			relative[ups] = map[string]bool{}
		}
		relative[ups][rest] = true
	}
	for ups, paths := range relative {
		if folder, ok := x.folder(paths, ups == 0); ok {
			x.folders[ups] = folder
		}
	}
}

// inWorking reports whether all relative places are files below the working directory, and that directory is not just
// another name of the root.
func (x *treeIndex) inWorking(places []place) bool {
	if len(x.bases.working) != 1 {
		return false
	}
	any := false
	for _, at := range places {
		if at.absolute || at.base != "" {
			continue
		}
		full := path.Join(x.bases.working[0], at.path)
		file, ok := x.bases.below(full)
		if !ok {
			file = x.choose(x.ends(full)).path
		}
		if !x.has[file] || file == path.Clean(at.path) {
			return false
		}
		any = true
	}
	return any
}

// full returns the absolute path of a place that has one: its own, or one below a folder that the log declares.
func (x *treeIndex) full(at place) (string, bool) {
	switch {
	case at.absolute:
		return at.path, true
	case at.base != "":
		return path.Join(at.base, at.path), true
	}
	if len(x.bases.working) == 1 && (x.cwd || !x.has[path.Clean(at.path)]) {
		return path.Join(x.bases.working[0], at.path), true
	}
	return "", false
}

// folder looks for the one folder of the tree that contains all paths as files. If rootFirst is set, the root is tried
// first.
func (x *treeIndex) folder(paths map[string]bool, rootFirst bool) (string, bool) {
	var folders map[string]bool
	for p := range paths {
		mine := map[string]bool{}
		for _, file := range x.endingIn(p) {
			mine[strings.TrimSuffix(strings.TrimSuffix(file, p), "/")] = true
		}
		if folders == nil {
			folders = mine
			continue
		}
		for f := range folders {
			if !mine[f] {
				delete(folders, f)
			}
		}
		if len(folders) == 0 {
			return "", false
		}
	}
	if rootFirst && folders[""] {
		return "", true
	}
	if len(folders) != 1 {
		return "", false
	}
	for f := range folders {
		return f, true
	}
	return "", false
}

// endingIn lists the files that equal p, or end with it at a folder boundary.
func (x *treeIndex) endingIn(p string) []string {
	// All files with this name end with it.
	if !strings.Contains(p, "/") {
		return x.byName[p]
	}
	var out []string
	for _, file := range x.byTail[tail(p)] {
		if file == p || strings.HasSuffix(file, "/"+p) {
			out = append(out, file)
		}
	}
	return out
}

// tail returns the last two segments of a path, or all of a shorter one.
func tail(p string) string {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return p
	}
	return p[strings.LastIndexByte(p[:i], '/')+1:]
}

// climb removes the leading "../" from a cleaned path, and counts them.
func climb(p string) (ups int, rest string) {
	p = path.Clean(p)
	for strings.HasPrefix(p, "../") {
		ups, p = ups+1, p[len("../"):]
	}
	return ups, p
}

// end is a file of the tree with which an absolute path ends, and the part before it.
type end struct{ prefix, file string }

// ends lists the files of the tree that an absolute path may mean, the longest first.
func (x *treeIndex) ends(full string) []end {
	var out []end
	at := len(full)
	for range maxSegments {
		if at = strings.LastIndexByte(full[:at], '/'); at < 0 {
			break
		}
		if file := full[at+1:]; x.has[file] && !foreign(full[:at+1]) {
			out = append(out, end{full[:at], file})
		}
	}
	slices.Reverse(out)
	return out
}

// systemFolders never contain the files of a checked-out repository.
var systemFolders = []string{
	"/bin/", "/boot/", "/dev/", "/etc/", "/lib/", "/lib32/", "/lib64/", "/nix/", "/proc/", "/sbin/", "/snap/", "/sys/", "/usr/", "/Library/", "/System/",
	"/opt/hostedtoolcache/", "c:/Program Files", "c:/Windows/",
}

// packageFolders contain files of package managers.
var packageFolders = []string{
	"/node_modules/", "/site-packages/", "/dist-packages/", "/pkg/mod/", "/.m2/", "/.gradle/", "/.cargo/", "/.rustup/", "/.nuget/", "/.cache/", "/.npm/", "/.venv/", "/.tox/",
}

// foreign reports whether a folder cannot be the root of the checked-out repository.
func foreign(folder string) bool {
	if strings.HasPrefix(folder, "/usr/src/") {
		return false
	}
	return slices.ContainsFunc(systemFolders, func(f string) bool { return strings.HasPrefix(folder, f) }) ||
		slices.ContainsFunc(packageFolders, func(f string) bool { return strings.Contains(folder, f) })
}

// resolve returns the file of the tree that a place means. If there is none, ok is false and the text is the log's name
// of the place. A path that leads into the root, but to no file of the tree, is kept: the tool may have made the file.
func (x *treeIndex) resolve(at place) (string, bool) {
	s, ok := x.known[at]
	if !ok {
		s = x.settle(at)
		x.known[at] = s
	}
	switch {
	case s.vague:
		if x.vague == 0 {
			x.vagueExample = clean(at.text, maxName)
			if s.could[0] != "" {
				x.vagueExample += " may be " + clean(s.could[0], maxName) + " or " + clean(s.could[1], maxName)
			}
		}
		x.vague++
	case s.absent:
		if x.absent == 0 {
			x.absentExample = clean(s.path, maxName)
		}
		x.absent++
	}
	if s.ok {
		return s.path, true
	}
	return at.text, false
}
