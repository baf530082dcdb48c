package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// entityKind says what an entity is.
type entityKind uint8

const (
	// frameEntity is one call of a function; its fields are the variables.
	frameEntity entityKind = iota + 1
	// objectEntity is an object, a list, a map: whatever has parts.
	objectEntity
	// functionEntity is a function as a value.
	functionEntity
	// classEntity is a class; its fields are the static ones.
	classEntity
	// pointerEntity is the address of a place.
	pointerEntity
	// moduleEntity is a file as a value.
	moduleEntity
	// settlerEntity is the function that settles a promise.
	settlerEntity
)

// identity is what tells entities apart. The same statement in the same call gives the same entity, so that loops come to an end.
type identity struct {
	kind entityKind
	at   site
	// frame is the call in which it was made.
	frame int32
	// inner is the frame that a function sees around it, the place of a pointer, or what a method is bound to.
	inner place
}

// entity is something that a value may be.
type entity struct {
	identity
	// class is the class of an object, 0 when it is not known.
	class int32
	// fields are the names that were ever put, in their order.
	fields []int32
	has    map[int32]bool
	// above are the parents of a class that an expression gives.
	above []int32
	// scope is the frame in which a class was declared, 0 for a file's.
	scope int32
	// sealed says that the object has no other parts than those known.
	sealed bool
	// struct says that an assignment copies the object.
	isStruct bool
	// over says that a call ended and that nothing sees its variables any more; seen that something does: a function in it, or a pointer.
	over, seen bool
	// called says that a function was followed, and unmade that the walk that made it was undone.
	called, unmade bool
}

// entity gives the number of an entity, which is made when there is none yet.
func (a *analysis) entity(who identity) (number int32, made bool) {
	if number, ok := a.entityNumbers[who]; ok {
		if e := a.entities[number]; e.unmade {
			e.unmade = false
			a.made = append(a.made, number)
		}
		return number, false
	}
	number = int32(len(a.entities))
	a.entities = append(a.entities, &entity{identity: who})
	a.entityNumbers[who] = number
	if who.kind == functionEntity || who.kind == pointerEntity {
		if around := who.inner.of; around > 0 {
			a.entities[around].seen = true
		}
	}
	if who.kind == functionEntity {
		a.made = append(a.made, number)
	}
	return number, true
}

// functionValue is a function as a value.
func (w *walk) functionValue(u *unit, id tree.ID, around int32) value {
	number, _ := w.entity(identity{kind: functionEntity, at: site{u.number, id}, inner: place{of: around}})
	return value{may: []int32{number}}
}

// bound is a method as a value, with the object that it was taken from.
func (w *walk) bound(u *unit, id tree.ID, object int32) value {
	number, _ := w.entity(identity{kind: functionEntity, at: site{u.number, id}, inner: place{w.scope(u, id), object}})
	return value{may: []int32{number}}
}

// object is an object that is made here. One that the same statement made before loses its parts.
func (w *walk) object(id tree.ID) (number int32) {
	number, made := w.entity(identity{kind: objectEntity, at: w.site(id), frame: w.frame})
	if !made {
		for _, name := range w.entities[number].fields {
			w.state.remove(place{number, name})
		}
	}
	return number
}

// note remembers that an entity has a part.
func (a *analysis) note(p place) {
	e := a.entities[p.of]
	if !e.has[p.name] && len(e.fields) < maxFields {
		if e.has == nil {
			e.has = map[int32]bool{}
		}
		e.has[p.name] = true
		e.fields = append(e.fields, p.name)
	}
}

// maxFields bounds the parts of one object.
const maxFields = 256

// Some parts have names that no program can write.
const (
	// elements are those parts of a container whose key is not known.
	elements int32 = iota
	// length is how many elements a list has.
	length
	// keys are the keys that are data.
	keys
	// control holds the sources whose control flow is tainted.
	control
)

// name is the number of a name.
func (a *analysis) name(text string) int32 { return a.world.name(text) }
