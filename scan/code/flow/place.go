package flow

import (
	"strconv"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// key is the lvalue that an expression is: a variable with the fields and constant keys behind it; "" for what is none.
func (w *walk) key(id tree.ID) string {
	f := w.file
	switch f.Kind(id) {
	case tree.Name:
		return f.Text(id)
	case tree.Member:
		property := f.Child(id, tree.RoleProperty)
		object := w.key(f.Child(id, tree.RoleObject))
		if object == "" || f.Kind(property) != tree.Name {
			return ""
		}
		return object + "." + f.Text(property)
	case tree.Index:
		object := w.key(f.Child(id, tree.RoleObject))
		if object == "" {
			return ""
		}
		if part, ok := w.constant(f.Child(id, tree.RoleIndex)); ok {
			return object + "." + part
		}
		return object
	case tree.Spread, tree.Cast:
		return w.key(f.Child(id, tree.RoleValue))
	case tree.Unary:
		if t := f.Text(id); t == "*" || t == "&" {
			return w.key(f.Child(id, tree.RoleOperand))
		}
	}
	return ""
}

// constant is a constant key. Dots in it would look like fields.
func (w *walk) constant(id tree.ID) (string, bool) {
	if id == tree.None {
		return "", false
	}
	v := w.file.Value(id)
	if v.Any || v.Kind != match.StringValue && v.Kind != match.NumberValue {
		return "", false
	}
	if v.Kind == match.StringValue && !plainKey(v.Text) {
		return strconv.Quote(v.Text), plainKey(strconv.Quote(v.Text))
	}
	return v.Text, true
}

func plainKey(text string) bool {
	for i := range len(text) {
		if text[i] == '.' {
			return false
		}
	}
	return text != ""
}

// read walks a variable, a member or an index.
func (w *walk) read(id tree.ID) value {
	f := w.file
	if f.Kind(id) == tree.Name {
		key := f.Text(id)
		v := value{own: w.state.get(key)}
		for _, name := range w.state.below(key) {
			if v.parts == nil {
				v.parts = map[string]taints{}
			}
			v.parts[name[len(key)+1:]] = w.state.vars[name]
		}
		if _, known := w.state.vars[key]; !known {
			if list := w.functions[key]; len(list) == 1 && w.declared(list[0]) {
				return v.joined(w.functionValue(list[0], nil))
			}
		}
		return v
	}
	object := w.eval(f.Child(id, tree.RoleObject))
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleIndex {
			w.eval(child)
		}
	}
	part, known := "", false
	if f.Kind(id) == tree.Member {
		if property := f.Child(id, tree.RoleProperty); f.Kind(property) == tree.Name {
			part, known = f.Text(property), true
		}
	} else {
		part, known = w.constant(f.Child(id, tree.RoleIndex))
	}
	if !known {
		return value{own: object.whole()}
	}
	return object.part(part)
}

// part is what a value holds below a key.
func (v value) part(key string) value {
	out := value{own: v.own}
	if t, ok := v.parts[key]; ok {
		out.own = t
	}
	for path, t := range v.parts {
		if len(path) > len(key) && path[:len(key)] == key && path[len(key)] == '.' {
			if out.parts == nil {
				out.parts = map[string]taints{}
			}
			out.parts[path[len(key)+1:]] = t
		}
	}
	return out
}

// assignment walks an assignment or a declaration with a value.
func (w *walk) assignment(id tree.ID) value {
	f := w.file
	right := f.Child(id, tree.RoleValue)
	v := w.eval(right)
	operator := f.Text(id)
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleTarget {
			continue
		}
		if operator != "=" && operator != ":=" {
			v = value{own: w.eval(child).whole().with(v.whole())}
		}
		w.assign(child, v)
	}
	return v
}

// assign gives a value to a target: a variable, a part of one, or several by position or by name. A target that is a source is tainted.
func (w *walk) assign(target tree.ID, v value) {
	f := w.file
	switch f.Kind(target) {
	case tree.Tuple, tree.Array:
		i := 0
		for child := range f.Children(target) {
			if f.Kind(child) == tree.Spread {
				w.assign(f.Child(child, tree.RoleValue), value{own: v.whole()})
				continue
			}
			w.assign(child, v.part(itoa(i)))
			i++
		}
		return
	case tree.Object:
		for child := range f.Children(target) {
			switch f.Kind(child) {
			case tree.Pair:
				key, ok := w.keyOf(child)
				part := value{own: v.whole()}
				if ok {
					part = v.part(key)
				}
				w.assign(f.Child(child, tree.RoleValue), part)
			case tree.Spread:
				w.assign(f.Child(child, tree.RoleValue), value{own: v.whole()})
			case tree.Assign:
				name := f.Child(child, tree.RoleTarget)
				part := v.part(f.Text(name))
				w.assign(name, part.joined(w.eval(f.Child(child, tree.RoleValue))))
			default:
				w.assign(child, v.part(f.Text(child)))
			}
		}
		return
	case tree.Assign:
		w.assign(f.Child(target, tree.RoleTarget), v.joined(w.eval(f.Child(target, tree.RoleValue))))
		return
	case tree.Spread:
		w.assign(f.Child(target, tree.RoleValue), value{own: v.whole()})
		return
	case tree.Declare:
		w.assign(f.Child(target, tree.RoleTarget), v)
		return
	}
	v = w.begin(target, v.at(target))
	key := w.key(target)
	if key == "" {
		w.eval(target)
		return
	}
	w.arrive(target, v)
	if _, known := w.constant(f.Child(target, tree.RoleIndex)); f.Kind(target) == tree.Index && !known {
		w.state.add(key, v.whole()) // some element of it
		return
	}
	w.state.set(key, v)
}

// at adds a step to the ways of a value.
func (v value) at(id tree.ID) value {
	out := value{own: v.own.at(id)}
	if len(v.parts) > 0 {
		out.parts = map[string]taints{}
		for path, t := range v.parts {
			out.parts[path] = t.at(id)
		}
	}
	return out
}

// keyOf is the constant key of a pair.
func (w *walk) keyOf(pair tree.ID) (string, bool) {
	key := w.file.Child(pair, tree.RoleKey)
	if w.file.Kind(key) == tree.Name && !w.file.Has(key, tree.Computed) && w.file.Language != tree.Python {
		return w.file.Text(key), true
	}
	return w.constant(key)
}

// literal walks the literal of an object, a list or a tuple.
func (w *walk) literal(id tree.ID) value {
	f := w.file
	v := value{parts: map[string]taints{}}
	i := 0
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleElement {
			continue
		}
		switch f.Kind(child) {
		case tree.Pair:
			inner := f.Child(child, tree.RoleValue)
			part := w.eval(inner)
			if k, ok := w.keyOf(child); ok {
				v.put(k, part)
			} else {
				w.eval(f.Child(child, tree.RoleKey))
				v.own = v.own.with(part.whole())
			}
		case tree.Spread:
			v.own = v.own.with(w.eval(child).whole())
		case tree.Function:
			w.eval(child)
		default:
			part := w.eval(child)
			if f.Kind(id) == tree.Object {
				v.put(f.Text(child), part)
			} else {
				v.put(itoa(i), part)
			}
		}
		i++
	}
	return v
}

// put sets a part of a value.
func (v *value) put(key string, part value) {
	v.parts[key] = part.own
	for path, t := range part.parts {
		v.parts[key+"."+path] = t
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
