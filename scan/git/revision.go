package git

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan/git/object"
)

var (
	// ErrUnknownRevision means that the repository has nothing with that name.
	ErrUnknownRevision = errors.New("unknown revision")
	// ErrAmbiguous means that several hashes begin with the given digits.
	ErrAmbiguous = errors.New("ambiguous revision")
	// ErrNoCommits means that the repository is empty.
	ErrNoCommits = errors.New("repository has no commits yet")
)

const (
	// minPrefix is the length of the shortest abbreviated hash that is looked up.
	minPrefix = 7
	// maxTagDepth limits tags of tags, and symbolic references of symbolic references.
	maxTagDepth = 32
)

// Resolve returns the full hash of the commit that rev names: a full or abbreviated hash (at least 7 digits; Bitbucket
// gives 12), HEAD or "@", a branch, a tag (annotated ones are peeled), "origin/x", or "refs/...". Any number of "~N",
// "^N", "^{commit}" or "^{}" may follow.
//
// An abbreviated hash takes precedence over a branch of the same name: the author of a branch must not be able to choose
// the commit that a pipeline scans. Errors: [ErrUnknownRevision], [ErrAmbiguous], [ErrNoCommits], [ErrCorruptObject].
func (r *Repository) Resolve(rev string) (string, error) {
	name, steps := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		name, steps = rev[:i], rev[i:]
	}
	if name == "@" || name == "" && rev != "" {
		name = "HEAD"
	}
	if name == "" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, " \t\n\x00:?*[\\") {
		return "", fmt.Errorf("%w %q: use a hash, a branch, a tag or HEAD", ErrUnknownRevision, rev)
	}
	h, err := r.named(name)
	if err != nil {
		return "", err
	}
	for steps != "" {
		if h, steps, err = r.step(h, rev, steps); err != nil {
			return "", err
		}
	}
	return h.String(), nil
}

// named resolves a name without steps to a commit.
func (r *Repository) named(name string) (plumbing.Hash, error) {
	lower := strings.ToLower(name)
	if isHex(lower) && len(lower) == 2*object.HashBytes {
		h, err := r.peel(plumbing.NewHash(lower))
		if errors.Is(err, ErrMissingObject) {
			return plumbing.ZeroHash, r.unknown(name)
		}
		return h, err
	}
	if isHex(lower) && len(lower) >= minPrefix && len(lower) < 2*object.HashBytes {
		if h, found, err := r.abbreviated(lower); found || err != nil {
			return h, err
		}
	}
	// The order is git's (gitrevisions).
	for _, rule := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		h, err := r.reference(fmt.Sprintf(rule, name))
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			continue
		}
		if err != nil {
			return plumbing.ZeroHash, err
		}
		if h, err = r.peel(h); errors.Is(err, ErrMissingObject) {
			return plumbing.ZeroHash, fmt.Errorf("%s: %w", name, err)
		}
		return h, err
	}
	return plumbing.ZeroHash, r.unknown(name)
}

// reference follows a reference to its object.
func (r *Repository) reference(name string) (plumbing.Hash, error) {
	at := plumbing.ReferenceName(name)
	for range maxTagDepth {
		ref, err := r.refs.Reference(at)
		if err != nil {
			// An invalid name, a folder of references, or an empty file: there is no such reference.
			return plumbing.ZeroHash, plumbing.ErrReferenceNotFound
		}
		if ref.Type() == plumbing.HashReference {
			if ref.Hash().IsZero() {
				return plumbing.ZeroHash, plumbing.ErrReferenceNotFound
			}
			return ref.Hash(), nil
		}
		at = ref.Target()
	}
	return plumbing.ZeroHash, plumbing.ErrReferenceNotFound
}

// abbreviated finds the only commit whose hash begins with prefix, directly or through tags.
func (r *Repository) abbreviated(prefix string) (h plumbing.Hash, found bool, err error) {
	candidates, err := r.objects.WithPrefix(prefix)
	if err != nil {
		return h, false, fmt.Errorf("look up %s: %w", prefix, err)
	}
	for _, c := range candidates {
		commit, err := r.peel(c)
		switch {
		case err != nil:
			continue
		case found && commit != h:
			return h, true, fmt.Errorf("%w %s: several commits start with it; give more digits", ErrAmbiguous, prefix)
		}
		h, found = commit, true
	}
	return h, found, nil
}

