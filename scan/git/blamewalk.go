package git

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan/linediff"
)

const (
	// maxBlameSteps limits the work of all diffs of one walk to about three seconds.
	maxBlameSteps = 1 << 29
	// maxBlameEntries limits the tree entries that one walk reads to find moved files.
	maxBlameEntries = 2_000_000
)

var errBlameBudget = errors.New("more commits than may be read")

// blameWalk goes back through the history with all lines whose origin is still unknown. At any time each line is at one
// commit; from there it moves to a parent or stays.
type blameWalk struct {
	repo    *Repository
	shallow bool
	places  []LinePlace
	answers map[LinePlace]Blame
	// blames are the answers by commit; nil is a commit whose author cannot be read.
	blames map[plumbing.Hash]*Blame
	// queue contains every commit in waiting once, the newest on top, so that most commits are processed after all of their
	// children. With wrong dates a commit comes again, for the lines that arrived late.
	queue   byDate
	waiting map[plumbing.Hash]*waitingCommit
	// commits is the number of commits that may still be read.
	commits int
	texts   blameTexts
	seek    treeSeek
	diff    linediff.Diff
	renames treeDiff
	files   []treeFile
}

// waitingCommit is a commit that lines have reached.
type waitingCommit struct {
	*commitInfo
	suspects []*suspect
}

// suspect is a file in a commit, with the lines whose origin is wanted.
type suspect struct {
	path  string
	entry treeEntry
	// folders are the trees on the way to path, without the root.
	folders []plumbing.Hash
	marks   []mark
	// olds are the parents' versions of the file, as far as they are known.
	olds []oldFile
}

// mark is a line, counted from 0, and the index of its place in the given commit.
type mark struct{ line, place int }

// oldFile is a parent's entry at the path of a suspect.
type oldFile struct {
	parent *commitInfo
	treeFile
}

// run fills answers.
func (w *blameWalk) run(ctx context.Context, head string) error {
	c, err := newAncestry(w.repo).start(head)
	if err != nil {
		return err
	}
	w.commits--
	w.start(c)
	for len(w.queue) > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c := heap.Pop(&w.queue).(*commitInfo)
		suspects := gathered(w.waiting[c.hash].suspects)
		delete(w.waiting, c.hash)
		if err := w.commit(ctx, c, suspects); err != nil {
			return err
		}
	}
	return nil
}

// start creates suspects for the places that are lines of files in c.
func (w *blameWalk) start(c *commitInfo) {
	byPath := map[string]*suspect{}
	var suspects []*suspect
	for i, p := range w.places {
		if p.Line < 1 || p.Path == "" || len(p.Path) > maxPathBytes {
			continue
		}
		s := byPath[p.Path]
		if s == nil {
			s = &suspect{path: p.Path}
			byPath[p.Path] = s
			suspects = append(suspects, s)
		}
		s.marks = append(s.marks, mark{p.Line - 1, i})
	}
	suspects = gathered(suspects)
	w.look(c, suspects)
	for i, s := range suspects {
		f := &w.files[i]
		if !f.isFile() {
			continue
		}
		lines, ok := w.texts.lines(f.found.hash)
		if !ok {
			continue
		}
		s.entry, s.folders = f.found, f.through
		s.marks = slices.DeleteFunc(s.marks, func(m mark) bool { return m.line >= len(lines) })
		w.pass(c, s)
	}
}

// gathered sorts suspects by path and merges those with the same path, with their lines in order.
func gathered(suspects []*suspect) []*suspect {
	slices.SortFunc(suspects, func(a, b *suspect) int { return strings.Compare(a.path, b.path) })
	kept := suspects[:0]
	for _, s := range suspects {
		if last := len(kept) - 1; last >= 0 && kept[last].path == s.path {
			kept[last].marks = append(kept[last].marks, s.marks...)
			continue
		}
		kept = append(kept, s)
	}
	for _, s := range kept {
		slices.SortFunc(s.marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.place, b.place)) })
	}
	return kept
}

// look fills files with the entries of c at the paths of suspects.
func (w *blameWalk) look(c *commitInfo, suspects []*suspect) {
	w.files = w.files[:0]
	for _, s := range suspects {
		w.files = append(w.files, treeFile{path: s.path, folders: s.folders, entry: s.entry})
	}
	w.seek.find(c.tree, w.files)
}

