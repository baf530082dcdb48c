package match

import "regexp/syntax"

// minRequiredRun is the length in bytes from which a run is worth searching for before an expression is tried.
const minRequiredRun = 8

// Run is a number of bytes of a class in a row that every match of an expression contains. Searching for it costs far
// less than trying the expression, and a text full of literals without a credential has no such run.
type Run struct {
	length int
	class  [256]bool
}

// MandatoryRun returns the longest run that an expression demands. Its length is 0 when no run is worth searching for.
func MandatoryRun(expression *syntax.Regexp) Run {
	var best Run
	switch expression.Op {
	case syntax.OpCapture:
		return MandatoryRun(expression.Sub[0])
	case syntax.OpConcat:
		for _, sub := range expression.Sub {
			if r := MandatoryRun(sub); r.length > best.length {
				best = r
			}
		}
	case syntax.OpRepeat:
		if sub := expression.Sub[0]; sub.Op == syntax.OpCharClass && expression.Min >= minRequiredRun {
			best.length = expression.Min
			best.add(sub.Rune)
		}
	}
	return best
}

// add adds ranges of characters to the class. A range beyond ASCII adds every byte of its UTF-8 form.
func (r *Run) add(ranges []rune) {
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := ranges[i]; c <= min(ranges[i+1], 0xff); c++ {
			r.class[c] = true
		}
		if ranges[i+1] > 0x7f {
			for b := 0x80; b <= 0xff; b++ {
				r.class[b] = true
			}
		}
	}
}

// In reports whether data contains the run. It looks at the end of each possible place first, and so skips most bytes.
func (r *Run) In(data []byte) bool {
	for from := 0; from+r.length <= len(data); {
		at := from + r.length - 1
		for at >= from && r.class[data[at]] {
			at--
		}
		if at < from {
			return true
		}
		from = at + 1
	}
	return false
}
