package preview

import "bytes"

// If the line before a group of changed lines equals the last line of the group, the group can move up by one line and
// the diff stays correct. Git chooses among such positions for readability. This file makes the same choice: next to a
// change on the other side if possible, else where the indentation says that a block begins. The weights are those that
// git has used since 2.14 (diff.indentHeuristic); git's developers found them by experiments on many histories.

// slide moves every group of changed lines in t to its best position. other is the other side, whose groups do not move.
func slide(t, other *text) {
	g, o := t.firstGroup(), other.firstGroup()
	for {
		if g.start < g.end {
			o = g.settle(o)
		}
		if !g.next() {
			return
		}
		o.next()
	}
}

// group is a run of changed lines, or the empty space between two unchanged ones. The groups of both sides correspond
// one to one, because the unchanged lines between them do.
type group struct {
	*text
	start, end int
}

func (t *text) firstGroup() group { return group{t, 0, t.groupEnd(0)} }

func (g *group) next() bool {
	if g.end == len(g.ids) {
		return false
	}
	g.start = g.end + 1
	g.end = g.groupEnd(g.start)
	return true
}

func (g *group) previous() {
	g.end = g.start - 1
	g.start = g.groupStart(g.end)
}

func (t *text) groupStart(end int) int {
	for end > 0 && t.changed[end-1] {
		end--
	}
	return end
}

// up moves the group up by one line, and joins it with a group that it touches.
func (g *group) up() bool {
	if g.start == 0 || g.ids[g.start-1] != g.ids[g.end-1] {
		return false
	}
	g.start, g.end = g.start-1, g.end-1
	g.changed[g.start], g.changed[g.end] = true, false
	g.start = g.groupStart(g.start)
	return true
}

// down is the opposite of up.
func (g *group) down() bool {
	if g.end == len(g.ids) || g.ids[g.start] != g.ids[g.end] {
		return false
	}
	g.changed[g.start], g.changed[g.end] = false, true
	g.start, g.end = g.start+1, g.groupEnd(g.end+1)
	return true
}

// settle moves one group to its best position and returns the group on the other side that is then opposite.
func (g *group) settle(o group) group {
	highest, opposite := 0, -1
	// Joining another group changes how far the whole can move, so try again.
	for size := -1; size != g.end-g.start; {
		size = g.end - g.start
		opposite = -1
		for g.up() {
			o.previous()
		}
		highest = g.end
		if o.start < o.end {
			opposite = g.end
		}
		for g.down() {
			o.next()
			if o.start < o.end {
				opposite = g.end
			}
		}
	}
	best := g.end
	switch {
	case g.end == highest:
	case opposite >= 0:
		best = opposite
	default:
		best = g.bestEnd(highest)
	}
	for g.end > best && g.up() {
		o.previous()
	}
	return o
}

// maxSlide limits the positions that are examined for one group.
const maxSlide = 100

// bestEnd weighs the positions from highest down to the present one. Of equal ones, the lowest in the file wins.
func (g *group) bestEnd(highest int) int {
	size := g.end - g.start
	best := -1
	var least weight
	for end := max(highest, g.end-size-1, g.end-maxSlide); end <= g.end; end++ {
		w := g.weigh(end).plus(g.weigh(end - size))
		if best < 0 || !least.lessThan(w) {
			best, least = end, w
		}
	}
	return best
}

// weight rates a position as a border of a group; lower is better. It consists of the indentation there, and a penalty
// for blank lines and the neighbours' indentation.
type weight struct{ indent, penalty int }

func (w weight) plus(v weight) weight { return weight{w.indent + v.indent, w.penalty + v.penalty} }

// indentWeight is how much more the indentation counts than everything else.
const indentWeight = 60

func (w weight) lessThan(v weight) bool {
	sign := 0
	if w.indent < v.indent {
		sign = -1
	} else if w.indent > v.indent {
		sign = 1
	}
	return indentWeight*sign+w.penalty-v.penalty < 0
}

const (
	penaltyFileStart = 1
	penaltyFileEnd   = 21
	penaltyBlank     = -30 // a blank line, on either side
	penaltyBlankNext = 6   // and more so after the border

	penaltyDeeper       = -4 // deeper than the line before
	penaltyDeeperBlank  = 10
	penaltyOutdent      = 24 // less deep than the line before and than the one after: "else", "}"
	penaltyOutdentBlank = 17
	penaltyDedent       = 23 // less deep than the line before only
	penaltyDedentBlank  = 17

	maxIndent    = 200
	maxBlankRun  = 20
	blankLine    = -1
	columnsOfTab = 8
)

// weigh rates the border before line i.
func (t *text) weigh(i int) weight {
	here, blanksBehind, behind := blankLine, 0, blankLine
	if i < len(t.lines) {
		here = indentOf(t.lines[i])
		behind, blanksBehind = t.nearest(i+1, 1)
	}
	before, blanks := t.nearest(i-1, -1)
	var w weight
	if before == blankLine && blanks == 0 {
		w.penalty += penaltyFileStart
	}
	if i >= len(t.lines) {
		w.penalty += penaltyFileEnd
	}
	depth := here
	if here == blankLine {
		depth = behind
		blanksBehind++
	} else {
		blanksBehind = 0
	}
	blanks += blanksBehind
	w.penalty += penaltyBlank*blanks + penaltyBlankNext*blanksBehind
	w.indent = depth
	if depth != blankLine && before != blankLine {
		w.penalty += neighbours(before, depth, behind, blanks > 0)
	}
	return w
}

func neighbours(before, here, behind int, blank bool) int {
	pick := func(plain, withBlank int) int {
		if blank {
			return withBlank
		}
		return plain
	}
	switch {
	case here > before:
		return pick(penaltyDeeper, penaltyDeeperBlank)
	case here == before:
		return 0
	case behind != blankLine && behind > here:
		return pick(penaltyOutdent, penaltyOutdentBlank)
	}
	return pick(penaltyDedent, penaltyDedentBlank)
}

// nearest returns the indentation of the first non-blank line from i in the direction of step, and the number of blank
// lines before it.
func (t *text) nearest(i, step int) (indent, blanks int) {
	for ; i >= 0 && i < len(t.lines); i += step {
		if indent = indentOf(t.lines[i]); indent != blankLine {
			return indent, blanks
		}
		if blanks++; blanks == maxBlankRun {
			return 0, blanks
		}
	}
	return blankLine, blanks
}

func indentOf(line []byte) int {
	columns := 0
	for _, c := range line {
		switch {
		case c == ' ':
			columns++
		case c == '\t':
			columns += columnsOfTab - columns%columnsOfTab
		case !bytes.ContainsAny([]byte{c}, "\n\r\v\f"):
			return columns
		}
		if columns >= maxIndent {
			return maxIndent
		}
	}
	return blankLine
}
