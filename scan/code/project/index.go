package project

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// File is a file with what is known of it.
type File struct {
	// Path is that in the tree, with slashes.
	Path  string
	Facts *Facts
}

// Manifest is a file that says how others are found, see [IsManifest].
type Manifest struct{ Path, Text string }

// Index resolves what files name. Files are known by their numbers, which are their places in the list. It is immutable and safe for concurrent
// use; the same files give the same answers.
type Index struct {
	files []File
	// byPath are the numbers of the files, and roots the folders that hold a whole Python project.
	byPath map[string]int
	roots  map[string]bool
	// pythonLast are the Python files by the last part of their module's name.
	pythonLast map[string][]int
	// javaTypes and javaPackages are the Java files by the types that they declare, and by their packages.
	javaTypes, javaPackages map[string][]int
	goModules               []goModule
	// goFolders are the Go files by folder, and goEnds the folders by the last part of their names; goMethods are the files with a method of a name.
	goFolders, goMethods map[string][]int
	goEnds               map[string][]string
	// packages are those of JavaScript by name, packageAt by folder.
	packages, packageAt map[string]*scriptPackage
	configs             map[string]*scriptConfig
	// children are the files with a class that has a parent of a name, by the family of languages.
	children map[childKey][]int
}

// childKey is the name of a parent in a family of languages.
type childKey struct {
	family tree.Language
	name   string
}

// NewIndex makes an index of files. Manifests may be nil; their order does not matter.
func NewIndex(files []File, manifests []Manifest) *Index {
	x := &Index{
		files: files, byPath: make(map[string]int, len(files)), roots: map[string]bool{}, pythonLast: map[string][]int{}, javaTypes: map[string][]int{}, javaPackages: map[string][]int{},
		goFolders: map[string][]int{}, goMethods: map[string][]int{}, goEnds: map[string][]string{}, packages: map[string]*scriptPackage{}, packageAt: map[string]*scriptPackage{},
		configs: map[string]*scriptConfig{}, children: map[childKey][]int{},
	}
	for i := range files {
		f := &files[i]
		x.byPath[f.Path] = i
		switch f.Facts.Language {
		case tree.Python:
			last := path.Base(pythonModule(f.Path))
			x.pythonLast[last] = append(x.pythonLast[last], i)
			if base := path.Base(f.Path); base == "setup.py" || base == "manage.py" {
				x.roots[path.Dir(f.Path)] = true
			}
		case tree.Java:
			x.addJava(i, f)
		case tree.Go:
			x.addGo(i, f)
		}
		for _, parent := range f.Facts.Parents {
			key := childKey{Family(f.Facts.Language), parent}
			x.children[key] = append(x.children[key], i)
		}
	}
	manifests = slices.Clone(manifests)
	slices.SortFunc(manifests, func(a, b Manifest) int { return strings.Compare(a.Path, b.Path) })
	for _, m := range manifests {
		x.addManifest(m.Path, m.Text)
	}
	return x
}

// Family is the language under which those are counted that call one another.
func Family(language tree.Language) tree.Language {
	if language == tree.TypeScript {
		return tree.JavaScript
	}
	return language
}

func (x *Index) isScript(i int) bool { return Family(x.files[i].Facts.Language) == tree.JavaScript }

// Files are the files of the index, by their numbers. Callers must not change the list.
func (x *Index) Files() []File { return x.files }

// Modules finds the files that a module is, for the file that names it.
func (x *Index) Modules(from int, module string) []int {
	switch x.files[from].Facts.Language {
	case tree.Python:
		return x.pythonFile(from, module)
	case tree.JavaScript, tree.TypeScript:
		return x.scriptFile(from, module)
	case tree.Java:
		return x.javaType(from, module)
	case tree.Go:
		return x.goPackage(from, module)
	}
	return nil
}

// Siblings are the other files of the same package that declare a name, where files of a package see one another: in Java and Go.
func (x *Index) Siblings(from int, name string) (list []int) {
	f := &x.files[from]
	switch f.Facts.Language {
	case tree.Java:
		full := name
		if f.Facts.Package != "" {
			full = f.Facts.Package + "." + name
		}
		for _, i := range x.nearest(from, x.javaTypes[full], 1) {
			if i != from {
				list = append(list, i)
			}
		}
	case tree.Go:
		for _, i := range x.goFolders[path.Dir(f.Path)] {
			if _, ok := slices.BinarySearch(x.files[i].Facts.Declares, name); ok && i != from {
				list = append(list, i)
			}
		}
	}
	return list
}

// Receivers are the files of a folder, that of a file, with the method of a type of Go.
func (x *Index) Receivers(from int, typ, method string) (list []int) {
	for _, i := range x.goFolders[path.Dir(x.files[from].Path)] {
		if _, ok := slices.BinarySearch(x.files[i].Facts.Methods, typ+"."+method); ok {
			list = append(list, i)
		}
	}
	return list
}

// Children are the files with a class whose parent, or the parent of one of its parents, has a name; in Go those with a type that has all of some
// methods. The list is empty when there are more than a call is followed to.
func (x *Index) Children(from int, name string, methods []string) (list []int) {
	f := &x.files[from]
	if f.Facts.Language == tree.Go {
		return x.goImplementations(from, methods)
	}
	names, seen := []string{name}, map[string]bool{name: true}
	for len(names) > 0 && len(seen) < maxLineage {
		at := names[0]
		names = names[1:]
		for _, i := range x.children[childKey{Family(f.Facts.Language), at}] {
			if !slices.Contains(list, i) {
				list = append(list, i)
			}
			// The class below has the name of its file, or one of those that the file declares.
			for _, below := range append([]string{strings.TrimSuffix(path.Base(x.files[i].Path), path.Ext(x.files[i].Path))}, x.files[i].Facts.Declares...) {
				if !seen[below] && len(seen) < maxLineage {
					seen[below] = true
					names = append(names, below)
				}
			}
		}
	}
	slices.Sort(list)
	return x.few(from, list)
}

// few are the files of a list when there are few, or the nearest ones when these are few.
func (x *Index) few(from int, list []int) []int {
	if list = x.nearest(from, list, maxChildren); len(list) > maxChildren {
		return nil
	}
	return list
}

// nearest are the files of a list that share the most folders with a file, when the list has more than enough.
func (x *Index) nearest(from int, list []int, enough int) (near []int) {
	if len(list) <= enough {
		return list
	}
	best := -1
	for _, i := range list {
		shared := sharedFolders(x.files[from].Path, x.files[i].Path)
		if shared > best {
			best, near = shared, nil
		}
		if shared == best {
			near = append(near, i)
		}
	}
	return near
}

// sharedFolders is how many folders at the beginning of two paths are the same.
func sharedFolders(a, b string) (n int) {
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n++
		}
	}
	return n
}

const (
	// maxLineage bounds the classes below a class that are looked at.
	maxLineage = 64
	// maxChildren bounds the files in which implementations are looked for.
	maxChildren = 10
)

// goImplementations are the files that have the first of some methods for a type that has all of them.
func (x *Index) goImplementations(from int, methods []string) (list []int) {
	if len(methods) == 0 {
		return nil
	}
	for _, i := range x.goMethods[methods[0]] {
		for _, method := range x.files[i].Facts.Methods {
			typ, name, _ := strings.Cut(method, ".")
			if name != methods[0] || slices.ContainsFunc(methods[1:], func(other string) bool { return len(x.Receivers(i, typ, other)) == 0 }) {
				continue
			}
			if !slices.Contains(list, i) {
				list = append(list, i)
			}
		}
	}
	slices.Sort(list)
	return x.few(from, list)
}

// sortedKeys gives the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
