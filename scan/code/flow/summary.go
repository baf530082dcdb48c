package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// summary says what a call of a function does, whatever it is called with. Taints with a source below zero stand for the arguments.
type summary struct {
	parameters []string
	// rest is the index of the parameter that takes all further arguments; -1 for none.
	rest     int
	returned value
	sinks    []reached
}

// declare finds the functions that have a name.
func (a *analysis) declare() {
	for id := tree.Root; int(id) < len(a.file.Nodes); id++ {
		if a.file.Kind(id) == tree.Class {
			a.classes[a.nameOf(id)] = id
		}
		if a.file.Kind(id) != tree.Function {
			continue
		}
		if name := a.functionName(id); name != "" {
			a.functions[name] = append(a.functions[name], id)
		}
	}
}

// functionName is the name by which a function is called: its own, or that of the variable that it is given to.
func (a *analysis) functionName(id tree.ID) string {
	if name := a.file.Child(id, tree.RoleName); name != tree.None {
		return a.file.Text(name)
	}
	parent := a.file.Parent(id)
	if a.file.Kind(parent) == tree.Assign && a.file.Role(id) == tree.RoleValue {
		if target := a.file.Child(parent, tree.RoleTarget); a.file.Kind(target) == tree.Name {
			return a.file.Text(target)
		}
	}
	return ""
}

// declared reports whether a function is analysed by itself, and not where it is written: it is a statement or a member of a class.
func (a *analysis) declared(id tree.ID) bool {
	if a.file.Child(id, tree.RoleBody) == tree.None {
		return true
	}
	return a.statement(id) && a.around(id) == tree.Root
}

// statement reports whether a function is a statement, or a member of a class.
func (a *analysis) statement(id tree.ID) bool {
	if a.file.Child(id, tree.RoleName) == tree.None {
		return false
	}
	role := a.file.Role(id)
	return role == tree.RoleItem || role == tree.RoleBody || role == tree.RoleValue && a.file.Kind(a.file.Parent(id)) == tree.Export
}

// around is the function around a node, or the root.
func (a *analysis) around(id tree.ID) tree.ID {
	for id = a.file.Parent(id); id != tree.Root && a.file.Kind(id) != tree.Function; {
		id = a.file.Parent(id)
	}
	return id
}

// classAround is the class of which a function is a method, or None.
func (a *analysis) classAround(id tree.ID) tree.ID {
	for id = a.file.Parent(id); id != tree.Root; id = a.file.Parent(id) {
		switch a.file.Kind(id) {
		case tree.Class:
			return id
		case tree.Function:
			return tree.None
		}
	}
	return tree.None
}

// resolve is the function of the file that a call calls, if there is one only: by its name, or as a method of the object at hand.
func (w *walk) resolve(callee tree.ID) tree.ID {
	f := w.file
	name := ""
	switch f.Kind(callee) {
	case tree.Name:
		name = f.Text(callee)
	case tree.Member:
		object := f.Child(callee, tree.RoleObject)
		switch f.Text(object) {
		case "this", "self", "cls":
			name = f.Text(f.Child(callee, tree.RoleProperty))
		default:
			// A method that one class of the file has, called on something else than an import.
			if f.Imported(object) {
				return tree.None
			}
			name = f.Text(f.Child(callee, tree.RoleProperty))
		}
	}
	if list := w.functions[name]; name != "" && len(list) == 1 {
		return list[0]
	}
	return tree.None
}

// summary gives the summary of a function; nil while it is being made, in a recursion.
func (a *analysis) summary(id tree.ID) *summary {
	if s, ok := a.summaries[id]; ok {
		return s
	}
	a.summaries[id] = nil
	w := a.newWalk(id)
	if a.globals != nil {
		w.state = a.globals.clone()
	}
	s := &summary{rest: -1}
	for child := range a.file.Children(id) {
		if a.file.Role(child) != tree.RoleParameter {
			continue
		}
		i := len(s.parameters)
		name := a.parameterName(child)
		s.parameters = append(s.parameters, name)
		if text := a.file.Text(child); text == "*" || text == "..." {
			s.rest = i
		}
		w.parameter(child, value{own: taints{{source: -1 - i, label: parameterLabel, from: &step{at: child, length: 1}}}})
	}
	s.returned = w.bodyOf(id)
	s.sinks = w.sinks
	a.summaries[id] = s
	return s
}

// parameterLabel is the label of arguments until a call says what they hold.
const parameterLabel = ""

func (a *analysis) parameterName(id tree.ID) string {
	if target := a.file.Child(id, tree.RoleTarget); a.file.Kind(target) == tree.Name {
		return a.file.Text(target)
	}
	return ""
}

// parametersOf are the names of the parameters of a function.
func (a *analysis) parametersOf(id tree.ID) (names []string) {
	for child := range a.file.Children(id) {
		if name := a.parameterName(child); a.file.Role(child) == tree.RoleParameter && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// parameter gives a value to a parameter. One that is a source is tainted.
func (w *walk) parameter(id tree.ID, v value) {
	target := w.file.Child(id, tree.RoleTarget)
	if target == tree.None {
		return
	}
	if fallback := w.file.Child(id, tree.RoleValue); fallback != tree.None {
		v = v.joined(w.eval(fallback))
	}
	v = w.begin(id, v)
	w.assign(target, v)
}

// apply is what a call of a known function does with its arguments.
func (w *walk) apply(s *summary, id tree.ID, arguments []argument, receiver tree.ID) value {
	held := make([]taints, len(s.parameters))
	next := 0
	if len(s.parameters) > 0 && receiver != tree.None && (s.parameters[0] == "self" || s.parameters[0] == "cls") {
		held[0] = w.peek(receiver)
		next = 1
	}
	for _, a := range arguments {
		i := next
		if a.name != "" {
			i = -1
			for j, name := range s.parameters {
				if name == a.name {
					i = j
				}
			}
		} else {
			next++
		}
		if s.rest >= 0 && (i >= s.rest || i < 0) {
			i = s.rest
		}
		if i >= 0 && i < len(held) {
			held[i] = held[i].with(a.v.whole())
		}
	}
	for _, r := range s.sinks {
		t := substituted(taints{r.taint}, held, id)
		w.reach(t, r.sink, r.at)
	}
	out := value{own: substituted(s.returned.own, held, id)}
	if len(s.returned.parts) > 0 {
		out.parts = map[string]taints{}
		for path, t := range s.returned.parts {
			out.parts[path] = substituted(t, held, id)
		}
	}
	return out
}

// substituted puts what arguments hold in the place of parameters. The way goes through the call, and then through the function.
func substituted(t taints, held []taints, call tree.ID) taints {
	var out taints
	for _, each := range t {
		if each.source >= 0 {
			out = out.with(taints{each}.at(call))
			continue
		}
		for _, given := range held[-1-each.source] {
			way := (taints{given}).at(call)[0].from
			var inner []tree.ID
			for s := each.from; s != nil; s = s.before {
				inner = append(inner, s.at)
			}
			for i := len(inner) - 1; i >= 0 && way.length < 4*maxSteps; i-- {
				way = &step{inner[i], way, way.length + 1}
			}
			out = out.with(taints{{given.source, given.label, way}})
		}
	}
	return out
}
