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

// fields drops the fields of a class that may hold more than one value: those that are neither private nor final, that
// a method assigns, or that have no value but null.
func (w *walker) fields(s *scope, class tree.ID) {
	f := w.f
	for id := class; id < f.Nodes[class].Limit; id++ {
		n := &f.Nodes[id]
		switch {
		case n.Role == tree.RoleTarget && n.Kind == tree.Member:
			property := f.Child(id, tree.RoleProperty)
			delete(s.once, f.Nodes[property].Text)
		case n.Role == tree.RoleTarget && n.Kind == tree.Name && !f.Has(n.Parent, tree.Declares) && f.Kind(n.Parent) == tree.Assign && f.within(id, tree.Function, class):
			delete(s.once, n.Text)
		case n.Kind == tree.Assign && f.Has(id, tree.Field), n.Kind == tree.Declare && f.Has(id, tree.Field):
			kept := false
			for child := range f.Children(id) {
				if text := f.Text(child); f.Kind(child) == tree.Modifier && (text == "private" || text == "final" || text == "const" || text == "readonly") {
					kept = true
				}
			}
			name := f.Nodes[f.Child(id, tree.RoleTarget)].Text
			if !kept || s.once[name].Kind == NullValue {
				delete(s.once, name)
			}
		}
	}
}

// within reports whether a node lies in one of a kind that lies in another node.
func (f *File) within(id tree.ID, kind tree.Kind, outer tree.ID) bool {
	for id = f.Parent(id); id > outer; id = f.Parent(id) {
		if f.Kind(id) == kind {
			return true
		}
	}
	return false
}

// collect finds the variables that a function or class binds.
func (w *walker) collect(s *scope, id tree.ID) {
	f := w.f
	for child := id + 1; child < f.Nodes[id].Limit; child++ {
		n := &f.Nodes[child]
		switch {
		case n.Kind == tree.Function, n.Kind == tree.Class:
			child = n.Limit - 1
		case n.Role == tree.RoleTarget && (n.Kind == tree.Name || n.Kind == tree.Tuple || n.Kind == tree.Array || n.Kind == tree.Object):
			for target := child; target < n.Limit; target++ {
				if t := &f.Nodes[target]; t.Kind == tree.Name && t.Role != tree.RoleProperty {
					s.bind(t.Text)
				}
			}
			if f.Kind(n.Parent) == tree.Declare && n.Kind == tree.Name {
				// A declaration without a value is no assignment.
				s.mine[n.Text]--
			}
		case n.Kind == tree.Unary && (f.Text(child) == "++" || f.Text(child) == "--"):
			s.bind(f.Nodes[f.First(child)].Text)
		}
	}
}

// bind notes one place that binds a name.
func (s *scope) bind(name tree.Text) {
	s.mine[name]++
	if _, ok := s.numbers[name]; !ok && len(s.numbers) < maxVariables {
		s.numbers[name] = len(s.numbers)
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

// loop walks a loop. What its body binds is unknown from its first pass on.
func (w *walker) loop(s *scope, st *state, id tree.ID) {
	w.role(s, st, id, tree.RoleInit, tree.RoleValue)
	w.forget(s, st, id)
	w.role(s, st, id, tree.RoleCondition)
	body := st.copy()
	w.role(s, &body, id, tree.RoleBody, tree.RoleUpdate)
	body.dead = false
	*st = join(*st, body)
	w.role(s, st, id, tree.RoleElse)
}

// branches walks the cases of a switch. A case may fall through to the next.
func (w *walker) branches(s *scope, st *state, id tree.ID) {
	f := w.f
	w.role(s, st, id, tree.RoleInit, tree.RoleValue)
	before, complete := st.copy(), false
	st.dead = true
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleCase {
			continue
		}
		one := join(before.copy(), *st)
		one.dead = before.dead
		w.children(s, &one, child)
		// A break of the switch leads behind it.
		one.dead = before.dead || endsFunction(f, child)
		*st = join(one, *st)
		complete = complete || f.Child(child, tree.RoleLabel) == tree.None
	}
	if !complete {
		*st = join(before, *st)
	}
}

// endsFunction reports whether the last statement of a case leaves the function.
func endsFunction(f *File, id tree.ID) bool {
	last := tree.None
	for item := range f.Children(f.Child(id, tree.RoleBody)) {
		last = item
	}
	return f.Kind(last) == tree.Return || f.Kind(last) == tree.Throw
}

// try walks a try. A handler begins with what held before or anywhere in the body.
func (w *walker) try(s *scope, st *state, id tree.ID) {
	f := w.f
	w.role(s, st, id, tree.RoleResource)
	body := f.Child(id, tree.RoleBody)
	handler := st.copy()
	w.node(s, st, body)
	raises := mayRaise(f, body)
	if raises {
		after := st.copy()
		for i := range handler.values {
			if handler.values[i] != after.values[i] {
				handler.values[i] = joinValues(handler.values[i], after.values[i])
			}
		}
	}
	w.role(s, st, id, tree.RoleElse)
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleCatch {
			one := handler.copy()
			one.dead = !raises || handler.dead
			w.children(s, &one, child)
			*st = join(*st, one)
		}
	}
	if st.dead && f.Child(id, tree.RoleFinally) != tree.None {
		w.role(s, &handler, id, tree.RoleFinally)
		return
	}
	w.role(s, st, id, tree.RoleFinally)
}

// mayRaise reports whether a block can throw: it calls, reads members, or throws.
func mayRaise(f *File, id tree.ID) bool {
	for child := id; child < f.Nodes[id].Limit; child++ {
		switch f.Kind(child) {
		case tree.Call, tree.New, tree.Throw, tree.Index, tree.Member, tree.Await, tree.Yield, tree.Import, tree.Binary, tree.Cast, tree.Error:
			return true
		}
	}
	return false
}
