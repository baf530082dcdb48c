package git

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// maxPushEntries limits the tree entries that one [PushFiles] reads.
	maxPushEntries = 20_000_000
	// maxNearCommits is how many commits of the main branch are read before all references are read.
	maxNearCommits = 1000
	// taggedFile is the path of a file to which a tag points directly.
	taggedFile = "(tagged file)"
)

// Push is the content of a push: the commits that no reference reached before. It is safe for concurrent use.
type Push struct {
	repo    *Repository
	commits []*commitInfo
	index   map[plumbing.Hash]int
	// heads has for each commit the index of the first head that reaches it.
	heads []int
	// shallow is true if parents may be missing.
	shallow bool
	// maxEntries limits the tree entries of one walk.
	maxEntries int
	// blobs are the heads that are files; a commit without a tree represents each of them.
	blobs map[plumbing.Hash]bool
}

// PushedCommit is one commit of a push.
type PushedCommit struct {
	// Hash is the full hash in lower-case hex. A tag may point to a folder or a file instead of a commit: then it is the
	// hash of that object, and the other fields are empty.
	Hash string
	// Author and Committer are names with addresses, "Ada <ada@example.com>".
	Author, Committer string
	// Subject is the first line of Message. All are valid UTF-8 and otherwise unchanged, so they are untrusted.
	Subject, Message string
	// Root is true if the commit has no parent, Merge if it has several.
	Root, Merge bool
}

// Push finds the content of a push. heads are the new values of the references, as full hashes: commits, tags (which are
// followed), folders and files. Commits that a reference of the repository already reaches are left out. The
// [Quarantine] tells which objects belong to the push; without one, everything counts that no reference reaches.
//
// Errors: [ErrMissingObject], [ErrCorruptObject].
func (r *Repository) Push(ctx context.Context, heads []string) (*Push, error) {
	p := &Push{repo: r, maxEntries: maxPushEntries, index: map[plumbing.Hash]int{}, blobs: map[plumbing.Hash]bool{}}
	p.shallow = r.IsShallow()
	tips, err := r.referenced()
	if err != nil {
		return nil, err
	}
	a := newAncestry(r)
	starts := make([]plumbing.Hash, len(heads))
	for i, head := range heads {
		if starts[i], err = p.start(a, head, tips); err != nil {
			return nil, err
		}
	}
	fresh, frontier, err := p.arrived(ctx, a, starts, tips)
	if err != nil {
		return nil, err
	}
	if len(frontier) > 0 {
		more, err := p.unreached(ctx, a, frontier, tips)
		if err != nil {
			return nil, err
		}
		for _, c := range more {
			fresh[c.hash] = c
		}
	}
	list := make([]*commitInfo, 0, len(fresh))
	for _, c := range fresh {
		list = append(list, c)
	}
	p.commits = parentsFirst(list)
	for i, c := range p.commits {
		p.index[c.hash] = i
	}
	p.assign(starts)
	return p, nil
}

// start peels a head to the commit where the walk begins; zero if there is nothing to walk. An object that is not a
// commit becomes a commit without parents.
func (p *Push) start(a *ancestry, head string, tips map[plumbing.Hash]struct{}) (plumbing.Hash, error) {
	if !plumbing.IsHash(head) {
		return plumbing.ZeroHash, fmt.Errorf("read object: %q is not a full hash", head)
	}
	h := plumbing.NewHash(head)
	for range maxTagDepth {
		if _, known := tips[h]; known {
			return plumbing.ZeroHash, nil
		}
		kind, err := p.repo.objects.Kind(h)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		switch kind {
		case plumbing.CommitObject:
			return h, nil
		case plumbing.TreeObject:
			a.commits[h] = &commitInfo{hash: h, tree: h}
			return h, nil
		case plumbing.BlobObject:
			a.commits[h] = &commitInfo{hash: h}
			p.blobs[h] = true
			return h, nil
		}
		_, data, err := p.repo.objects.Read(h, nil, maxCommitBytes)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		target, ok := strings.CutPrefix(line, "object ")
		if !ok || !plumbing.IsHash(target) {
			return plumbing.ZeroHash, fmt.Errorf("read tag %s: %w", h, ErrCorruptObject)
		}
		h = plumbing.NewHash(target)
	}
	return plumbing.ZeroHash, fmt.Errorf("read tag %s: %w: endless tags of tags", head, ErrCorruptObject)
}

