package engine

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/linediff"
)

// byPath sorts the findings by file.
func byPath(findings []scan.Finding) []*scan.Finding {
	list := make([]*scan.Finding, len(findings))
	for i := range findings {
		list[i] = &findings[i]
	}
	slices.SortStableFunc(list, func(a, b *scan.Finding) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// mover compares files of the trees. It keeps the comparison of the last file.
type mover struct {
	*trees
	seen *fileTree

	merge, old, other lineMap
	// path is the file of head whose origin in the base was looked up last.
	path, origin string
}

// lineMap maps the lines of one file to those of another.
type lineMap struct {
	path     string
	known    bool
	text     []string
	partners []int
	// gone counts the lines of the other file without a partner, by their text.
	gone map[string]int
}

// of fills the map for a path, unless it already is the map of this path. from may be empty or unreadable; the map is
// then empty.
func (m *lineMap) of(to *fileTree, path string, other *fileTree, from string) *lineMap {
	if m.path == path {
		return m
	}
	*m = lineMap{path: path}
	text, ok := to.text(path)
	if !ok || from == "" {
		return m
	}
	old, ok := other.text(from)
	if !ok {
		return m
	}
	m.known, m.text, m.partners = true, text, linediff.Partners(old, text)
	kept := make([]bool, len(old))
	for _, p := range m.partners {
		if p >= 0 {
			kept[p] = true
		}
	}
	m.gone = map[string]int{}
	for i, line := range old {
		if word := strings.TrimSpace(line); !kept[i] {
			m.gone[word]++
		}
	}
	return m
}

// at returns the partner of a line, or 0. Lines count from 1.
func (m *lineMap) at(line int) int {
	if line < 1 || line > len(m.partners) || m.partners[line-1] < 0 {
		return 0
	}
	return m.partners[line-1] + 1
}

// minMovedLine is the minimum length of a line that we recognise in another place.
const minMovedLine = 8

// maxComparedLines is the longest region that is old only if every line of it is old. For a longer region, such as a
// whole function, only the first line counts.
const maxComparedLines = 20

// move moves the lines of a finding from the tree in which the tool ran to the reported commit. It returns false if the
// commit has no such line.
func (m *mover) move(f *scan.Finding) bool {
	if m.seen == m.head || f.StartLine == 0 || m.seen.same(m.head, f.Path) {
		return true
	}
	if _, ok := m.seen.files[f.Path]; !ok {
		return true
	}
	if _, ok := m.head.files[f.Path]; !ok {
		return false
	}
	lines := m.merge.of(m.seen, f.Path, m.head, f.Path)
	start := lines.at(f.StartLine)
	if start == 0 {
		return false
	}
	end := lines.at(f.EndLine)
	if end < start {
		end, f.EndColumn = start, 0
	}
	f.StartLine, f.EndLine = start, end
	return true
}

// isNew reports whether the pull request added a finding: its file or its lines are new. A file that did not change is
// old. A line is old if the base has it at the matching place, or if it moved within its file. A finding without a line,
// in a file that changed, counts as new, because it is not known.
func (m *mover) isNew(f *scan.Finding) bool {
	if _, ok := m.head.files[f.Path]; !ok {
		// If only the merge has the file, it came from the destination.
		_, merged := m.seen.files[f.Path]
		return m.seen == m.head || !merged
	}
	if m.head.same(m.base, f.Path) {
		return false
	}
	if m.path != f.Path {
		m.path, m.origin = f.Path, m.head.origin(m.base, f.Path)
	}
	from := m.origin
	if from == "" {
		return true
	}
	if blob := m.head.files[f.Path].Blob; blob != "" && blob == m.base.files[from].Blob {
		return false
	}
	lines := m.old.of(m.head, f.Path, m.base, from)
	if !lines.known || f.StartLine == 0 {
		return true
	}
	last := f.EndLine
	if last-f.StartLine >= maxComparedLines {
		last = f.StartLine
	}
	for line := f.StartLine; line <= max(last, f.StartLine); line++ {
		if lines.at(line) > 0 {
			continue
		}
		if line > len(lines.text) {
			return true
		}
		word := strings.TrimSpace(lines.text[line-1])
		if lines.gone[word] == 0 && word != "" || line == f.StartLine && len(word) < minMovedLine {
			return true
		}
	}
	return false
}

// isNewInMerge is isNew for a line that only the temporary merge has. A line of the destination is not new.
func (m *mover) isNewInMerge(path string, at scan.Position) bool {
	if m.destination == nil {
		return true
	}
	if m.seen.same(m.destination, path) {
		return false
	}
	if _, ok := m.destination.files[path]; !ok {
		return true
	}
	return m.other.of(m.seen, path, m.destination, path).at(at.StartLine) == 0
}
