package project

import (
	"bytes"
	"crypto/sha256"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Graph says which files lead to which: by imports, by names of the same package, and from a class to those that implement it. It has all ways on
// which the flow can go from file to file. It is immutable and safe for concurrent use.
type Graph struct {
	// To and From are the files that a file leads to, and those that lead to it, sorted.
	To, From [][]int
}

// Graph finds what leads where.
func (x *Index) Graph() *Graph {
	g := &Graph{To: make([][]int, len(x.files)), From: make([][]int, len(x.files))}
	for i := range x.files {
		to := x.leads(i)
		slices.Sort(to)
		g.To[i] = slices.DeleteFunc(slices.Compact(to), func(other int) bool { return other == i })
		for _, other := range g.To[i] {
			g.From[other] = append(g.From[other], i)
		}
	}
	return g
}

// leads are the files that a file leads to.
func (x *Index) leads(i int) (to []int) {
	f := &x.files[i]
	for _, m := range f.Facts.Imports {
		found := x.Modules(i, m.Module)
		if strings.HasSuffix(m.Module, ".*") {
			// Of a whole package only what the text may mean.
			found = slices.DeleteFunc(slices.Clone(found), func(other int) bool { return !x.meant(f, other) })
		}
		to = append(to, found...)
		for _, name := range m.Names {
			to = append(to, x.Modules(i, joined(m.Module, name))...)
		}
	}
	switch f.Facts.Language {
	case tree.Go:
		to = append(to, x.goFolders[path.Dir(f.Path)]...)
	case tree.Java:
		for _, other := range x.javaPackages[f.Facts.Package] {
			if x.meant(f, other) {
				to = append(to, other)
			}
		}
	}
	to = append(to, x.below(i)...)
	return to
}

// meant reports whether the text of a Java file may name a type that another declares.
func (x *Index) meant(f *File, other int) bool {
	return slices.ContainsFunc(x.files[other].Facts.Declares, f.Facts.mentions)
}

// below are the files with classes that extend or implement those of a file.
func (x *Index) below(i int) (list []int) {
	f := &x.files[i]
	if f.Facts.Language == tree.Go {
		for _, methods := range f.Facts.Interfaces {
			list = append(list, x.Children(i, "", methods)...)
		}
		return list
	}
	stem := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
	for _, name := range append([]string{stem}, f.Facts.Declares...) {
		list = append(list, x.Children(i, name, nil)...)
	}
	return list
}

func joined(module, name string) string {
	if strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

// Reaching says of each file whether a way leads from it to one of some files, those themselves included.
func (g *Graph) Reaching(files []int) []bool {
	reaches := make([]bool, len(g.To))
	queue := slices.Clone(files)
	for _, i := range files {
		reaches[i] = true
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, before := range g.From[at] {
			if !reaches[before] {
				reaches[before] = true
				queue = append(queue, before)
			}
		}
	}
	return reaches
}

// Reached says of each file whether a way leads to it from one of some files, those themselves included.
func (g *Graph) Reached(files []int) []bool {
	back := Graph{To: g.From, From: g.To}
	return back.Reaching(files)
}

// Digests give for each file a digest of all files to which ways lead from it, itself included: equal digests mean equal files. Of gives the digest
// of one file alone.
func (g *Graph) Digests(of func(file int) [16]byte) [][16]byte {
	components, list := g.components()
	digests := make([][16]byte, len(list))
	for c, members := range list {
		var parts [][16]byte
		for _, file := range members {
			parts = append(parts, of(file))
		}
		own := len(parts)
		for _, file := range members {
			for _, to := range g.To[file] {
				if components[to] != c {
					parts = append(parts, digests[components[to]])
				}
			}
		}
		compare := func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }
		slices.SortFunc(parts[own:], compare)
		sum := sha256.New()
		for _, part := range parts[:own] {
			_, _ = sum.Write(part[:])
		}
		_, _ = sum.Write([]byte{0})
		for _, part := range slices.Compact(parts[own:]) {
			_, _ = sum.Write(part[:])
		}
		copy(digests[c][:], sum.Sum(nil))
	}
	all := make([][16]byte, len(g.To))
	for file := range all {
		all[file] = digests[components[file]]
	}
	return all
}

// components finds the files that lead to one another. Each component comes after all those to which ways lead from it; its files are sorted.
func (g *Graph) components() (of []int, list [][]int) {
	n := len(g.To)
	of = make([]int, n)
	number, low := make([]int, n), make([]int, n)
	next := 1
	var open []int
	type frame struct{ file, edge int }
	for root := range n {
		if number[root] != 0 {
			continue
		}
		stack := []frame{{root, 0}}
		for len(stack) > 0 {
			at := &stack[len(stack)-1]
			file := at.file
			if at.edge == 0 {
				number[file], low[file] = next, next
				next++
				of[file] = -1
				open = append(open, file)
			}
			if at.edge < len(g.To[file]) {
				to := g.To[file][at.edge]
				at.edge++
				switch {
				case number[to] == 0:
					stack = append(stack, frame{to, 0})
				case of[to] == -1:
					low[file] = min(low[file], number[to])
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				above := stack[len(stack)-1].file
				low[above] = min(low[above], low[file])
			}
			if low[file] != number[file] {
				continue
			}
			start := len(open) - 1
			for open[start] != file {
				start--
			}
			members := slices.Clone(open[start:])
			open = open[:start]
			slices.Sort(members)
			for _, member := range members {
				of[member] = len(list)
			}
			list = append(list, members)
		}
	}
	return of, list
}
