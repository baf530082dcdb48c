package preview

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// source is where lines come from, and the number of lines that the page still has room for.
type source struct {
	head, base Tree
	mask       Mask
	rows       int // shown so far
}

// errInvalidPath is the error for a path that no file of a repository can have; no Tree is asked for it.
var errInvalidPath = errors.New("a file in a repository cannot have this path")

func read(t Tree, path string) ([]byte, error) {
	if !fs.ValidPath(path) || path == "." {
		return nil, errInvalidPath
	}
	return t.ReadFile(path)
}

// side is a file in one of the two trees.
type side struct {
	there bool
	data  []byte
	lines [][]byte
}

func (s side) large() bool { return len(s.data) > maxBytes || len(s.lines) > maxLines }

// binaryPrefix is how far git looks for a NUL to tell binary from text (buffer_is_binary).
const binaryPrefix = 8000

func (s side) binary() bool { return bytes.IndexByte(s.data[:min(len(s.data), binaryPrefix)], 0) >= 0 }

func load(t Tree, path string) (side, error) {
	if t == nil {
		return side{}, nil
	}
	data, err := read(t, path)
	if errors.Is(err, fs.ErrNotExist) {
		return side{}, nil
	}
	if err != nil {
		return side{}, err
	}
	return side{there: true, data: data, lines: splitLines(data)}, nil
}

// sketch is a file while its lines are being chosen.
type sketch struct {
	*file
	*source
	path     string
	old, new side
	// compared is false without a base: then changes mean nothing.
	compared bool
	changes  []change
	byLine   map[int][]*note
}

// file shows the notes of one file, which must be sorted by line.
func (s *source) file(path string, notes []*note) *file {
	k := &sketch{file: &file{Counts: countsOf(notes)}, source: s, path: path, compared: s.base != nil, byLine: map[int][]*note{}}
	k.Dir, k.Name = splitPath(path)
	if err := k.read(); err != nil {
		k.remark("The file could not be read, so its lines are not shown: " + visible(err.Error()) + ".")
		k.whole(notes)
		return k.file
	}
	if !k.new.there {
		k.Change = "Not in the commit"
		k.remark("The commit has no file of this name; Bitbucket shows its annotations in the report only.")
		k.whole(notes)
		return k.file
	}
	if k.old.binary() || k.new.binary() {
		k.compareBinary()
		k.whole(notes)
		return k.file
	}
	detailed := k.compare()
	for _, n := range notes {
		switch {
		case n.line == 0:
			k.whole([]*note{n})
		case n.line > len(k.new.lines):
			n.Remark = "The file has only " + plural(len(k.new.lines), "line", "lines") + ", so this annotation has no line."
			k.whole([]*note{n})
		default:
			n.Inside = !k.compared || k.isChanged(n.line-1)
			k.byLine[n.line-1] = append(k.byLine[n.line-1], n)
		}
	}
	k.show(detailed)
	k.Inside = k.Inside || len(k.changes) > 0 || !k.compared
	return k.file
}

func (k *sketch) read() error {
	var err error
	if k.new, err = load(k.head, k.path); err != nil {
		return err
	}
	if !k.compared {
		return nil
	}
	if k.old, err = load(k.base, k.path); err != nil {
		return fmt.Errorf("in the base: %w", err)
	}
	return nil
}

func (k *sketch) remark(text string) { k.Remarks = append(k.Remarks, text) }

// whole lists notes at the head of the file. They count as part of the pull request unless the file is known to be
// unchanged.
func (k *sketch) whole(notes []*note) {
	for _, n := range notes {
		n.Inside = !k.compared || k.Change != unchanged
		k.Inside = k.Inside || n.Inside
	}
	k.Notes = append(k.Notes, notes...)
}

// The names of what a pull request did to a file.
const (
	added     = "Added"
	modified  = "Modified"
	unchanged = "Not changed"
)

func (k *sketch) compareBinary() {
	k.remark("It is a binary file and has no lines to show.")
	switch {
	case !k.compared:
	case !k.old.there:
		k.Change = added
	case bytes.Equal(k.old.data, k.new.data):
		k.Change = unchanged
	default:
		k.Change = modified
	}
}

// compare finds the changes, and reports whether they are exact to the line.
func (k *sketch) compare() bool {
	if !k.compared {
		return false
	}
	detailed := !k.old.large() && !k.new.large()
	if detailed {
		k.changes = diffLines(k.old.lines, k.new.lines)
	} else {
		k.changes = coarse(k.old.lines, k.new.lines)
	}
	switch {
	case !k.old.there:
		k.Change = added
	case len(k.changes) == 0:
		k.Change = unchanged
	default:
		k.Change = modified
	}
	if !detailed {
		k.remark(k.largeWords())
		return false
	}
	for _, c := range k.changes {
		k.Added += quantity(c.newEnd - c.newStart)
		k.Removed += quantity(c.oldEnd - c.oldStart)
	}
	if k.old.there && crlf(k.old.lines) != crlf(k.new.lines) && len(k.changes) > 0 {
		k.remark("The line ends changed between LF and CRLF.")
	}
	return true
}

func (k *sketch) largeWords() string {
	text := fmt.Sprintf("The file is too long for its diff (%s): only the lines around annotations are shown.", plural(len(k.new.lines), "line", "lines"))
	if k.Change == modified {
		c := k.changes[0]
		text += fmt.Sprintf(" It differs from the base somewhere in lines %s to %s, and all annotations there count as part of this pull request.",
			commas(c.newStart+1), commas(max(c.newEnd, c.newStart+1)))
	}
	return text
}

// crlf reports whether most lines end with CRLF.
func crlf(lines [][]byte) bool {
	ends, n := 0, 0
	for _, line := range lines {
		switch {
		case bytes.HasSuffix(line, []byte("\r\n")):
			n++
			ends++
		case bytes.HasSuffix(line, []byte("\n")):
			ends++
		}
	}
	return 2*n > ends
}

// detailed reports whether a line without a partner is known to be added.
func (k *sketch) detailed() bool { return !k.old.there || !k.old.large() && !k.new.large() }