// pass queues a suspect for c.
func (w *blameWalk) pass(c *commitInfo, s *suspect) {
	if len(s.marks) == 0 {
		return
	}
	at := w.waiting[c.hash]
	if at == nil {
		at = &waitingCommit{commitInfo: c}
		w.waiting[c.hash] = at
		heap.Push(&w.queue, c)
	}
	s.olds = nil
	at.suspects = append(at.suspects, s)
}

// commit moves the lines of suspects to the parents of c that have them, and settles the others. Like git, it asks each
// parent first for the whole file, then for the whole file at another path, then for single lines.
func (w *blameWalk) commit(ctx context.Context, c *commitInfo, suspects []*suspect) error {
	if len(c.parents) == 0 {
		w.settle(c, suspects, false)
		return nil
	}
	for _, h := range c.parents {
		if len(suspects) == 0 {
			return nil
		}
		p, err := w.parent(h)
		switch {
		case errors.Is(err, ErrMissingObject) && w.shallow:
			// A border cuts off all parents.
			w.settle(c, suspects, true)
			return nil
		case err != nil:
			// Lines that may come from there have no answer.
			return nil //nolint:nilerr // these lines have no known origin
		}
		suspects = w.unchanged(c, p, suspects)
	}
	for k := range c.parents {
		suspects = w.moved(ctx, c, suspects, k)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, s := range suspects {
		w.lines(c, s)
	}
	return nil
}

// parent reads a commit, within the limits.
func (w *blameWalk) parent(h plumbing.Hash) (*commitInfo, error) {
	if w.commits <= 0 {
		return nil, errBlameBudget
	}
	w.commits--
	if at := w.waiting[h]; at != nil {
		return at.commitInfo, nil
	}
	return w.repo.readCommit(h)
}

// unchanged passes on the files that p has at the same path, and returns the others.
func (w *blameWalk) unchanged(c, p *commitInfo, suspects []*suspect) []*suspect {
	if p.tree == c.tree {
		for _, s := range suspects {
			w.pass(p, s)
		}
		return nil
	}
	w.look(p, suspects)
	left := suspects[:0]
	for i, s := range suspects {
		f := &w.files[i]
		switch {
		case f.err != nil:
		case f.isFile() && f.found.hash == s.entry.hash:
			s.at(f)
			w.pass(p, s)
		default:
			s.olds = append(s.olds, oldFile{p, *f})
			left = append(left, s)
		}
	}
	return left
}

// at turns a suspect into the file that was found in a parent.
func (s *suspect) at(f *treeFile) {
	s.path, s.entry = f.path, f.found
	if f.through != nil {
		s.folders = f.through
	}
}

// lines passes on the lines of a file that the parents have, and settles the others.
func (w *blameWalk) lines(c *commitInfo, s *suspect) {
	for i := range s.olds {
		old := &s.olds[i]
		if !old.isFile() || slices.ContainsFunc(s.olds[:i], func(o oldFile) bool { return o.isFile() && o.found.hash == old.found.hash }) {
			continue
		}
		text, ok := w.texts.lines(s.entry.hash)
		before, known := w.texts.lines(old.found.hash)
		if !ok || !known {
			return
		}
		wanted := make([]int, len(s.marks))
		for k, m := range s.marks {
			wanted[k] = m.line
		}
		passed := &suspect{folders: s.folders}
		passed.at(&old.treeFile)
		left := s.marks[:0]
		for k, line := range w.diff.Partners(before, text, wanted) {
			switch m := s.marks[k]; line {
			case linediff.Unknown:
			case linediff.New:
				left = append(left, m)
			default:
				passed.marks = append(passed.marks, mark{line, m.place})
			}
		}
		w.pass(old.parent, passed)
		if s.marks = left; len(left) == 0 {
			return
		}
	}
	w.settle(c, []*suspect{s}, false)
}

// settle records the answer for all lines of suspects.
func (w *blameWalk) settle(c *commitInfo, suspects []*suspect, border bool) {
	o, ok := w.blames[c.hash]
	if !ok {
		if kind, data, err := w.repo.objects.Read(c.hash, nil, maxCommitBytes); err == nil && kind == plumbing.CommitObject {
			o = &Blame{Commit: c.hash.String(), At: c.time, Border: border}
			o.Author, o.Email = parseAuthor(data)
		}
		w.blames[c.hash] = o
	}
	for _, s := range suspects {
		for _, m := range s.marks {
			if o != nil {
				w.answers[w.places[m.place]] = *o
			}
		}
	}
}
