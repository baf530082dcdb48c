package manifest

import (
	"bytes"
	"fmt"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// An unfinished merge leaves both sides of each change in the file, between lines of seven "<", "=" or ">"
// (https://git-scm.com/docs/git-merge#_how_conflicts_are_presented). Package managers resolve such a file or refuse it.
// We read each side as a separate file, because either may be the installed one.

// conflict is a text with conflict markers.
type conflict struct {
	// ours and theirs are the two sides, with white space in place of the other side. They are as long as the text, so
	// positions stay the same.
	ours, theirs []byte
	// first is the offset of the first marker.
	first int
}

// markerLength is git's default. Markers of another length are ignored.
const markerLength = 7

// conflictMarker returns the character of a marker line, else 0. A marker is seven equal characters, followed by nothing
// or a space.
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

// splitConflict splits a text with markers; it returns nil for a text without. A line of "=" or "|" counts only in a
// text with another kind of marker, because underlines look the same; strict counts it everywhere. The common ancestor,
// which some tools show between "|" and "=", belongs to neither side.
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
			document.Blank(c.ours[at:end])
		}
		if sign != 0 || side == ours || side == ancestor {
			document.Blank(c.theirs[at:end])
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
			// The rest of the line after its first marker is not a marker.
			rest = rest[end:]
		}
	}
	return false
}

// bothSides reads the two sides, and reports that the merge is unfinished.
func bothSides(f *document.Format, name string, c *conflict) (*document.Document, error) {
	doc, err := plain(f, name, c.ours)
	theirs, second := plain(f, name, c.theirs)
	doc.Theirs = theirs
	doc.Includes = append(doc.Includes, theirs.Includes...)
	if err == nil {
		err = second
	}
	what := fmt.Errorf("line %d: unresolved merge conflicts", document.NewLines(c.ours).Of(c.first))
	if err != nil {
		what = fmt.Errorf("%w, and not all of their sides can be read: %w", what, err)
	}
	if f.Included {
		doc.Unfinished = what // reported if another file includes this one
		return doc, nil
	}
	return doc, what
}
