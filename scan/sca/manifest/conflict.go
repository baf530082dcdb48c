package manifest

import (
	"bytes"
	"fmt"
)

// A merge that was not finished leaves both sides of each change in the file, between lines of seven equal signs
// (https://git-scm.com/docs/git-merge#_how_conflicts_are_presented). Package managers take such a file apart, or refuse it; here
// each side is read as a file of its own, because either may be what is installed.

// conflict is a text with such lines.
type conflict struct {
	// ours and theirs are the two sides, with white space where the other side stands: they are as long as the text, so that
	// positions stay.
	ours, theirs []byte
	// first is the offset of the first marker.
	first int
}

// markerLength is git's. A text with markers of another length is left alone.
const markerLength = 7

// conflictMarker gives the sign of a line that is a marker, else 0: seven of one sign, and then nothing or a space.
func conflictMarker(line []byte) byte {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < markerLength {
		return 0
	}
	sign := line[0]
	if sign != '<' && sign != '>' && sign != '=' && sign != '|' {
		return 0
	}
	for _, c := range line[:markerLength] {
		if c != sign {
			return 0
		}
	}
	switch {
	case len(line) == markerLength:
		return sign
	case sign == '=' || line[markerLength] != ' ':
		return 0
	}
	return sign
}

// splitConflict takes a text with markers apart; nil for one without. A line of "=" or "|" is a marker only in a text that has
// one of the others, because underlines look like it; strict makes it one everywhere. The common ancestor, which some show
// between "|" and "=", is on neither side.
func splitConflict(data []byte, strict bool) *conflict {
	if !hasConflict(data, strict) {
		return nil
	}
	c := &conflict{ours: bytes.Clone(data), theirs: bytes.Clone(data), first: -1}
	const both, ours, ancestor, theirs = 0, 1, 2, 3
	side := both
	for at := 0; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		sign := conflictMarker(data[at:end])
		switch sign {
		case '<':
			side = ours
		case '|':
			side = ancestor
		case '=':
			if side != both {
				side = theirs
			}
		case '>':
			side = both
		}
		if sign != 0 && c.first < 0 {
			c.first = at
		}
		if sign != 0 || side == theirs || side == ancestor {
			blank(c.ours[at:end])
		}
		if sign != 0 || side == ours || side == ancestor {
			blank(c.theirs[at:end])
		}
		at = end
	}
	return c
}

func hasConflict(data []byte, strict bool) bool {
	for _, marker := range []string{"<<<<<<<", ">>>>>>>", "======="} {
		if marker == "=======" && !strict {
			continue
		}
		for rest := data; ; {
			i := bytes.Index(rest, []byte(marker))
			if i < 0 {
				break
			}
			end := len(rest)
			if n := bytes.IndexByte(rest[i:], '\n'); n >= 0 {
				end = i + n
			}
			if (i == 0 || rest[i-1] == '\n') && conflictMarker(rest[i:end]) != 0 {
				return true
			}
			// What is behind the line's first marker is none.
			rest = rest[end:]
		}
	}
	return false
}

// blank writes spaces over a line, and leaves its end.
func blank(line []byte) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
}

// bothSides reads the two sides, and says that the merge was not finished.
func (f *format) bothSides(name string, c *conflict) (*Document, error) {
	doc, err := f.plain(name, c.ours)
	theirs, second := f.plain(name, c.theirs)
	doc.theirs = theirs
	doc.Includes = append(doc.Includes, theirs.Includes...)
	if err == nil {
		err = second
	}
	what := fmt.Errorf("line %d: a merge was not finished", newLines(c.ours).of(c.first))
	if err != nil {
		what = fmt.Errorf("%w, and not all of its sides can be read: %w", what, err)
	}
	if f.included {
		doc.unfinished = what // said when another file includes this one
		return doc, nil
	}
	return doc, what
}
