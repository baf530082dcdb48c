package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// outline is what a file consists of, for the question which of its functions are worth a walk.
type outline struct {
	sections []section
	// users are the sections that mention a name.
	users map[int32][]int32
	// shared are the names of fields and global variables that something is given to.
	shared map[int32]bool
	// links are the files for which a name of the file stands, and loose those that it leads to by none of its names.
	links map[int32][]int
	loose []int
}

// section is a function that stands in no other, the head of a class, or what is declared or given a value outside of functions.
type section struct {
	id, limit      tree.ID
	function, head bool
	// imports says that it is an import.
	imports bool
	// name is that of a function, and class that of the class around it, or of the head; 0 for none.
	name, class int32
	// mentions are the names in it, each once, and writes those that it gives something to and that others may see.
	mentions, writes []int32
}

// outline finds the sections of a file.
func (a *analysis) outline(u *known) *outline {
	if u.outline != nil {
		return u.outline
	}
	o := &outline{users: map[int32][]int32{}, shared: map[int32]bool{}, links: map[int32][]int{}}
	u.outline = o
	o.read(a, u, tree.Root, 0)
	for i := range o.sections {
		for _, name := range o.sections[i].mentions {
			o.users[name] = append(o.users[name], int32(i))
		}
		for _, name := range o.sections[i].writes {
			o.shared[name] = true
		}
	}
	o.link(a, u)
	return o
}

// read finds the sections in a subtree.
func (o *outline) read(a *analysis, u *known, id tree.ID, class int32) {
	f := u.file
	for child := range f.Children(id) {
		switch kind := f.Kind(child); {
		case kind == tree.Function:
			of := section{id: child, function: true, name: a.nameIf(u.calledName(child)), class: class}
			if receiver := f.Child(child, tree.RoleReceiver); receiver != tree.None {
				of.class = a.nameIf(u.typeName(f.Child(receiver, tree.RoleType)))
			}
			o.add(a, u, of)
		case kind == tree.Class:
			inner := a.nameIf(u.nameOf(child))
			head := section{id: child, limit: child + 1, head: true, class: inner}
			for parent := range f.Children(child) {
				if role := f.Role(parent); role == tree.RoleParent || role == tree.RoleImplements {
					head.mentions = u.namesIn(a, parent, head.mentions)
				}
			}
			o.sections = append(o.sections, head)
			o.read(a, u, child, inner)
		case kind == tree.Import, (kind == tree.Assign || kind == tree.Declare) && !u.hasFunction(child):
			o.add(a, u, section{id: child, class: class, imports: kind == tree.Import})
		default:
			o.read(a, u, child, class)
		}
	}
}

// calledName is the name by which others call a function: its own, or that of the variable, field or key that it is given to.
func (u *known) calledName(id tree.ID) string {
	if name := u.functionName(id); name != "" {
		return name
	}
	f := u.file
	parent := f.Parent(id)
	switch {
	case f.Role(id) != tree.RoleValue:
	case f.Kind(parent) == tree.Pair:
		return f.Text(f.Child(parent, tree.RoleKey))
	case f.Kind(parent) == tree.Assign:
		if target := f.Child(parent, tree.RoleTarget); f.Kind(target) == tree.Member {
			return f.Text(f.Child(target, tree.RoleProperty))
		}
	}
	return ""
}

// hasFunction reports whether a function stands in a subtree.
func (u *known) hasFunction(id tree.ID) bool {
	for i := id; i < u.file.Nodes[id].Limit; i++ {
		if u.file.Kind(i) == tree.Function {
			return true
		}
	}
	return false
}

// nameIf is the number of a name, 0 for the empty one.
func (a *analysis) nameIf(text string) int32 {
	if text == "" {
		return 0
	}
	return a.name(text)
}

// namesIn adds the names in a subtree to a list.
func (u *known) namesIn(a *analysis, id tree.ID, list []int32) []int32 {
	for i := id; i < u.file.Nodes[id].Limit; i++ {
		if n := &u.file.Nodes[i]; n.Kind == tree.Name {
			list = append(list, u.nameOfText(a, n.Text))
		}
	}
	return list
}

