package match

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// maxVariables bounds the variables of one function whose values are followed, and with it the cost of a branch.
const maxVariables = 100

// flow gives the constant values of the names that are read. A walk over the statements keeps, for each variable of a
// function, the value that it holds on all ways to the place. Functions see the variables around them that are assigned
// once.
func (f *File) flow() map[tree.ID]Value {
	if f.constants != nil {
		return f.constants
	}
	f.constants = map[tree.ID]Value{}
	w := walker{f: f, out: f.constants, globals: map[tree.Text]bool{}}
	for i := range f.Nodes {
		if f.Nodes[i].Kind == tree.Scope {
			for name := range f.Children(tree.ID(i)) {
				w.globals[f.Nodes[name].Text] = true
			}
		}
	}
	w.function(tree.Root, nil)
	return f.constants
}

// walker walks one function after the other.
type walker struct {
	f   *File
	out map[tree.ID]Value
	// globals are the names that a function declares to be those of the module.
	globals map[tree.Text]bool
}

// scope is a function under the walk.
type scope struct {
	outer *scope
	// numbers are the variables that are followed.
	numbers map[tree.Text]int
	// once holds the values of the variables that are assigned in one place only, for the functions inside.
	once map[tree.Text]Value
	// mine are all names that are bound here.
	mine map[tree.Text]int
	// inner are the functions and classes inside, which come last.
	inner []tree.ID
	// hidden says that functions inside do not see the names: those of a class where members need `self.` or `this.`.
	hidden bool
}

// state is the values of a scope's variables. A state that is dead is of a place that is not reached.
type state struct {
	values []Value
	dead   bool
}

func (s state) copy() state { return state{slices.Clone(s.values), s.dead} }

// join gives what holds on both ways.
func join(a, b state) state {
	if a.dead {
		return b
	}
	if b.dead {
		return a
	}
	for i := range a.values {
		a.values[i] = joinValues(a.values[i], b.values[i])
	}
	return a
}

// function walks a function, a class or the file, then the functions inside of it.
func (w *walker) function(id tree.ID, outer *scope) {
	s := &scope{outer: outer, numbers: map[tree.Text]int{}, once: map[tree.Text]Value{}, mine: map[tree.Text]int{}}
	switch w.f.Language {
	case tree.Python, tree.JavaScript, tree.TypeScript:
		s.hidden = w.f.Kind(id) == tree.Class
	}
	w.collect(s, id)
	st := state{values: make([]Value, len(s.numbers))}
	if w.f.Kind(id) == tree.Function || w.f.Kind(id) == tree.Class {
		w.role(s, &st, id, tree.RoleBody)
	} else {
		w.children(s, &st, id)
	}
	for name, count := range s.mine {
		if count > 1 || w.globals[name] {
			delete(s.once, name)
		}
	}
	if w.f.Kind(id) == tree.Class && !s.hidden {
		w.fields(s, id)
	}
	for _, inner := range s.inner {
		w.function(inner, s)
	}
}

// children walks the children of a node in the order of the text.
func (w *walker) children(s *scope, st *state, id tree.ID) {
	for child := range w.f.Children(id) {
		w.node(s, st, child)
	}
}

// role walks the children that have a role.
func (w *walker) role(s *scope, st *state, id tree.ID, roles ...tree.Role) {
	for child := range w.f.Children(id) {
		if slices.Contains(roles, w.f.Role(child)) {
			w.node(s, st, child)
		}
	}
}

// node walks one node.
func (w *walker) node(s *scope, st *state, id tree.ID) {
	f := w.f
	switch f.Kind(id) {
	case tree.Name:
		w.read(s, st, id)
	case tree.Member:
		w.role(s, st, id, tree.RoleObject)
	case tree.Keyword:
		w.role(s, st, id, tree.RoleValue)
	case tree.Function:
		w.role(s, st, id, tree.RoleDecorator)
		for child := range f.Children(id) {
			if f.Kind(child) == tree.Parameter {
				w.role(s, st, child, tree.RoleValue)
			}
		}
		s.inner = append(s.inner, id)
	case tree.Class:
		w.role(s, st, id, tree.RoleDecorator, tree.RoleParent)
		s.inner = append(s.inner, id)
	case tree.Assign:
		w.assign(s, st, id)
	case tree.Unary:
		w.children(s, st, id)
		if text := f.Text(id); text == "++" || text == "--" {
			w.set(s, st, f.First(id), Value{})
		}
	case tree.Return, tree.Throw, tree.Break, tree.Continue, tree.Goto:
		w.children(s, st, id)
		st.dead = true
	case tree.If, tree.Conditional:
		w.role(s, st, id, tree.RoleInit, tree.RoleCondition)
		other := st.copy()
		w.role(s, st, id, tree.RoleThen)
		w.role(s, &other, id, tree.RoleElse)
		*st = join(*st, other)
	case tree.While, tree.For, tree.ForEach:
		w.loop(s, st, id)
	case tree.Switch:
		w.branches(s, st, id)
	case tree.Try:
		w.try(s, st, id)
	case tree.Import, tree.Scope:
	default:
		w.children(s, st, id)
	}
}

