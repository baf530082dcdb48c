package engine

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/sarif"
)

// trees are the commits to which the findings of other tools refer. Each is nil if it is not known.
type trees struct {
	// head is the commit of the report. seen is the tree in which the tools ran: the temporary merge of a pull request, or
	// head itself.
	head, seen *fileTree
	// base is the tree whose findings are old. destination is the commit into which the pull request goes.
	base, destination *fileTree
}

// openTrees lists the files of the known commits.
func openTrees(ctx context.Context, config *Config, c *Checkout) (*trees, error) {
	s := &trees{}
	limit := int64(config.Scan.MaxFileSize)
	list := func(to **fileTree, source scan.Source) error {
		var err error
		if source != nil {
			*to, err = newFileTree(ctx, source, limit)
		}
		return err
	}
	// A nil *git.Commit in the interface would not be a nil source.
	narrowed := func(commit *git.Commit) scan.Source {
		if commit == nil {
			return nil
		}
		return c.narrowed(commit)
	}
	head := narrowed(c.head)
	if c.dir != nil {
		head = c.dir
	}
	if err := list(&s.head, head); err != nil {
		return nil, err
	}
	if err := list(&s.base, narrowed(c.base)); err != nil {
		return nil, err
	}
	s.seen = s.head
	merge, err := c.mergeCommit(ctx, config)
	if err != nil {
		return nil, err
	}
	if merge == nil {
		return s, nil
	}
	if err := list(&s.seen, narrowed(merge)); err != nil {
		return nil, err
	}
	return s, list(&s.destination, narrowed(c.destination))
}

// mergeCommit returns the checked-out commit if it is the temporary merge of the pull request, in which the tools ran,
// and not the commit of the report. Otherwise it returns nil.
func (c *Checkout) mergeCommit(ctx context.Context, config *Config) (*git.Commit, error) {
	if c.head == nil || c.repo.Root() == "" {
		return nil, nil
	}
	hash, err := c.repo.Resolve("HEAD")
	if err != nil || hash == c.Commit {
		return nil, nil //nolint:nilerr // without a HEAD there is no merge
	}
	commit, err := c.repo.Commit(ctx, hash)
	if err != nil {
		return nil, err
	}
	merged := false
	for _, parent := range commit.Parents {
		merged = merged || parent == c.Commit && len(commit.Parents) > 1
	}
	if !merged && config.Pipeline.PullRequest() {
		// There may be commits on top of the merge.
		base, err := c.repo.MergeBase(ctx, hash, c.Commit)
		merged = err == nil && base == c.Commit
	}
	if !merged {
		return nil, ctx.Err()
	}
	return commit, nil
}

// tree returns the facts about the files that the reader of a log needs. It is nil if nothing is known.
func (s *trees) tree(names ...string) *sarif.Tree {
	if s.seen == nil {
		return nil
	}
	return &sarif.Tree{Paths: s.seen.paths, Read: s.seen.read, Names: names}
}

// settle moves the findings of a run to the lines of the reported commit and marks the new ones.
func (s *trees) settle(ctx context.Context, run *sarif.Run, head string) error {
	if s.head == nil {
		return nil
	}
	seen := s.seen
	// Lines of a log that names the reported commit are not lines of the merge.
	if run.Result.Commit != "" && run.Result.Commit == head {
		seen = s.head
	}
	// The tool's own comparison with its baseline is better than our comparison by lines.
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
			"%s of %s: the line is in the temporary merge and not in this commit (%s), so only the file is shown", scan.Plural(lost, "result", "results"), run.Tool, example)})
	}
	return nil
}
