package flow

import (
	"path"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// World is the files among which calls are followed, with what the flows of all rules know of them. It serves one goroutine.
type World struct {
	index *project.Index
	web   *Web
	open  func(file int) *match.File
	files map[int]*known
	marks map[markKey]*marks
	// nameNumbers are the numbers of names, and nameTexts the names.
	nameNumbers map[string]int32
	nameTexts   []string
	nodes       int
	// steps is how many were taken in all runs.
	steps int
}

// markKey is a rule in a file.
type markKey struct {
	of     *known
	places *Places
}

// NewWorld makes a world of the files of an index with their web. Open gives a file by its number, each time the same one until [World.Forget], or nil when it
// cannot be read; it is asked for those files alone to which the flow leads. The index is nil where no file leads to another.
func NewWorld(index *project.Index, web *Web, open func(file int) *match.File) *World {
	return &World{index: index, web: web, open: open, files: map[int]*known{}, marks: map[markKey]*marks{}, nameNumbers: map[string]int32{}, nameTexts: make([]string, control+1)}
}

// alone is a world of one file, number 0.
func alone(file *match.File) *World {
	open := func(int) *match.File { return file }
	return NewWorld(nil, NewWeb(nil, open), open)
}

// Nodes is how many nodes the open files have.
func (w *World) Nodes() int { return w.nodes }

// Steps is how many steps were taken in all runs so far.
func (w *World) Steps() int { return w.steps }

// Forget closes all files.
func (w *World) Forget() {
	clear(w.files)
	clear(w.marks)
	clear(w.nameNumbers)
	w.nameTexts = make([]string, control+1)
	w.nodes = 0
}

// known is what is known of a file; nil when it cannot be read.
func (w *World) known(file int) *known {
	if k, ok := w.files[file]; ok {
		return k
	}
	var k *known
	if f := w.open(file); f != nil {
		name := ""
		if w.index != nil {
			name = w.index.Files()[file].Path
		}
		k = newKnown(file, name, f)
		w.nodes += len(f.Nodes)
	}
	w.files[file] = k
	return k
}

// marksOf are the marks of a rule in a file.
func (w *World) marksOf(k *known, places *Places, r *rule.Taint) *marks {
	key := markKey{k, places}
	m := w.marks[key]
	if m == nil {
		m = k.mark(places, r)
		w.marks[key] = m
	}
	return m
}

// name is the number of a name.
func (w *World) name(text string) int32 {
	if number, ok := w.nameNumbers[text]; ok {
		return number
	}
	number := int32(len(w.nameTexts))
	w.nameNumbers[text] = number
	w.nameTexts = append(w.nameTexts, text)
	return number
}

// modules are the files that a module is.
func (w *World) modules(from *known, module string) []int {
	if w.index == nil {
		return nil
	}
	return w.index.Modules(from.at, module)
}

// isInit reports whether a file is that of a Python package.
func isInit(name string) bool { return path.Base(name) == "__init__.py" }