// read notes the value of a name.
func (w *walker) read(s *scope, st *state, id tree.ID) {
	name := w.f.Nodes[id].Text
	if number, ok := s.numbers[name]; ok {
		if v := st.values[number]; v.Kind != Unknown && !st.dead {
			w.out[id] = v
			return
		}
	}
	if _, ok := s.mine[name]; ok && !w.globals[name] {
		return
	}
	for outer := s.outer; outer != nil; outer = outer.outer {
		if outer.hidden {
			continue
		}
		if v, ok := outer.once[name]; ok {
			w.out[id] = v
			return
		}
		if _, ok := outer.mine[name]; ok {
			return
		}
	}
}

// assign walks an assignment: first what is read, then what is bound.
func (w *walker) assign(s *scope, st *state, id tree.ID) {
	f := w.f
	w.role(s, st, id, tree.RoleDecorator, tree.RoleValue)
	target, value := f.Child(id, tree.RoleTarget), f.Child(id, tree.RoleValue)
	for f.Kind(value) == tree.Assign {
		value = f.Child(value, tree.RoleValue)
	}
	if f.Kind(target) != tree.Name {
		w.unbind(s, st, target)
		w.elementwise(s, st, target, value)
		return
	}
	v := f.value(value, w.out)
	if v.Kind == Unknown {
		v = Value{Kind: symbol, node: value}
	}
	if sign := f.Text(id); sign != "=" && sign != ":=" {
		w.read(s, st, target)
		before := w.out[target]
		delete(w.out, target)
		if before.Kind == symbol || v.Kind == symbol {
			before, v = Value{}, Value{}
		}
		v = operate(sign[:len(sign)-1], before, v)
	}
	if parent := f.Parent(id); f.Kind(parent) == tree.With {
		v = Value{Kind: symbol, node: value}
	}
	w.set(s, st, target, v)
}

// set gives a variable a value.
func (w *walker) set(s *scope, st *state, target tree.ID, v Value) {
	name := w.f.Nodes[target].Text
	if number, ok := s.numbers[name]; ok {
		st.values[number] = v
	}
	if v.Kind != Unknown {
		s.once[name] = v
	}
}

// unbind walks a target that is no name: what it reads is read, and what it binds is unknown.
func (w *walker) unbind(s *scope, st *state, target tree.ID) {
	f := w.f
	switch f.Kind(target) {
	case tree.Member, tree.Index:
		w.role(s, st, target, tree.RoleObject, tree.RoleIndex)
		return
	}
	for id := target; id < f.Nodes[target].Limit; id++ {
		if f.Kind(id) == tree.Name && f.Role(id) != tree.RoleProperty {
			w.set(s, st, id, Value{})
		}
	}
}

// elementwise gives the names of `a, b = 1, 2` their values.
func (w *walker) elementwise(s *scope, st *state, target, value tree.ID) {
	f := w.f
	list := func(id tree.ID) bool { return f.Kind(id) == tree.Tuple || f.Kind(id) == tree.Array }
	if !list(target) || !list(value) {
		return
	}
	var values []Value
	for element := range f.Children(value) {
		if f.Kind(element) == tree.Spread {
			return
		}
		values = append(values, f.value(element, w.out))
	}
	n := 0
	for element := range f.Children(target) {
		if f.Kind(element) != tree.Name || n >= len(values) {
			return
		}
		w.set(s, st, element, values[n])
		n++
	}
}

// forget makes unknown what a subtree binds.
func (w *walker) forget(s *scope, st *state, id tree.ID) {
	f := w.f
	for child := id; child < f.Nodes[id].Limit; child++ {
		n := &f.Nodes[child]
		if n.Kind == tree.Name && (n.Role == tree.RoleTarget || n.Role == tree.RoleElement || n.Role == tree.RoleOperand) {
			if number, ok := s.numbers[n.Text]; ok {
				st.values[number] = Value{}
			}
		}
	}
}
