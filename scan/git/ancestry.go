package git

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// ErrNoMergeBase means that the clone has no common ancestor of two commits.
var ErrNoMergeBase = errors.New("no merge base")

// clockSkew is how much the dates of commits may be wrong before a walk by date takes an old commit for a new one.
const clockSkew = 24 * time.Hour

// ancestry reads the commits of one walk, each once. A parent that the clone does not have is a border: the walk treats
// its history as missing.
type ancestry struct {
	repo    *Repository
	commits map[plumbing.Hash]*commitInfo
}

func newAncestry(r *Repository) *ancestry {
	return &ancestry{repo: r, commits: map[plumbing.Hash]*commitInfo{}}
}

// parent returns nil for a commit that the clone does not have.
func (a *ancestry) parent(h plumbing.Hash) (*commitInfo, error) {
	if c, ok := a.commits[h]; ok {
		return c, nil
	}
	c, err := a.repo.readCommit(h)
	if err != nil && !errors.Is(err, ErrMissingObject) {
		return nil, err
	}
	a.commits[h] = c
	return c, nil
}

// start reads a commit that the caller named.
func (a *ancestry) start(hash string) (*commitInfo, error) {
	if !plumbing.IsHash(hash) {
		return nil, fmt.Errorf("read commit: %q is not a full hash", hash)
	}
	c, err := a.parent(plumbing.NewHash(hash))
	if err == nil && c == nil {
		err = a.repo.unknown(hash)
	}
	return c, err
}

// byDate is a heap with the newest commit on top.
type byDate []*commitInfo

func (q byDate) Len() int           { return len(q) }
func (q byDate) Less(i, j int) bool { return compareCommits(q[i], q[j]) < 0 }
func (q byDate) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *byDate) Push(x any)        { *q = append(*q, x.(*commitInfo)) }
func (q *byDate) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return c
}

// paint is the state of a commit in a walk.
type paint uint8

const (
	paintOne paint = 1 << iota
	paintTwo
	// paintStale marks the commits behind a common ancestor.
	paintStale
	paintResult
)

// MergeBase returns the full hash of the best common ancestor of two commits, given by full hashes. Of several
// (criss-cross merges) it takes the newest; of equal dates, the lowest hash. It sees only the commits of the clone: in a
// shallow clone the true merge base may be missing, which is [ErrNoMergeBase], or an older one may take its place.
func (r *Repository) MergeBase(ctx context.Context, a, b string) (string, error) {
	g := newAncestry(r)
	one, err := g.start(a)
	if err != nil {
		return "", err
	}
	two, err := g.start(b)
	if err != nil {
		return "", err
	}
	bases, err := g.common(ctx, one, two)
	if err != nil {
		return "", err
	}
	best, err := g.independent(ctx, bases)
	if err != nil {
		return "", err
	}
	if len(best) == 0 {
		hint := "their histories have nothing in common"
		if r.IsShallow() {
			hint = "the clone does not reach back to it; deepen it (in bitbucket-pipelines.yml: clone: depth: full)"
		}
		return "", fmt.Errorf("%w of %s and %s: %s", ErrNoMergeBase, a, b, hint)
	}
	return slices.MinFunc(best, compareCommits).hash.String(), nil
}

// common walks back from both commits, newest first, and returns the ancestors where the two colours first meet. With
// skewed dates some of them may be ancestors of others.
func (a *ancestry) common(ctx context.Context, one, two *commitInfo) ([]*commitInfo, error) {
	painted := map[plumbing.Hash]paint{one.hash: paintOne}
	painted[two.hash] |= paintTwo
	queue := byDate{one, two}
	heap.Init(&queue)
	var results []*commitInfo
	live := func(c *commitInfo) bool { return painted[c.hash]&paintStale == 0 }
	for slices.ContainsFunc(queue, live) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := heap.Pop(&queue).(*commitInfo)
		colours := painted[c.hash] & (paintOne | paintTwo | paintStale)
		if colours == paintOne|paintTwo {
			if painted[c.hash]&paintResult == 0 {
				painted[c.hash] |= paintResult
				results = append(results, c)
			}
			colours |= paintStale
		}
		for _, h := range c.parents {
			if painted[h]&colours == colours {
				continue
			}
			p, err := a.parent(h)
			if err != nil {
				return nil, err
			}
			if p == nil {
				continue
			}
			painted[h] |= colours
			heap.Push(&queue, p)
		}
	}
	return slices.DeleteFunc(results, func(c *commitInfo) bool { return !live(c) }), nil
}