// peel follows annotated tags to their commit.
func (r *Repository) peel(h plumbing.Hash) (plumbing.Hash, error) {
	for range maxTagDepth {
		kind, data, err := r.objects.Read(h, nil, maxCommitBytes)
		switch {
		case err != nil:
			return plumbing.ZeroHash, err
		case kind == plumbing.CommitObject:
			return h, nil
		case kind != plumbing.TagObject:
			return plumbing.ZeroHash, fmt.Errorf("%w %s: it names a %s, not a commit", ErrUnknownRevision, h, kind)
		}
		line, _, _ := strings.Cut(string(data), "\n")
		target, ok := strings.CutPrefix(line, "object ")
		if !ok || !plumbing.IsHash(target) {
			return plumbing.ZeroHash, fmt.Errorf("read tag %s: %w", h, ErrCorruptObject)
		}
		h = plumbing.NewHash(target)
	}
	return plumbing.ZeroHash, fmt.Errorf("read tag %s: %w: endless tags of tags", h, ErrCorruptObject)
}

// step removes the first "~N", "^N", "^{commit}" or "^{}" from steps and applies it.
func (r *Repository) step(h plumbing.Hash, rev, steps string) (plumbing.Hash, string, error) {
	op, rest := steps[0], steps[1:]
	if op == '^' {
		for _, peel := range []string{"{commit}", "{}"} {
			if after, ok := strings.CutPrefix(rest, peel); ok {
				return h, after, nil
			}
		}
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	n := 1
	if digits > 0 {
		var err error
		if n, err = strconv.Atoi(rest[:digits]); err != nil {
			return h, "", fmt.Errorf("%w %q", ErrUnknownRevision, rev)
		}
	}
	rest = rest[digits:]
	if rest != "" && rest[0] != '~' && rest[0] != '^' {
		return h, "", fmt.Errorf("%w %q: after a name only ~N and ^N are understood", ErrUnknownRevision, rev)
	}
	parent := 0
	if op == '^' {
		if n == 0 {
			return h, rest, nil
		}
		parent, n = n-1, 1
	}
	for range n {
		c, err := r.readCommit(h)
		if err != nil {
			return h, "", err
		}
		if parent >= len(c.parents) {
			return h, "", fmt.Errorf("%w %q: commit %s has %d parents", ErrUnknownRevision, rev, h, len(c.parents))
		}
		h = c.parents[parent]
		if !r.objects.Has(h) {
			return h, "", r.unknown(rev)
		}
	}
	return h, rest, nil
}

// unknown returns the error for a missing revision, and says what to do.
func (r *Repository) unknown(rev string) error {
	if !isHex(rev) && r.empty() {
		return fmt.Errorf("%w: there is no %s to scan; commit something first", ErrNoCommits, rev)
	}
	hint := "check its spelling, or fetch it"
	switch {
	case rev == "HEAD":
		hint = "the branch that is checked out has no commit yet; name another one"
	case r.IsShallow():
		hint = "this clone is shallow; fetch the commit, or deepen the clone (in bitbucket-pipelines.yml: clone: depth: full)"
	}
	return fmt.Errorf("%w %s: %s", ErrUnknownRevision, rev, hint)
}

// empty reports whether the repository has no references.
func (r *Repository) empty() bool {
	refs, err := r.refs.IterReferences()
	if err != nil {
		return false
	}
	defer refs.Close()
	for {
		ref, err := refs.Next()
		if err != nil {
			return true
		}
		if ref.Type() == plumbing.HashReference {
			return false
		}
	}
}

func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdef") == ""
}

// Branch returns the name of the branch that is checked out; empty if the head is detached or not readable.
func (r *Repository) Branch() string {
	head, err := r.refs.Reference(plumbing.HEAD)
	if err != nil || head.Type() != plumbing.SymbolicReference || !head.Target().IsBranch() {
		return ""
	}
	return head.Target().Short()
}
