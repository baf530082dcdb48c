package flow

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
)

// Web knows which functions of which files mention the names of which others. It tells where walks may lead before the first one. It serves one
// goroutine.
type Web struct {
	graph    *project.Graph
	open     func(file int) *match.File
	outlines map[int]*outline
	numbers  map[string]int32
	// unseen are the names of methods that are called without their names.
	unseen map[int32]bool
}

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
	w := &Web{graph: graph, open: open, outlines: map[int]*outline{}, numbers: map[string]int32{"": 0}, unseen: map[int32]bool{}}
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
		w.numbers[text] = number
	}
	return number
}

// outline is that of a file; nil when it cannot be read.
func (w *Web) outline(file int) *outline {
	o, ok := w.outlines[file]
	if !ok {
		if f := w.open(file); f != nil {
			o = w.outlineOf(newKnown(file, "", f))
		}
		w.outlines[file] = o
	}
	return o
}

// above are the files that lead to a file.
func (w *Web) above(file int) []int {
	if w.graph == nil {
		return nil
	}
	return w.graph.From[file]
}

// Ends are where in one file the sources and the sinks of a rule begin, as offsets.
type Ends struct{ Sources, Sinks []uint32 }

// Reach says which parts of which files lead to a source of a rule, and which to a sink.
type Reach struct {
	web            *Web
	sources, sinks map[int][]bool
}

// Reach finds out from where the ends of a rule can be reached. Where says of each file whether the flow may come there; nil is for all.
func (w *Web) Reach(ends map[int]Ends, where func(file int) bool) *Reach {
	r := &Reach{web: w, sources: map[int][]bool{}, sinks: map[int][]bool{}}
	files := make([]int, 0, len(ends))
	for file := range ends {
		files = append(files, file)
	}
	slices.Sort(files)
	to := spread{web: w, where: where, reaches: r.sources, told: map[told]bool{}, toSources: true}
	for _, file := range files {
		to.begin(file, ends[file].Sources)
	}
	to.run()
	to = spread{web: w, where: where, reaches: r.sinks, told: map[told]bool{}}
	for _, file := range files {
		to.begin(file, ends[file].Sinks)
	}
	to.run()
	return r
}

// Start are the files in which walks begin, in their order: those with a part that leads to a source and to a sink.
func (r *Reach) Start() (list []int) {
	for file, sources := range r.sources {
		sinks := r.sinks[file]
		for i := range sinks {
			if sources[i] && sinks[i] {
				list = append(list, file)
				break
			}
		}
	}
	slices.Sort(list)
	return list
}

// spread goes from the ends of a rule against the calls.
type spread struct {
	web       *Web
	where     func(file int) bool
	toSources bool
	reaches   map[int][]bool
	queue     []part
	told      map[told]bool
}

// part is a section of a file.
type part struct {
	file    int
	section int32
}

// told is a name of a file, with the class that it is a member of, whose users are known.
type told struct {
	file        int
	name, class int32
}

// begin notes the sections in which ends lie.
func (s *spread) begin(file int, offsets []uint32) {
	if len(offsets) == 0 {
		return
	}
	if o := s.web.outline(file); o != nil {
		for _, offset := range offsets {
			s.visit(file, o.at(offset))
		}
	}
}

// visit notes that a section leads to an end.
func (s *spread) visit(file int, section int32) {
	flags := s.reaches[file]
	if flags == nil {
		flags = make([]bool, len(s.web.outline(file).sections))
		s.reaches[file] = flags
	}
	if !flags[section] {
		flags[section] = true
		s.queue = append(s.queue, part{file, section})
	}
}

// run goes on until nothing is new.
func (s *spread) run() {
	for len(s.queue) > 0 {
		at := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		o := s.web.outline(at.file)
		of := &o.sections[at.section]
		s.tell(at.file, of.name)
		if of.exported {
			s.tellFile(at.file)
		}
		if of.class != 0 {
			if of.head || of.name == of.class || s.web.unseen[of.name] {
				s.tell(at.file, of.class)
			}
			s.inherit(at.file, of.class, of.name)
		}
		for _, name := range of.writes {
			s.tell(at.file, name)
		}
		if of.head {
			for i := range o.sections {
				if o.sections[i].class == of.class {
					s.visit(at.file, int32(i))
				}
			}
		}
		// Data reaches a sink also by what is left in a field or a global variable; and statements outside of functions leave it in anything.
		if !s.toSources || at.section == 0 {
			for _, name := range of.mentions {
				if o.gives(name) {
					s.tell(at.file, name)
				}
			}
		}
	}
}

// tell visits those who mention a name of a file: in the file, and in those that lead to it.
func (s *spread) tell(file int, name int32) {
	if name == 0 || s.told[told{file: file, name: name}] {
		return
	}
	s.told[told{file: file, name: name}] = true
	s.users(file, name)
	for _, other := range s.aliases(s.web.outline(file), name) {
		s.tell(file, other)
	}
	for _, above := range s.web.above(file) {
		if o := s.outline(above); o != nil {
			s.users(above, name)
			for _, other := range s.aliases(o, name) {
				s.tell(above, other)
			}
			if o.handsOn(name) {
				s.tell(above, name)
			}
		}
	}
}

// tellFile visits those who mention a file as a whole, by the name that they give to it.
func (s *spread) tellFile(file int) {
	if s.told[told{file: file}] {
		return
	}
	s.told[told{file: file}] = true
	for _, above := range s.web.above(file) {
		if o := s.outline(above); o != nil {
			for _, other := range s.aliases(o, 0) {
				s.tell(above, other)
			}
		}
	}
}

// inherit visits those who mention a member of a class in the files of the classes below it.
func (s *spread) inherit(file int, class, name int32) {
	key := told{file, name, class}
	if name == 0 || s.told[key] {
		return
	}
	s.told[key] = true
	for _, at := range append([]int{file}, s.web.above(file)...) {
		o := s.outline(at)
		if o == nil {
			continue
		}
		for _, user := range o.using(class) {
			if below := &o.sections[user.section]; below.head && below.class != class {
				s.tell(at, name)
				s.inherit(at, below.class, name)
			}
		}
	}
}

// outline is that of a file to which the flow may come.
func (s *spread) outline(file int) *outline {
	if s.where != nil && !s.where(file) {
		return nil
	}
	return s.web.outline(file)
}

func (s *spread) users(file int, name int32) {
	for _, user := range s.web.outline(file).using(name) {
		s.visit(file, user.section)
	}
}

// aliases are the names by which a file knows something under another name.
func (s *spread) aliases(o *outline, name int32) (list []int32) {
	i, _ := slices.BinarySearchFunc(o.aliases, name, func(each alias, name int32) int { return cmp.Compare(each.there, name) })
	for ; i < len(o.aliases) && o.aliases[i].there == name; i++ {
		list = append(list, o.aliases[i].here)
	}
	return list
}
