package cloud

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mirror"
)

// errNotAsked means that a limit came first.
var errNotAsked = errors.New("not asked")

// ask fills a listing with repositories and their branches, and names everything that is left out. all is false if some
// could not be asked for their branches because of a limit; they are then not in the listing.
func (c *Connection) ask(ctx context.Context, l *connection.Listing, due []*known, now time.Time) (all bool, problems []error) {
	for _, k := range c.memory.known {
		if k.reason != "" {
			l.Skipped = append(l.Skipped, connection.Skipped{Name: connection.Shown(k.row.fullName()), Reason: k.reason})
		}
	}
	due = slices.DeleteFunc(due, func(k *known) bool { return k.reason != "" })
	filled := make([]connection.Repository, len(due))
	failed := make([]error, len(due))
	// When one may not be asked now, no other begins; those that are under way end. The calls are counted here, in order, so
	// that the first of the list get those that are left.
	var group errgroup.Group
	var full atomic.Bool
	group.SetLimit(atOnce)
	for i, k := range due {
		failed[i] = errNotAsked
		if full.Load() {
			continue
		}
		if err := c.o.Client.Spend(ctx, bitbucket.GroupGit, headCalls); err != nil {
			full.Store(true)
			group.Go(func() error { return err })
			continue
		}
		group.Go(func() error {
			filled[i] = k.row.repository(c.o.Name)
			failed[i] = c.fill(ctx, &k.row, &filled[i])
			var parked *bitbucket.ParkedError
			if errors.As(failed[i], &parked) || errors.Is(failed[i], bitbucket.ErrCredential) {
				full.Store(true)
				return failed[i]
			}
			return nil
		})
	}
	stopped := group.Wait()
	if stopped != nil && ctx.Err() == nil {
		problems = append(problems, stopped)
	}
	at := map[string]int{}
	for i, k := range due {
		err := failed[i]
		var parked *bitbucket.ParkedError
		if errors.Is(err, errNotAsked) || errors.Is(err, bitbucket.ErrCredential) || errors.As(err, &parked) {
			continue
		}
		if l.Changes && errors.Is(err, mirror.ErrMissing) {
			// It is gone or has another name. A listing of everything tells.
			c.Refresh()
			continue
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("repository %s: %w", k.row.fullName(), err))
			k.asked, k.again = time.Time{}, now.Add(failedPause)
		} else {
			k.asked, k.updated, k.again = now, k.row.Updated, time.Time{}
			if sum := fmt.Sprint(filled[i].Branches); sum != k.sum {
				if k.sum != "" {
					k.changed = now
				}
				k.sum = sum
			}
		}
		j, ok := at[k.row.Project.UUID]
		if !ok {
			j = len(l.Projects)
			at[k.row.Project.UUID] = j
			l.Projects = append(l.Projects, k.row.Project.project())
		}
		l.Projects[j].Repositories = append(l.Projects[j].Repositories, filled[i])
	}
	l.Sort()
	return stopped == nil, problems
}

var hash = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// fill reads the branches of a repository by git, which takes headCalls of the budget. On an error the repository has a
// Problem.
func (c *Connection) fill(ctx context.Context, row *repositoryRow, r *connection.Repository) error {
	heads, err := c.heads(ctx, row)
	if err != nil {
		r.Problem = "its branches could not be listed: " + err.Error()
		return err
	}
	bad := 0
	for ref, commit := range heads {
		name, ok := connection.BranchName(ref)
		if !ok || !hash.MatchString(commit) {
			bad++
			continue
		}
		r.Branches = append(r.Branches, connection.Branch{Name: name, Head: commit})
		// A main branch may be named that does not exist.
		if row.MainBranch != nil && row.MainBranch.Name == name {
			r.DefaultBranch = name
		}
	}
	if bad > 0 {
		r.Problem = fmt.Sprintf("%d of its branches have names or commits that git does not allow; they are left out", bad)
	}
	slices.SortFunc(r.Branches, func(a, b connection.Branch) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return nil
}

func (c *Connection) heads(ctx context.Context, row *repositoryRow) (map[string]string, error) {
	heads, err := c.o.Mirrors.Heads(ctx, c.remote(row.location(c.o.Name)))
	if errors.Is(err, mirror.ErrDenied) {
		err = fmt.Errorf("%w; the API shows the repository, so the credential lacks the right to read it by git, or git takes it under another name", err)
	}
	return heads, err
}