// add notes a section with what it mentions and writes.
func (o *outline) add(a *analysis, u *known, of section) {
	f := u.file
	of.limit = f.Nodes[of.id].Limit
	of.mentions = u.namesIn(a, of.id, nil)
	for id := of.id; id < of.limit; id++ {
		if f.Role(id) != tree.RoleTarget {
			continue
		}
		switch n := &f.Nodes[id]; {
		case n.Kind == tree.Member:
			of.writes = append(of.writes, u.nameOfText(a, f.Nodes[f.Child(id, tree.RoleProperty)].Text))
		case n.Kind != tree.Name:
		case !of.function, !u.localsOf(of.id)[n.Text], f.Kind(n.Parent) == tree.Parameter && f.Child(n.Parent, tree.RoleModifier) != tree.None:
			of.writes = append(of.writes, u.nameOfText(a, n.Text))
		}
	}
	for _, names := range []*[]int32{&of.mentions, &of.writes} {
		slices.Sort(*names)
		*names = slices.Clip(slices.Compact(*names))
	}
	o.sections = append(o.sections, of)
}

// link finds the files for which names stand.
func (o *outline) link(a *analysis, u *known) {
	index := a.world.index
	if index == nil {
		return
	}
	named := map[int]bool{u.at: true}
	add := func(name string, files []int) {
		if len(files) == 0 {
			return
		}
		number := a.name(name)
		o.links[number] = append(o.links[number], files...)
		for _, file := range files {
			named[file] = true
		}
	}
	for name, from := range u.imports {
		add(name, index.Modules(u.at, from.module))
		if from.name != "" {
			add(name, index.Modules(u.at, joinModule(from.module, from.name)))
		}
	}
	if u.file.Language == tree.Java {
		for _, text := range u.file.Texts() {
			if text != "" {
				add(text, index.Siblings(u.at, text))
			}
		}
	}
	for _, file := range a.world.graph.To[u.at] {
		if !named[file] {
			o.loose = append(o.loose, file)
		}
	}
}

// bears reports whether a function, or the one around it, reaches a source or a sink.
func (a *analysis) bears(u *unit, function tree.ID) bool {
	o := a.outline(u.known)
	if u.bearing == nil {
		u.bearing = o.reach(u.marks.sources, a.query.ToSource, true)
		for i, sinks := range o.reach(u.marks.sinks, a.query.ToSink, false) {
			u.bearing[i] = u.bearing[i] || sinks
		}
	}
	i, found := slices.BinarySearchFunc(o.sections, function, func(each section, id tree.ID) int { return int(each.id) - int(id) })
	if !found {
		i--
	}
	return i < 0 || function >= o.sections[i].limit || u.bearing[i]
}

// reach says of each section whether it reaches one with a mark, or a file that leads to one. A source outside of
// functions is reached from everywhere; a section also reaches a mark by what it leaves in fields and global variables.
func (o *outline) reach(marks map[tree.ID][]int, leads func(file int) bool, sources bool) []bool {
	reaches := make([]bool, len(o.sections))
	everywhere := leads != nil && slices.ContainsFunc(o.loose, leads)
	var queue []int32
	visit := func(i int32) {
		if !reaches[i] {
			reaches[i] = true
			queue = append(queue, i)
		}
	}
	for id := range marks {
		i, found := slices.BinarySearchFunc(o.sections, id, func(each section, id tree.ID) int { return int(each.id) - int(id) })
		if !found {
			i--
		}
		if inside := i >= 0 && id < o.sections[i].limit; inside && (o.sections[i].function || !sources) {
			visit(int32(i))
		} else if sources && !(inside && o.sections[i].imports) {
			everywhere = true
		}
	}
	if everywhere {
		for i := range reaches {
			reaches[i] = true
		}
		return reaches
	}
	if leads != nil {
		for name, files := range o.links {
			if slices.ContainsFunc(files, leads) {
				for _, user := range o.users[name] {
					visit(user)
				}
			}
		}
	}
	spent := map[int32]bool{}
	spread := func(name int32) {
		if name != 0 && !spent[name] {
			spent[name] = true
			for _, user := range o.users[name] {
				visit(user)
			}
		}
	}
	for len(queue) > 0 {
		s := &o.sections[queue[0]]
		queue = queue[1:]
		spread(s.name)
		spread(s.class)
		for _, name := range s.writes {
			spread(name)
		}
		if s.head {
			for i := range o.sections {
				if o.sections[i].class == s.class {
					visit(int32(i))
				}
			}
		}
		if !sources {
			for _, name := range s.mentions {
				if o.shared[name] {
					spread(name)
				}
			}
		}
	}
	return reaches
}
