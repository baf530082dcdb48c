package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// fetchDepths are the depths that we fetch, in turn, to find a merge base. 0 is the whole history.
var fetchDepths = []int{50, 500, 0}

// comparison is what a commit is compared with. The zero value means nothing.
type comparison struct {
	info scan.Base
	// base is the tree whose findings are old. destination is the commit into which the pull request goes. Either may be
	// nil.
	base, destination *git.Commit
	notes             []scan.Note
}

// baseFinder finds the base of a commit.
type baseFinder struct {
	config *Config
	place  *Place
	repo   *git.Repository
	// head is the full hash of the commit.
	head string
	log  *slog.Logger
	// fetchErr is the error of the last fetch for DEEPEN.
	fetchErr error
}

// compare finds the tree whose findings are old. Not finding one is not an error: then every finding counts as new, and
// a note says so.
func compare(ctx context.Context, config *Config, place *Place, repo *git.Repository, head string, log *slog.Logger) (comparison, error) {
	f := &baseFinder{config: config, place: place, repo: repo, head: head, log: log}
	switch {
	case config.Scan.BaseCommit != "":
		hash, err := repo.Resolve(config.Scan.BaseCommit)
		if err != nil {
			return comparison{}, fmt.Errorf("BASE_COMMIT: %w", err)
		}
		base, err := f.read(ctx, hash)
		// If the caller names the base of a pull request, the rules of that base apply.
		return comparison{info: scan.Base{Kind: scan.BaseCommit, Commit: hash}, base: base, destination: base}, err
	case !config.Pipeline.PullRequest():
		return comparison{}, nil
	}
	return f.ofPullRequest(ctx)
}

// ofPullRequest finds the merge base. If the clone does not contain it, it uses the destination.
func (f *baseFinder) ofPullRequest(ctx context.Context) (comparison, error) {
	hash, err := f.findDestination(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return comparison{}, ctx.Err()
		}
		f.log.Warn("the destination of the pull request was not found", "reason", err)
		return comparison{notes: []scan.Note{note("no-base", "all findings count as new, because the clone does not contain the destination of the pull request; %s", f.advice("or let the pipe fetch it"))}}, nil
	}
	destination, err := f.repo.Commit(ctx, hash)
	if err != nil {
		return comparison{}, fmt.Errorf("read the destination of the pull request: %w", err)
	}
	found := comparison{info: scan.Base{Kind: scan.BaseMerge}, destination: destination}
	found.info.Commit, err = f.mergeBase(ctx, hash)
	if err != nil {
		if ctx.Err() != nil {
			return comparison{}, ctx.Err()
		}
		found.info = scan.Base{Kind: scan.BaseDestination, Commit: hash}
		found.notes = append(found.notes, note("no-merge-base", "compared with the destination itself, because the clone does not reach back to the merge base; %s", f.advice("for an exact comparison")))
	}
	found.base, err = f.read(ctx, found.info.Commit)
	return found, err
}

// advice says how to get the missing history, and why DEEPEN could not fetch it.
func (f *baseFinder) advice(otherwise string) string {
	switch {
	case f.fetchErr != nil:
		return fmt.Sprintf("fetching it (DEEPEN) did not work: %v; clone with depth: full instead", f.fetchErr)
	case f.place.Fetch != nil && !bool(f.config.Scan.Deepen):
		return "DEEPEN is off: switch it on, or clone with depth: full"
	}
	return "clone with depth: full" + map[bool]string{true: ", " + otherwise, false: " " + otherwise}[strings.HasPrefix(otherwise, "or ")]
}

func (f *baseFinder) read(ctx context.Context, hash string) (*git.Commit, error) {
	commit, err := f.repo.Commit(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("read the base: %w", err)
	}
	return commit, nil
}

// findDestination returns the full hash of the pull request's destination.
func (f *baseFinder) findDestination(ctx context.Context) (string, error) {
	p := &f.config.Pipeline
	var names []string
	if p.PRCommit != "" {
		names = append(names, p.PRCommit)
	}
	// Use the branch only if the commit is not named, because the branch may have moved on.
	if p.PRBranch != "" && p.PRCommit == "" {
		names = append(names, "refs/remotes/origin/"+p.PRBranch, "refs/heads/"+p.PRBranch)
	}
	find := func() (string, error) {
		err := errors.New("neither BITBUCKET_PR_DESTINATION_COMMIT nor BITBUCKET_PR_DESTINATION_BRANCH is set")
		for _, name := range names {
			var hash string
			if hash, err = f.repo.Resolve(name); err == nil {
				return hash, nil
			}
		}
		return "", err
	}
	hash, err := find()
	if err == nil || f.place.Fetch == nil || !f.config.Scan.Deepen {
		return hash, err
	}
	// Every server serves a branch. Only some serve a hash without a branch.
	for _, want := range []string{p.PRBranch, p.PRCommit} {
		if want == "" {
			continue
		}
		f.log.Info("fetching the destination of the pull request", "want", want)
		if err = f.fetch(ctx, want, fetchDepths[0]); err != nil {
			continue
		}
		if hash, found := find(); found == nil {
			return hash, nil
		}
		if want == p.PRBranch && p.PRCommit == "" {
			return f.repo.Resolve("FETCH_HEAD")
		}
	}
	return "", err
}

// fetch fetches a branch or a commit, and keeps the error.
func (f *baseFinder) fetch(ctx context.Context, want string, depth int) error {
	err := f.place.Fetch(ctx, f.repo, want, depth)
	if err != nil {
		f.log.Warn("fetching did not work", "want", want, "reason", err)
		f.fetchErr = err
	}
	return err
}

// mergeBase finds the merge base. If the clone is too shallow, it fetches more and more of the history.
func (f *baseFinder) mergeBase(ctx context.Context, destination string) (string, error) {
	merge, err := f.repo.MergeBase(ctx, f.head, destination)
	if err == nil || !errors.Is(err, git.ErrNoMergeBase) || f.place.Fetch == nil || !bool(f.config.Scan.Deepen) || !f.repo.IsShallow() {
		return merge, err
	}
	for _, depth := range fetchDepths {
		f.log.Info("the clone does not reach back to the merge base; fetching more", "depth", depth)
		for _, want := range []string{f.config.Pipeline.Branch, f.config.Pipeline.PRBranch} {
			if want != "" {
				_ = f.fetch(ctx, want, depth) // the error is kept for the advice
			}
		}
		if merge, err = f.repo.MergeBase(ctx, f.head, destination); err == nil {
			return merge, nil
		}
	}
	return "", err
}
