package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// functionStatement makes a function known whose decorators change it.
func (w *walk) functionStatement(id tree.ID) {
	f := w.file
	name := f.Child(id, tree.RoleName)
	if name == tree.None || f.Child(id, tree.RoleReceiver) != tree.None || f.Kind(f.Parent(f.Parent(id))) == tree.Class {
		return
	}
	v := w.functionValue(w.unit, id, w.frame)
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleDecorator {
			v = w.decorated(child, v)
		}
	}
	w.store(w.variable(name), v)
}

// decorated is what a decorator makes of a function or class: what the decorator returns when it is known, else the same.
func (w *walk) decorated(decorator tree.ID, v value) value {
	inner := w.file.Child(decorator, tree.RoleValue)
	made := w.eval(inner)
	functions := w.functionsOf(made)
	if len(functions) == 0 {
		return v
	}
	var out value
	ok := false
	for _, c := range functions {
		if r, followed := w.invoke(c, decorator, []argument{{v: v}}, false); followed && len(r.may) > 0 {
			out, ok = out.joined(r), true
		}
	}
	if !ok {
		return v
	}
	return out
}

// classStatement walks what a class does when it is declared: its static fields and blocks.
func (w *walk) classStatement(id tree.ID) {
	f := w.file
	class := w.class(w.unit, id)
	w.entities[class].scope = w.frame
	w.entities[w.frame].seen = true
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleParent && w.named(w.unit, child) == 0 {
			for _, e := range w.eval(child).may {
				if w.entities[e].kind == classEntity && e != class {
					w.entities[class].above = unionOf(w.entities[class].above, []int32{e})
				}
			}
		}
	}
	for child := range f.Children(f.Child(id, tree.RoleBody)) {
		switch f.Kind(child) {
		case tree.Assign:
			if f.Language == tree.Python || w.static(child) || f.Language == tree.Java && f.Child(child, tree.RoleModifier) != tree.None {
				v := w.eval(f.Child(child, tree.RoleValue))
				if target := f.Child(child, tree.RoleTarget); f.Kind(target) == tree.Name {
					w.store(place{class, w.nameOfText(w.analysis, f.Nodes[target].Text)}, v)
				}
			}
		case tree.Block:
			w.block(child)
		case tree.Class:
			w.classStatement(child)
		case tree.Enumerator:
			v := w.eval(f.Child(child, tree.RoleValue))
			var arguments []argument
			for argument := range f.Children(child) {
				if f.Role(argument) == tree.RoleArgument {
					arguments = append(arguments, w.argument(argument))
				}
			}
			if len(arguments) > 0 {
				v = w.construct(class, child, arguments)
			}
			w.store(place{class, w.name(f.Text(f.Child(child, tree.RoleName)))}, v)
		}
	}
	if name := f.Child(id, tree.RoleName); name != tree.None {
		v := value{may: []int32{class}}
		for child := range f.Children(id) {
			if f.Role(child) == tree.RoleDecorator {
				v = w.decorated(child, v)
			}
		}
		if w.localsOfFrame(name) {
			w.store(w.variable(name), v)
		} else {
			w.store(place{w.globals, w.name(f.Text(name))}, v)
		}
	}
}

func (w *walk) localsOfFrame(name tree.ID) bool {
	e := w.entities[w.frame]
	return e.kind == frameEntity && w.units[e.at.unit] == w.unit && w.localsOf(e.at.id)[w.file.Nodes[name].Text]
}

// export walks an export: what JavaScript's `export default` gives gets that name.
func (w *walk) export(id tree.ID) {
	f := w.file
	inner := f.Child(id, tree.RoleValue)
	switch f.Kind(inner) {
	case tree.Function, tree.Class, tree.Assign, tree.Declare:
		w.statement(inner)
		if f.Text(id) != "default" {
			return
		}
		v := w.functionValueOf(inner)
		w.store(place{w.globals, w.name("default")}, v)
		return
	}
	if inner == tree.None {
		return
	}
	v := w.eval(inner)
	name := "default"
	if f.Text(id) == "=" {
		name = "module.exports"
	}
	w.store(place{w.globals, w.name(name)}, v)
}

// functionValueOf is a declared function or class as a value.
func (w *walk) functionValueOf(id tree.ID) value {
	switch w.file.Kind(id) {
	case tree.Function:
		return w.functionValue(w.unit, id, w.frame)
	case tree.Class:
		return value{may: []int32{w.class(w.unit, id)}}
	}
	return w.eval(id)
}
