package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
)

// value is what is known of what an expression gives.
type value struct {
	// taints are the sources that it comes from. Those of the fields of an object belong to the fields.
	taints taints
	// may are the entities that it may be, sorted.
	may []int32
	// known is the constant that it is.
	known match.Value
	// soft says that the constant came with an argument or a result, see [walk.sure].
	soft softness
	// from is where it was read, so that a check of a copy is a check of the original.
	from place
	// checks say what is proven where the value, a truth value, holds or does not hold.
	checks *checks
	// ran is the state in which the right side of && was walked and holds, or that of || was and does not (ranIf): where that is so, it was walked.
	ran   *state
	ranIf bool
	// spelled is the place that stands for the text of the expression.
	spelled place
	// text says that the place stands for the text of an expression that was checked, on all ways.
	text bool
	// partly says that on some ways nothing was stored.
	partly bool
}

// checks are the places that are clean where a condition holds, and where it does not.
type checks struct {
	holds, fails []place
	// sources and failing are those whose data is clean.
	sources, failing []int
}

// softness says by which ways a constant came.
type softness uint8

const (
	// throughArgument: a function was called with it.
	throughArgument softness = 1 << iota
	// throughResult: a function returned it.
	throughResult
)

// maxMay bounds the entities that one value may be.
const maxMay = 16

func tainted(t taints) value { return value{taints: t} }

func constant(v match.Value) value { return value{known: v} }

// joined is a value that is one of two.
func (v value) joined(other value) value {
	out := value{taints: v.taints.with(other.taints), may: unionOf(v.may, other.may), partly: v.partly || other.partly, text: v.text && other.text}
	if v.known == other.known {
		out.known, out.soft = v.known, v.soft|other.soft
	}
	out.checks = alternative(v, other)
	if v.from == other.from {
		out.from = v.from
	}
	return out
}

// at is the value with one more step.
func (v value) at(here site) value {
	v.taints = v.taints.at(here)
	return v
}

// same reports whether two values know the same.
func (v value) same(other value) bool {
	return v.known == other.known && v.partly == other.partly && v.taints.same(other.taints) && slices.Equal(v.may, other.may)
}

// unionOf is the union of two sorted lists.
func unionOf(a, b []int32) []int32 {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 || slices.Equal(a, b) {
		return b
	}
	out := slices.Clone(a)
	for _, each := range b {
		if i, found := slices.BinarySearch(out, each); !found && len(out) < maxMay {
			out = slices.Insert(out, i, each)
		}
	}
	return out
}

// where are the places that a check of the value is about: the one that it was read from, and the one of its text.
func (v value) where() (list []place) {
	if v.from != (place{}) {
		list = append(list, v.from)
	}
	if v.spelled != (place{}) {
		list = append(list, v.spelled)
	}
	return list
}
