package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan/display"
)

// Head is a branch and the commit to which it points.
type Head struct {
	// Name is the name without "refs/heads/".
	Name string
	// Hash is the full hash of the commit, Time its commit date.
	Hash string
	Time time.Time
}

// Heads lists the branches, sorted by name. The error names the branches that cannot be read, and the list contains the
// others. A branch is unreadable if its commit is missing, its file contains no hash (as after a crash), or its file is
// a link.
func (r *Repository) Heads(ctx context.Context) ([]Head, error) {
	var names []string
	var problems []error
	if err := r.eachRef(func(name, text string) {
		branch, ok := strings.CutPrefix(name, "refs/heads/")
		switch {
		case ok && IsReference(text):
			names = append(names, branch)
		case ok:
			problems = append(problems, fmt.Errorf("branch %s: its file holds neither a commit nor another branch", display.Line(branch)))
		case !strings.HasPrefix(name, "refs/"):
			problems = append(problems, fmt.Errorf("%s: it is not a reference", name))
		}
	}); err != nil {
		return nil, err
	}
	slices.Sort(names)
	var heads []Head
	for _, name := range slices.Compact(names) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := r.reference("refs/heads/" + name)
		var c *commitInfo
		if err == nil {
			c, err = r.readCommit(h)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("branch %s: %w", display.Line(name), err))
			continue
		}
		heads = append(heads, Head{Name: name, Hash: h.String(), Time: c.time})
	}
	return heads, errors.Join(problems...)
}

// Distance counts the commits that head reaches and base does not, up to max (0 means all). rewritten is true if base is
// not an ancestor of head: the history was rewritten. Both are full hashes. A base that no longer exists counts as
// rewritten, and then commits is -1.
func (r *Repository) Distance(ctx context.Context, head, base string, max int) (commits int, rewritten bool, err error) {
	g := newAncestry(r)
	one, err := g.start(head)
	if err != nil {
		return -1, false, err
	}
	two, err := g.start(base)
	if err != nil {
		return -1, true, nil //nolint:nilerr // a missing base counts as rewritten
	}
	ahead, err := g.between(ctx, []*commitInfo{one}, []*commitInfo{two}, max)
	if err != nil {
		return -1, false, err
	}
	back, err := g.between(ctx, []*commitInfo{two}, []*commitInfo{one}, 1)
	if err != nil {
		return -1, false, err
	}
	return len(ahead.commits), len(back.commits) > 0, nil
}
