package flow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
)

// Web knows which functions of which files mention the names of which others. It tells where walks may lead before the first one. It serves one
// goroutine.
type Web struct {
	graph *project.Graph
	open  func(file int) *match.File
	// outlines are those of the files that were read; read says which these are, and listed which of them are in the lists below.
	outlines     []*outline
	read, listed []bool
	numbers      map[string]int32
	// users are the sections that mention a name, and aliases and hands the files that know it under another name and that hand it on, all by the
	// number of the name and sorted.
	users   map[int32][]part
	aliases map[int32][]aliasIn
	hands   map[int32][]int
	// heads are the heads of the classes below one of a name.
	heads map[int32][]part
	// handers are the listed files above each file that hand on all that they know.
	handers [][]int
	// unseen are the names of methods that are called without their names.
	unseen map[int32]bool
	// inside, reaches and toldFile are the memory of one spread: the files to which the flow may come, their sections that lead to an end, and the files
	// whose users as a whole are known.
	inside, toldFile []bool
	reaches          []sectionSet
	// work is what all spreads took.
	work int
}

// part is a section of a file.
type part struct{ file, section int32 }

// aliasIn is a name of a file.
type aliasIn struct{ file, here int32 }

// unseenCalls are methods that languages and libraries call on an object that they are given: constructors, operators, conversions, and the one
// method of many interfaces. Sources: https://docs.python.org/3/reference/datamodel.html#special-method-names,
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/function/package-summary.html, https://pkg.go.dev/fmt#Stringer,
// https://pkg.go.dev/net/http#Handler
var unseenCalls = []string{
	"constructor", "__init__", "__new__", "__call__", "__str__", "__repr__", "__bytes__", "__format__", "__getattr__", "__getattribute__", "__setattr__", "__getitem__", "__setitem__",
	"__contains__", "__iter__", "__next__", "__enter__", "__exit__", "__add__", "__radd__", "__mod__", "__eq__", "__len__", "__hash__", "__del__", "toString", "valueOf", "toJSON",
	"equals", "hashCode", "compareTo", "compare", "run", "call", "apply", "accept", "test", "get", "handle", "invoke", "iterator", "next", "close", "String", "Error", "ServeHTTP",
	"MarshalJSON", "UnmarshalJSON", "Read", "Write", "Scan", "Value",
}

// NewWeb makes a web of the files of a graph; nil for one file alone, number 0. Open gives a file by its number, or nil when it cannot be read; it is asked
// once for each file.
func NewWeb(graph *project.Graph, open func(file int) *match.File) *Web {
	files := 1
	if graph != nil {
		files = len(graph.To)
	}
	w := &Web{
		graph: graph, open: open, outlines: make([]*outline, files), read: make([]bool, files), listed: make([]bool, files), numbers: map[string]int32{"": 0},
		users: map[int32][]part{}, aliases: map[int32][]aliasIn{}, hands: map[int32][]int{}, heads: map[int32][]part{}, handers: make([][]int, files), unseen: map[int32]bool{},
	}
	for _, name := range unseenCalls {
		w.unseen[w.name(name)] = true
	}
	return w
}

// name is the number of a name, 0 for the empty one.
func (w *Web) name(text string) int32 {
	number, ok := w.numbers[text]
	if !ok {
		number = int32(len(w.numbers))
		w.numbers[strings.Clone(text)] = number // The text holds all of its file.
	}
	return number
}

// outline is that of a file; nil when it cannot be read.
func (w *Web) outline(file int) *outline {
	if !w.read[file] {
		w.read[file] = true
		if f := w.open(file); f != nil {
			w.outlines[file] = w.outlineOf(newKnown(file, "", f))
		}
	}
	return w.outlines[file]
}

// list notes the names of files.
func (w *Web) list(files []int) {
	changed := map[int32]bool{}
	for _, file := range files {
		if w.listed[file] {
			continue
		}
		w.listed[file] = true
		o := w.outline(file)
		if o == nil {
			continue
		}
		for i := range o.sections {
			s := &o.sections[i]
			for _, name := range s.mentions {
				w.users[name] = append(w.users[name], part{int32(file), int32(i)})
				changed[name] = true
				if s.head && s.class != name {
					w.heads[name] = append(w.heads[name], part{int32(file), int32(i)})
				}
			}
		}
		for _, a := range o.aliases {
			w.aliases[a.there] = append(w.aliases[a.there], aliasIn{int32(file), a.here})
		}
		for _, name := range o.handed {
			w.hands[name] = append(w.hands[name], file)
		}
		if o.handsAll && w.graph != nil {
			for _, below := range w.graph.To[file] {
				w.handers[below] = append(w.handers[below], file)
			}
		}
	}
	byFile := func(a, b part) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.section, b.section)) }
	for name := range changed {
		if users := w.users[name]; !slices.IsSortedFunc(users, byFile) {
			slices.SortFunc(users, byFile)
		}
	}
}

// using are the sections of a file that mention a name.
func (w *Web) using(file int, name int32) []part {
	users := w.users[name]
	from, _ := slices.BinarySearchFunc(users, int32(file), func(each part, file int32) int { return cmp.Compare(each.file, file) })
	to := from
	for to < len(users) && users[to].file == int32(file) {
		to++
	}
	return users[from:to]
}

// above are the files that lead to a file.
func (w *Web) above(file int) []int {
	if w.graph == nil {
		return nil
	}
	return w.graph.From[file]
}

// leads reports whether a file leads to another, or is that one.
func (w *Web) leads(from, to int) bool {
	if from == to || w.graph == nil {
		return from == to
	}
	_, found := slices.BinarySearch(w.graph.To[from], to)
	return found
}
