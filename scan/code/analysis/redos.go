package analysis

// Exponential reports whether a text is a regular expression that a backtracking engine can need exponential time for: a
// loop matches some text in two ways, and what follows the loop can fail, so that all ways are tried. An expression that
// cannot be read, or that is too large to be looked at within a fixed number of steps, is not.
//
// Background: https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
func Exponential(text string) bool {
	whole := parse(text)
	if whole == nil {
		return false
	}
	steps := maxSteps
	return search(whole, false, &steps)
}

// search looks for such a loop. Fails says whether what follows the part can fail.
func search(p *part, fails bool, steps *int) bool {
	if *steps < 0 {
		return false
	}
	switch p.kind {
	case kindSequence:
		for i := len(p.parts) - 1; i >= 0; i-- {
			if search(p.parts[i], fails, steps) {
				return true
			}
			fails = fails || p.parts[i].canFail()
		}
		return false
	case kindRepeat:
		fails = fails && !p.possessive
		if fails && p.loops() && ambiguous(p.parts[0], steps) {
			return true
		}
	case kindTest, kindAtomic:
		// Once it has matched, the engine does not try its other ways.
		fails = false
	}
	for _, each := range p.parts {
		if search(each, fails, steps) {
			return true
		}
	}
	return false
}

// loops reports whether a repeat repeats so often that two ways each time are too many.
func (p *part) loops() bool {
	return p.max == infinite || p.max >= 10 || p.max >= 4 && p.parts[0].unbounded()
}

// ambiguous reports whether a loop around the body matches some text in two ways.
func ambiguous(body *part, steps *int) bool {
	a := &automaton{steps: steps}
	f := a.build(body)
	a.link(f.last, f.first)
	*steps -= len(a.sets) * len(a.sets)
	return !a.full && a.ambiguous()
}