// independent drops the commits that are ancestors of others in the list.
func (a *ancestry) independent(ctx context.Context, commits []*commitInfo) ([]*commitInfo, error) {
	if len(commits) < 2 {
		return commits, nil
	}
	var kept []*commitInfo
	for i, c := range commits {
		redundant := false
		for j, other := range commits {
			if i == j || redundant {
				continue
			}
			bases, err := a.common(ctx, c, other)
			if err != nil {
				return nil, err
			}
			redundant = slices.Contains(bases, c)
		}
		if !redundant {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// span is a part of the history.
type span struct {
	// commits are ordered parents first, then oldest first.
	commits []*commitInfo
	// borders are the parents outside the span, ordered by hash.
	borders []*commitInfo
	// cut is true if there are more commits than the caller asked for.
	cut bool
}

// The flags of a walk that excludes commits.
const (
	walkSeen paint = 1 << iota
	walkHidden
	walkDone
)

// between returns the commits that heads (at least one) reach and hidden do not, newest first, at most max of them (0
// means all).
func (a *ancestry) between(ctx context.Context, heads, hidden []*commitInfo, max int) (*span, error) {
	flags := make(map[plumbing.Hash]paint, len(heads)+len(hidden))
	var queue byDate
	for _, c := range heads {
		flags[c.hash] |= walkSeen
		queue = append(queue, c)
	}
	for _, c := range hidden {
		flags[c.hash] |= walkSeen | walkHidden
		queue = append(queue, c)
	}
	heap.Init(&queue)
	wanted := func(c *commitInfo) bool { return flags[c.hash]&walkHidden == 0 }
	var found []*commitInfo
	s := &span{}
	oldest := slices.MaxFunc(heads, compareCommits).time
	for len(queue) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if queue[0].time.Before(oldest.Add(-clockSkew)) && !slices.ContainsFunc(queue, wanted) {
			break
		}
		c := heap.Pop(&queue).(*commitInfo)
		hide := flags[c.hash] & walkHidden
		if hide == 0 && flags[c.hash]&walkDone == 0 {
			if max > 0 && len(found) == max {
				s.cut = true
				break
			}
			found = append(found, c)
			if c.time.Before(oldest) {
				oldest = c.time
			}
		}
		flags[c.hash] |= walkDone
		for _, h := range c.parents {
			if flags[h]&(walkSeen|hide) == walkSeen|hide {
				continue
			}
			p, err := a.parent(h)
			if err != nil {
				return nil, err
			}
			if p == nil {
				continue
			}
			flags[h] |= walkSeen | hide
			heap.Push(&queue, p)
		}
	}
	found = slices.DeleteFunc(found, func(c *commitInfo) bool { return !wanted(c) })
	s.commits = parentsFirst(found)
	s.borders = a.borders(found)
	return s, nil
}

// parentsFirst orders commits so that a parent comes before its children, and otherwise the oldest first.
func parentsFirst(commits []*commitInfo) []*commitInfo {
	children := make(map[plumbing.Hash][]*commitInfo, len(commits))
	waiting := make(map[plumbing.Hash]int, len(commits))
	for _, c := range commits {
		waiting[c.hash] = 0
	}
	for _, c := range commits {
		for _, p := range c.parents {
			if _, ok := waiting[p]; ok {
				children[p] = append(children[p], c)
				waiting[c.hash]++
			}
		}
	}
	queue := &oldestFirst{}
	for _, c := range commits {
		if waiting[c.hash] == 0 {
			heap.Push(queue, c)
		}
	}
	ordered := make([]*commitInfo, 0, len(commits))
	for queue.Len() > 0 {
		c := heap.Pop(queue).(*commitInfo)
		ordered = append(ordered, c)
		for _, child := range children[c.hash] {
			if waiting[child.hash]--; waiting[child.hash] == 0 {
				heap.Push(queue, child)
			}
		}
	}
	return ordered
}

// oldestFirst is a heap with the oldest commit on top.
type oldestFirst struct{ byDate }

func (q oldestFirst) Less(i, j int) bool {
	a, b := q.byDate[i], q.byDate[j]
	return cmp.Or(a.time.Compare(b.time), bytes.Compare(a.hash[:], b.hash[:])) < 0
}

// borders returns the parents of commits that are not among commits, as far as the walk has read them.
func (a *ancestry) borders(commits []*commitInfo) []*commitInfo {
	inside := make(map[plumbing.Hash]bool, len(commits))
	for _, c := range commits {
		inside[c.hash] = true
	}
	var outside []*commitInfo
	for _, c := range commits {
		for _, h := range c.parents {
			if p := a.commits[h]; p != nil && !inside[h] {
				inside[h] = true
				outside = append(outside, p)
			}
		}
	}
	slices.SortFunc(outside, func(a, b *commitInfo) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	return outside
}
