package git

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// commitInfo is the part of a commit object that the package needs.
type commitInfo struct {
	hash, tree plumbing.Hash
	parents    []plumbing.Hash
	time       time.Time
	subject    string
}

// readCommit reads a commit object; a tag is an error.
func (r *Repository) readCommit(h plumbing.Hash) (*commitInfo, error) {
	kind, data, err := r.objects.Read(h, nil, maxCommitBytes)
	if err != nil {
		return nil, err
	}
	if kind != plumbing.CommitObject {
		return nil, fmt.Errorf("read object %s: %w: it is a %s, not a commit", h, ErrCorruptObject, kind)
	}
	c, err := parseCommit(data)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", h, err)
	}
	c.hash = h
	return c, nil
}

// parseCommit reads the headers of a commit object. A malformed date becomes the zero Unix time, because old tools have
// written all kinds of dates.
func parseCommit(data []byte) (*commitInfo, error) {
	head, message, _ := strings.Cut(string(data), "\n\n")
	c := &commitInfo{time: time.Unix(0, 0).UTC()}
	for i, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case i == 0:
			if key != "tree" || !plumbing.IsHash(value) {
				return nil, object.Corrupt(errors.New("a commit without a tree"))
			}
			c.tree = plumbing.NewHash(value)
		case key == "parent":
			if !plumbing.IsHash(value) {
				return nil, object.Corrupt(errors.New("malformed parent"))
			}
			c.parents = append(c.parents, plumbing.NewHash(value))
		case key == "committer":
			if fields := strings.Fields(value[strings.LastIndexByte(value, '>')+1:]); len(fields) > 0 {
				if seconds, err := strconv.ParseInt(fields[0], 10, 64); err == nil && seconds > 0 && seconds < 1<<40 {
					c.time = time.Unix(seconds, 0).UTC()
				}
			}
		}
	}
	subject, _, _ := strings.Cut(strings.TrimLeft(message, "\n"), "\n")
	c.subject = strings.ToValidUTF8(strings.TrimSpace(subject), "\uFFFD")
	return c, nil
}

// compareCommits orders the newest first, and equal dates by hash, so that every run gives the same order.
func compareCommits(a, b *commitInfo) int {
	return cmp.Or(b.time.Compare(a.time), bytes.Compare(a.hash[:], b.hash[:]))
}
