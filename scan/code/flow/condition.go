package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// assume goes on where a condition holds, or where it does not.
func (w *walk) assume(id tree.ID, v value, holds bool) {
	if id == tree.None || w.state.dead {
		return
	}
	if known, ok := w.truth(v); ok && known != holds {
		w.state.dead = true
		return
	}
	if v.ran != nil && v.ranIf == holds {
		w.state = v.ran.clone()
	}
	if v.checks != nil {
		proven := v.checks
		if !holds {
			proven = proven.negated()
		}
		for _, p := range proven.holds {
			if held, ok := w.state.get(p); ok && w.watch != nil {
				w.watch.lose(w.whole(held), Clean{Span: w.file.Span(id), By: ByCheck})
			}
			w.cleanPlace(p)
		}
		w.cleanSources(proven.sources)
	}
	w.narrow(id, holds)
}

// truth reports whether a value holds as a condition, when it is a constant that may decide one. A rule must ask for it (Guards) that the
// constants of arguments decide conditions: semgrep's findings do not depend on them else. Those of results never do.
func (w *walk) truth(v value) (holds, known bool) {
	if !w.decides(v) {
		return false, false
	}
	return truth(v.known)
}

func (w *walk) decides(v value) bool {
	return v.soft == 0 || v.soft == throughArgument && w.options.Guards
}

// narrow notes the constants that variables must be where a condition holds or does not.
func (w *walk) narrow(id tree.ID, holds bool) {
	f := w.file
	switch f.Kind(id) {
	case tree.Unary:
		if t := f.Text(id); t == "!" || t == "not" {
			w.narrow(f.Child(id, tree.RoleOperand), !holds)
		}
	case tree.Binary:
		left, right := f.Child(id, tree.RoleLeft), f.Child(id, tree.RoleRight)
		sign := f.Text(id)
		if and, or := logic(sign); and && holds || or && !holds && sign != "??" {
			w.narrow(left, holds)
			w.narrow(right, holds)
			return
		}
		switch sign {
		case "==", "===", "is":
		case "!=", "!==", "is not":
			holds = !holds
		default:
			return
		}
		if holds {
			w.narrowTo(left, right)
			w.narrowTo(right, left)
		}
	}
}

// narrowTo notes that a variable is what a constant is.
func (w *walk) narrowTo(id, other tree.ID) {
	known := w.look(other).known
	if known.Kind == match.Unknown || known.Any || known.Kind == match.NullValue {
		return
	}
	p, ok := w.place(id)
	if !ok || w.file.Kind(id) != tree.Name {
		return
	}
	v, _ := w.state.get(p)
	if v.known.Kind == known.Kind && !v.known.Any && v.known != known && w.decides(v) {
		w.state.dead = true
		return
	}
	v.known, v.soft = known, 0
	w.store(p, v)
}

// compared are the checks of a comparison: a variable is clean where it equals a constant or is one of constants.
func (w *walk) compared(sign string, left, right value) *checks {
	if !w.options.Guards {
		return nil
	}
	var checked value
	switch sign {
	case "==", "===", "is", "!=", "!==", "is not":
		if right.known.Kind != match.Unknown && right.known.Kind != match.NullValue && right.known.Text != "" {
			checked = left
		} else if left.known.Kind != match.Unknown && left.known.Kind != match.NullValue && left.known.Text != "" {
			checked = right
		}
	case "in", "not in":
		if w.constants(right) {
			checked = left
		}
	}
	return checkOf(checked, sign[0] == '!' || strings.Contains(sign, "not"))
}

// checkOf is the check of a value; nil when it has no place.
func checkOf(v value, negated bool) *checks {
	places := v.where()
	switch {
	case len(places) == 0:
		return nil
	case negated:
		return &checks{fails: places}
	}
	return &checks{holds: places}
}

// constants reports whether a value is a collection of constants.
func (w *walk) constants(v value) bool {
	if len(v.may) == 0 || len(w.whole(v)) > 0 {
		return false
	}
	for _, e := range v.may {
		if !w.entities[e].sealed {
			return false
		}
		for _, name := range w.entities[e].fields {
			if part, ok := w.state.get(place{e, name}); ok && part.known.Kind == match.Unknown && name != length {
				return false
			}
		}
	}
	return true
}

// clean cleans the place that a value was read from.
func (w *walk) clean(v value) {
	if v.from != (place{}) {
		w.cleanPlace(v.from)
	}
}

// cleanPlace cleans a place, and the places that it is a copy of.
func (w *walk) cleanPlace(p place) {
	for range maxCopies {
		v, ok := w.state.get(p)
		if !ok {
			if w.texts[p] {
				w.state.put(p, value{text: true})
			}
			return
		}
		from, held := v.from, v.taints
		w.state.put(p, value{known: v.known, soft: v.soft, from: from})
		if from == (place{}) || from == p {
			return
		}
		if original, ok := w.state.get(from); !ok || !original.taints.same(held) {
			return
		}
		p = from
	}
}

// maxCopies bounds how far a check of a copy goes back.
const maxCopies = 16
