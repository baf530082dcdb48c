package flow

import (
	"maps"
	"slices"
	"strings"
)

// maxPath bounds how deep fields are told apart.
const maxPath = 4

// state is what variables hold at one place of a program. Keys are lvalues: a name, and the fields and constant keys behind it, each after a
// dot. A key with an empty set is known to be clean, although what it is part of may not be.
type state struct {
	vars map[string]taints
	// dead says that no run of the program comes here.
	dead bool
}

func newState() *state { return &state{vars: map[string]taints{}} }

func (s *state) clone() *state { return &state{maps.Clone(s.vars), s.dead} }

// get is what an lvalue holds: what is known of itself, or else of the closest thing that it is part of.
func (s *state) get(key string) taints {
	for {
		if t, ok := s.vars[key]; ok {
			return t
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return nil
		}
		key = key[:i]
	}
}

// whole is what an lvalue holds with all of its parts.
func (s *state) whole(key string) taints {
	t := s.get(key)
	for _, name := range s.below(key) {
		t = t.with(s.vars[name])
	}
	return t
}

// below lists the known parts of an lvalue, sorted.
func (s *state) below(key string) (names []string) {
	for name := range s.vars {
		if len(name) > len(key) && name[len(key)] == '.' && strings.HasPrefix(name, key) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// set assigns to an lvalue, which loses its parts.
func (s *state) set(key string, v value) {
	for _, name := range s.below(key) {
		delete(s.vars, name)
	}
	if len(v.own) > 0 || len(s.get(key)) > 0 {
		s.vars[key] = v.own
	} else {
		delete(s.vars, key)
	}
	for _, path := range slices.Sorted(maps.Keys(v.parts)) {
		t := v.parts[path]
		if strings.Count(key, ".")+strings.Count(path, ".") < maxPath {
			s.vars[key+"."+path] = t
		} else if len(t) > 0 {
			s.vars[key] = s.vars[key].with(t)
		}
	}
}

// add lets an lvalue hold more than before.
func (s *state) add(key string, t taints) {
	if len(t) > 0 {
		s.vars[key] = s.get(key).with(t)
	}
}

// join is the state after two ways meet.
func join(a, b *state) *state {
	switch {
	case a == nil || a.dead:
		if b == nil {
			return a
		}
		return b
	case b == nil || b.dead:
		return a
	}
	out := a.clone()
	for name, t := range b.vars {
		out.vars[name] = a.get(name).with(t)
	}
	for name, t := range a.vars {
		if _, ok := b.vars[name]; !ok {
			out.vars[name] = t.with(b.get(name))
		}
	}
	return out
}

// same reports whether two states know the same.
func (s *state) same(other *state) bool {
	if s.dead != other.dead || len(s.vars) != len(other.vars) {
		return false
	}
	for name, t := range s.vars {
		if o, ok := other.vars[name]; !ok || !t.same(o) {
			return false
		}
	}
	return true
}

// value is what an expression gives.
type value struct {
	own taints
	// parts are by the path below it: fields and constant keys.
	parts map[string]taints
}

// whole is the value with all of its parts.
func (v value) whole() taints {
	t := v.own
	for _, path := range slices.Sorted(maps.Keys(v.parts)) {
		t = t.with(v.parts[path])
	}
	return t
}

// joined is a value that is one of two.
func (v value) joined(other value) value {
	out := value{own: v.own.with(other.own)}
	if len(v.parts)+len(other.parts) > 0 {
		out.parts = map[string]taints{}
		for path, t := range v.parts {
			out.parts[path] = t.with(other.own)
		}
		for path, t := range other.parts {
			out.parts[path] = out.parts[path].with(t).with(v.own)
		}
	}
	return out
}
