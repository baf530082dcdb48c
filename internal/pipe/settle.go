package pipe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/linediff"
	"github.com/sluice-scan/sluice/scan/sarif"
)

// trees are the commits that the findings of other tools are about. Each may be nil, when nobody knows it.
type trees struct {
	// head is the commit on which the report stands, seen the tree in which the tools ran: the temporary merge of a pull
	// request, or head itself.
	head, seen *fileTree
	// base is the tree in which findings are old, destination where the pull request goes.
	base, destination *fileTree
}

// openTrees lists the files of the commits. What it cannot list it leaves out.
func (t *Target) openTrees(ctx context.Context) (*trees, error) {
	s := &trees{}
	limit := int64(t.Config.Scan.MaxFileSize)
	list := func(to **fileTree, source scan.Source) error {
		var err error
		if source != nil {
			*to, err = newFileTree(ctx, source, limit)
		}
		return err
	}
	// A nil *git.Commit in the interface would be a source.
	narrowed := func(c *git.Commit) scan.Source {
		switch {
		case c == nil:
			return nil
		case t.prefix != "":
			return subtree{c, t.prefix}
		}
		return c
	}
	head := narrowed(t.head)
	if t.dir != nil {
		head = t.dir
	}
	if err := list(&s.head, head); err != nil {
		return nil, err
	}
	if err := list(&s.base, narrowed(t.base)); err != nil {
		return nil, err
	}
	s.seen = s.head
	checkout, err := t.checkout(ctx)
	if err != nil {
		return nil, err
	}
	if checkout == nil {
		return s, nil
	}
	if err := list(&s.seen, narrowed(checkout)); err != nil {
		return nil, err
	}
	return s, list(&s.destination, narrowed(t.destination))
}

// checkout gives the commit that is checked out when that is the temporary merge of the pull request, in which the tools
// ran, and not the commit on which the report stands; else nil.
func (t *Target) checkout(ctx context.Context) (*git.Commit, error) {
	if t.head == nil || t.repo.Root() == "" {
		return nil, nil
	}
	hash, err := t.repo.Resolve("HEAD")
	if err != nil || hash == t.Commit {
		return nil, nil //nolint:nilerr // without a HEAD there is no merge
	}
	commit, err := t.repo.Commit(ctx, hash)
	if err != nil {
		return nil, err
	}
	merged := false
	for _, parent := range commit.Parents {
		merged = merged || parent == t.Commit && len(commit.Parents) > 1
	}
	if !merged && t.Config.Pipeline.PullRequest() {
		// Something may have been committed on top of the merge.
		base, err := t.repo.MergeBase(ctx, hash, t.Commit)
		merged = err == nil && base == t.Commit
	}
	if !merged {
		return nil, ctx.Err()
	}
	return commit, nil
}

// tree is what the reader of a log is told; nil when nothing is known.
func (s *trees) tree(names ...string) *sarif.Tree {
	if s.seen == nil {
		return nil
	}
	return &sarif.Tree{Paths: s.seen.paths, Read: s.seen.read, Names: names}
}

// settle brings the findings of a run to the commit on which the report stands, and says which of them are new.
func (s *trees) settle(ctx context.Context, run *sarif.Run, head string) error {
	if s.head == nil {
		return nil
	}
	seen := s.seen
	// A log that names the commit of the report was not counted in the merge.
	if run.Result.Commit != "" && run.Result.Commit == head {
		seen = s.head
	}
	// The tool's own comparison is better than one of lines.
	compare := s.base != nil && !run.Result.Compared()
	lost, example := 0, ""
	m := &mover{trees: s, seen: seen}
	for _, f := range byPath(run.Result.Findings) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.Path == "" || f.Archive != "" || f.Commit != "" {
			continue
		}
		before := f.Position
		moved := m.move(f)
		if !moved {
			if lost == 0 {
				example = fmt.Sprintf("%s:%d", f.Path, before.StartLine)
			}
			lost++
			f.Position = scan.Position{}
		}
		if !compare {
			continue
		}
		if moved {
			f.New = m.isNew(f)
		} else {
			f.New = m.isNewInMerge(f.Path, before)
		}
	}
	if lost > 0 {
		run.Result.Notes = append(run.Result.Notes, scan.Note{Code: "import-merge", Text: fmt.Sprintf(
			"%s of %s: the line is one of the temporary merge and not of this commit (%s), so that only the file is shown", scan.Plural(lost, "result", "results"), run.Tool, example)})
	}
	return nil
}

// byPath puts the findings of one file together.
func byPath(findings []scan.Finding) []*scan.Finding {
	list := make([]*scan.Finding, len(findings))
	for i := range findings {
		list[i] = &findings[i]
	}
	slices.SortStableFunc(list, func(a, b *scan.Finding) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// mover compares files of the trees. It keeps what it learned of the file before.
type mover struct {
	*trees
	seen *fileTree

	merge, old, other lineMap
	// path is the file of head whose origin in the base was looked for last.
	path, origin string
}

// lineMap tells where the lines of one file stand in another.
type lineMap struct {
	path     string
	known    bool
	text     []string
	partners []int
	// gone counts the lines of the other file that have no partner, by their text.
	gone map[string]int
}

// of fills the map for a path, unless it holds it already. from may be empty, or a file that cannot be read: then nothing
// is known.
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

// at gives the partner of a line, both from 1; 0 for none.
func (m *lineMap) at(line int) int {
	if line < 1 || line > len(m.partners) || m.partners[line-1] < 0 {
		return 0
	}
	return m.partners[line-1] + 1
}

// minMovedLine is the length below which a line says too little to be known again at another place.
const minMovedLine = 8

// maxComparedLines is how many lines of a region must be old for it to be old; of a longer one, such as a whole function,
// the first counts.
const maxComparedLines = 20

// move brings a finding's lines from the tree in which the tool ran to the commit; false when the commit has no such line.
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

// isNew reports whether the pull request brought a finding in: its file is new, or its lines are. A file that stays as it
// was, and a line that stands in the base at the place from which this one came, have been there before; so has a line that
// was moved within its file. Of what has no line, in a file that changed, nobody knows: it counts as new.
func (m *mover) isNew(f *scan.Finding) bool {
	if _, ok := m.head.files[f.Path]; !ok {
		// A file that the tool saw in the merge alone came from the destination.
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

// isNewInMerge says the same of a line that only the temporary merge has: one of the destination is not new.
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