// arrived walks back from starts through the objects that only the push has; no existing reference can reach them.
// frontier are the commits where this walk ends, except those to which references point directly.
func (p *Push) arrived(ctx context.Context, a *ancestry, starts []plumbing.Hash, tips map[plumbing.Hash]struct{}) (fresh map[plumbing.Hash]*commitInfo, frontier []*commitInfo, err error) {
	fresh = map[plumbing.Hash]*commitInfo{}
	seen := map[plumbing.Hash]struct{}{plumbing.ZeroHash: {}}
	stack := slices.Clone(starts)
	for len(stack) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, nil, context.Cause(ctx)
		}
		h := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if _, met := seen[h]; met {
			continue
		}
		seen[h] = struct{}{}
		if _, known := tips[h]; known {
			continue
		}
		c, err := a.parent(h)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case c == nil && p.shallow:
		case c == nil:
			return nil, nil, fmt.Errorf("read commit %s: %w", h, ErrMissingObject)
		case c.tree == h || c.tree.IsZero() || !p.repo.objects.Settled(h):
			fresh[h] = c
			stack = append(stack, c.parents...)
		default:
			frontier = append(frontier, c)
		}
	}
	return fresh, frontier, nil
}

// unreached returns the commits that frontier reaches and no tip does.
func (p *Push) unreached(ctx context.Context, a *ancestry, frontier []*commitInfo, tips map[plumbing.Hash]struct{}) ([]*commitInfo, error) {
	// Most branches start somewhere on the main branch. Then the other references, possibly thousands, need not be read.
	if main, err := p.repo.reference("HEAD"); err == nil {
		if c, err := a.parent(main); err == nil && c != nil {
			s, err := a.between(ctx, frontier, []*commitInfo{c}, maxNearCommits)
			if err != nil || !s.cut && len(s.commits) == 0 {
				return nil, err
			}
		}
	}
	hidden := make([]*commitInfo, 0, len(tips))
	for h := range tips {
		commit, err := p.repo.peel(h)
		if err != nil {
			// A reference to a folder, or to a missing object, reaches no commit.
			continue
		}
		if c, err := a.parent(commit); err == nil && c != nil {
			hidden = append(hidden, c)
		}
	}
	s, err := a.between(ctx, frontier, hidden, 0)
	if err != nil {
		return nil, err
	}
	return s.commits, nil
}

// assign fills in heads.
func (p *Push) assign(starts []plumbing.Hash) {
	p.heads = make([]int, len(p.commits))
	for i := range p.heads {
		p.heads[i] = -1
	}
	for head, start := range starts {
		stack := []plumbing.Hash{start}
		for len(stack) > 0 {
			h := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if i, ok := p.index[h]; ok && p.heads[i] < 0 {
				p.heads[i] = head
				stack = append(stack, p.commits[i].parents...)
			}
		}
	}
}

// Commits returns the full hashes of the commits, parents before their children, otherwise the oldest first.
func (p *Push) Commits() []string {
	hashes := make([]string, len(p.commits))
	for i, c := range p.commits {
		hashes[i] = c.hash.String()
	}
	return hashes
}

// Head returns the index of the first head that reaches a commit of the push.
func (p *Push) Head(commit string) int {
	if i, ok := p.index[plumbing.NewHash(commit)]; ok {
		return max(p.heads[i], 0)
	}
	return 0
}

// Order returns the position of a commit in [Push.Commits], or -1.
func (p *Push) Order(commit string) int {
	if i, ok := p.index[plumbing.NewHash(commit)]; ok {
		return i
	}
	return -1
}

// Describe reads a commit of the push.
func (p *Push) Describe(commit string) (PushedCommit, error) {
	i := p.Order(commit)
	if i < 0 {
		return PushedCommit{}, fmt.Errorf("read commit: %q is not part of the push", commit)
	}
	c := p.commits[i]
	d := PushedCommit{Hash: c.hash.String(), Subject: c.subject, Root: len(c.parents) == 0, Merge: len(c.parents) > 1}
	if c.tree == c.hash || c.tree.IsZero() {
		return d, nil
	}
	_, data, err := p.repo.objects.Read(c.hash, nil, maxCommitBytes)
	if err != nil {
		return PushedCommit{}, err
	}
	head, message, _ := strings.Cut(string(data), "\n\n")
	d.Message = strings.ToValidUTF8(message, "\uFFFD")
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		// The date follows the address.
		person := strings.ToValidUTF8(strings.TrimSpace(value[:strings.LastIndexByte(value, '>')+1]), "\uFFFD")
		switch {
		case key == "author" && d.Author == "":
			d.Author = person
		case key == "committer" && d.Committer == "":
			d.Committer = person
		}
	}
	return d, nil
}

// Added returns the files that the commits (full hashes of [Push.Commits]) add or change, compared with all of their
// parents.
func (p *Push) Added(commits []string) *PushFiles { return &PushFiles{push: p, commits: commits} }

// Before returns the parents' versions of the files that the commits change or delete, at their old paths.
func (p *Push) Before(commits []string) *PushFiles {
	return &PushFiles{push: p, commits: commits, before: true}
}
