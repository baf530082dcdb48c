package flow

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// outline is what a file consists of, for the question which of its functions are worth a walk. It holds no memory of the file.
type outline struct {
	// sections are sorted by where they begin. The first one is what lies in no other.
	sections []section
	// shared are the names of fields and global variables that something is given to, sorted.
	shared []int32
	// handed are the names that the file hands on to those that import it, sorted; handsAll says that it hands on all that it knows.
	handed   []int32
	handsAll bool
	// aliases are the names under which the file knows what others declare under another one.
	aliases []alias
}

// section is a function that is in no other, the head of a class, or what is declared or given a value outside of functions.
type section struct {
	id, limit      tree.ID
	start, end     uint32
	function, head bool
	// exported says that other files know it by the name that they give to the whole file.
	exported bool
	// name is that of a function, and class that of the class around it, or of the head; 0 for none.
	name, class int32
	// mentions are the names in it, each once, and writes those that it gives something to and that others may see. Both are sorted.
	mentions, writes []int32
}

// alias is a name of a file for what another one, or any other, calls there. There is 0 for the other file as a whole.
type alias struct{ there, here int32 }

// outliner reads the outline of one file.
type outliner struct {
	*outline
	*known
	web *Web
	// numbers are the numbers of the file's texts as names, 0 for those that were not asked for.
	numbers []int32
}

// outlineOf reads the outline of a file.
func (w *Web) outlineOf(k *known) *outline {
	o := &outliner{outline: &outline{}, known: k, web: w, numbers: make([]int32, len(k.file.Texts()))}
	o.sections = append(o.sections, section{id: tree.Root, limit: tree.Root + 1})
	o.read(tree.Root, 0)
	for i := range o.sections {
		s := &o.sections[i]
		for _, names := range []*[]int32{&s.mentions, &s.writes} {
			slices.Sort(*names)
			*names = slices.Clip(slices.Compact(*names))
		}
		o.shared = append(o.shared, s.writes...)
	}
	slices.Sort(o.shared)
	o.shared = slices.Clip(slices.Compact(o.shared))
	slices.Sort(o.handed)
	o.handed = slices.Clip(slices.Compact(o.handed))
	o.handsAll = len(k.stars) > 0 || o.exportsAll()
	for here, from := range k.imports {
		there := from.name
		if there == "default" {
			there = ""
		}
		if here != there {
			o.aliases = append(o.aliases, alias{w.name(there), w.name(here)})
		}
	}
	o.renames()
	slices.SortFunc(o.aliases, func(a, b alias) int { return cmp.Or(cmp.Compare(a.there, b.there), cmp.Compare(a.here, b.here)) })
	o.aliases = slices.Clip(slices.Compact(o.aliases))
	return o.outline
}

// exportsAll reports whether the file has `export * from`.
func (o *outliner) exportsAll() bool {
	for id := range o.file.Children(tree.Root) {
		if o.file.Kind(id) == tree.Export && o.file.Text(id) == "*" {
			return true
		}
	}
	return false
}

// renames notes what the file exports under another name: {there: here}, export {here as there}.
func (o *outliner) renames() {
	f := o.file
	if f.Language != tree.JavaScript && f.Language != tree.TypeScript {
		return
	}
	for id := tree.Root + 1; int(id) < len(f.Nodes); id++ {
		var inner, outer string
		switch f.Kind(id) {
		case tree.Pair:
			if value := f.Child(id, tree.RoleValue); f.Kind(value) == tree.Name {
				inner, outer = f.Text(value), f.Text(f.Child(id, tree.RoleKey))
			}
		case tree.Imported:
			inner, outer = f.Text(f.Child(id, tree.RoleName)), f.Text(f.Child(id, tree.RoleAlias))
		}
		if outer == "default" {
			outer = ""
		} else if outer == "" {
			continue
		}
		if inner != "" && inner != outer {
			o.aliases = append(o.aliases, alias{o.web.name(inner), o.web.name(outer)})
		}
	}
}

// read finds the sections in a subtree. What lies in none of them belongs to the first one.
func (o *outliner) read(id tree.ID, class int32) {
	f := o.file
	for child := range f.Children(id) {
		switch kind := f.Kind(child); {
		case kind == tree.Function:
			of := section{id: child, function: true, name: o.web.name(o.calledName(child)), class: class}
			if receiver := f.Child(child, tree.RoleReceiver); receiver != tree.None {
				of.class = o.web.name(o.typeName(f.Child(receiver, tree.RoleType)))
			}
			of.exported = o.exports(f.Parent(child))
			o.add(of)
		case kind == tree.Class:
			inner := o.web.name(o.nameOf(child))
			span := f.Span(child)
			head := section{id: child, limit: child + 1, start: span.Start, end: span.Start, head: true, class: inner, exported: o.exports(f.Parent(child))}
			for parent := range f.Children(child) {
				if role := f.Role(parent); role == tree.RoleParent || role == tree.RoleImplements {
					head.mentions = o.namesIn(parent, head.mentions)
				}
			}
			o.sections = append(o.sections, head)
			o.read(child, inner)
		case (kind == tree.Import || kind == tree.Assign || kind == tree.Declare) && !o.hasFunction(child):
			o.add(section{id: child, class: class, exported: o.exports(child)})
			if kind == tree.Import && f.Language == tree.Python {
				o.handed = o.namesIn(child, o.handed)
			}
		case kind == tree.Export && o.isShort(child):
			o.add(section{id: child, exported: o.exports(child)})
			o.handed = o.namesIn(child, o.handed)
		case kind == tree.Name:
			o.sections[0].mentions = append(o.sections[0].mentions, o.number(f.Nodes[child].Text))
		default:
			o.read(child, class)
		}
	}
}

// exports reports whether a statement says what the file as a whole stands for: export default, or module.exports = .
func (o *outliner) exports(id tree.ID) bool {
	f := o.file
	switch f.Kind(id) {
	case tree.Export:
		return f.Text(id) == "default"
	case tree.Assign:
		target := f.Child(id, tree.RoleTarget)
		return f.Kind(target) == tree.Member && f.Text(f.Child(target, tree.RoleProperty)) == "exports"
	}
	return false
}

// isShort reports whether an export declares no function and no class.
func (o *outliner) isShort(id tree.ID) bool {
	for i := id; i < o.file.Nodes[id].Limit; i++ {
		if k := o.file.Kind(i); k == tree.Function || k == tree.Class {
			return false
		}
	}
	return true
}

// number is the number of a text of the file as a name.
func (o *outliner) number(text tree.Text) int32 {
	if o.numbers[text] == 0 {
		o.numbers[text] = o.web.name(o.file.Texts()[text])
	}
	return o.numbers[text]
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

// namesIn adds the names in a subtree to a list.
func (o *outliner) namesIn(id tree.ID, list []int32) []int32 {
	for i := id; i < o.file.Nodes[id].Limit; i++ {
		if n := &o.file.Nodes[i]; n.Kind == tree.Name {
			list = append(list, o.number(n.Text))
		}
	}
	return list
}

// add notes a section with what it mentions and writes.
func (o *outliner) add(of section) {
	f := o.file
	of.limit = f.Nodes[of.id].Limit
	of.start, of.end = f.Nodes[of.id].Start, f.Nodes[of.id].End
	of.mentions = o.namesIn(of.id, nil)
	for id := of.id; id < of.limit; id++ {
		if f.Role(id) != tree.RoleTarget {
			continue
		}
		switch n := &f.Nodes[id]; {
		case n.Kind == tree.Member:
			of.writes = append(of.writes, o.number(f.Nodes[f.Child(id, tree.RoleProperty)].Text))
		case n.Kind != tree.Name:
		case !of.function, !o.localsOf(of.id)[n.Text], f.Kind(n.Parent) == tree.Parameter && f.Child(n.Parent, tree.RoleModifier) != tree.None:
			of.writes = append(of.writes, o.number(n.Text))
		}
	}
	o.sections = append(o.sections, of)
}

// at is the section in which an offset lies.
func (o *outline) at(offset uint32) int32 {
	i, found := slices.BinarySearchFunc(o.sections[1:], offset, func(each section, offset uint32) int { return cmp.Compare(each.start, offset) })
	if !found {
		i--
	}
	// A head begins where what is in it may begin.
	for found && i+2 < len(o.sections) && o.sections[i+2].start == offset {
		i++
	}
	if i >= 0 && offset < o.sections[i+1].end {
		return int32(i + 1)
	}
	return 0
}

// of is the section of a node.
func (o *outline) of(id tree.ID) int32 {
	i, found := slices.BinarySearchFunc(o.sections, id, func(each section, id tree.ID) int { return cmp.Compare(each.id, id) })
	if !found {
		i--
	}
	if i > 0 && id < o.sections[i].limit {
		return int32(i)
	}
	return 0
}

// gives reports whether the file gives something to a field or a global variable of a name.
func (o *outline) gives(name int32) bool {
	_, found := slices.BinarySearch(o.shared, name)
	return found
}

// hands reports whether the file hands on a name to those that import it.
func (o *outline) hands(name int32) bool {
	if o == nil {
		return false
	}
	_, found := slices.BinarySearch(o.handed, name)
	return found
}
