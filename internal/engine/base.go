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

// fetchDepths are the depths at which a merge base is looked for, one after the other; 0 is the whole history.
var fetchDepths = []int{50, 500, 0}

// comparison is what a commit is compared with. The zero value is nothing.
type comparison struct {
	info scan.Base
	// base is the tree in which findings are old, destination the commit into which the pull request goes; nil for none.
	base, destination *git.Commit
	notes             []scan.Note
}

// baseFinder looks for what a commit is compared with.
type baseFinder struct {
	config *Config
	place  *Place
	repo   *git.Repository
	// head is the full hash of the commit.
	head string
	log  *slog.Logger
	// fetchErr is why a fetch for DEEPEN failed last.
	fetchErr error
}

// compare finds the tree in which findings are old. Not finding one is no error: then every finding counts as new, and
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
		// A pull request whose base the caller names is judged by the rules of that base.
		return comparison{info: scan.Base{Kind: scan.BaseCommit, Commit: hash}, base: base, destination: base}, err
	case !config.Pipeline.PullRequest():
		return comparison{}, nil
	}
	return f.ofPullRequest(ctx)
}

// ofPullRequest looks for the merge base, and takes the destination when the clone does not reach back to it.
func (f *baseFinder) ofPullRequest(ctx context.Context) (comparison, error) {
	hash, err := f.findDestination(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return comparison{}, ctx.Err()
		}
		f.log.Warn("the pull request's destination could not be had", "reason", err)
		return comparison{notes: []scan.Note{note("no-base", "all findings count as new, because the clone does not hold the destination of the pull request; %s", f.advice("or let the pipe fetch it"))}}, nil
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

// advice says how to get the missing history, and why DEEPEN could not fetch it, if it tried.
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

// findDestination gives the full hash of the pull request's destination.
func (f *baseFinder) findDestination(ctx context.Context) (string, error) {
	p := &f.config.Pipeline
	var names []string
	if p.PRCommit != "" {
		names = append(names, p.PRCommit)
	}
	// The branch stands for the commit only where the commit is not named: it may have moved on.
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
	// Every server serves a branch. Only some serve a hash to which no branch points.
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

// fetch brings a branch or a commit, and keeps why it could not.
func (f *baseFinder) fetch(ctx context.Context, want string, depth int) error {
	err := f.place.Fetch(ctx, f.repo, want, depth)
	if err != nil {
		f.log.Warn("fetching did not work", "want", want, "reason", err)
		f.fetchErr = err
	}
	return err
}

// mergeBase looks for the merge base. When the clone is too shallow, it fetches more and more of the history.
func (f *baseFinder) mergeBase(ctx context.Context, destination string) (string, error) {
	merge, err := f.repo.MergeBase(ctx, f.head, destination)
	if err == nil || !errors.Is(err, git.ErrNoMergeBase) || f.place.Fetch == nil || !bool(f.config.Scan.Deepen) || !f.repo.IsShallow() {
		return merge, err
	}
	for _, depth := range fetchDepths {
		f.log.Info("the clone does not reach back to the merge base; fetching more", "depth", depth)
		for _, want := range []string{f.config.Pipeline.Branch, f.config.Pipeline.PRBranch} {
			if want != "" {
				_ = f.fetch(ctx, want, depth) // the last failure is kept, and told with the advice
			}
		}
		if merge, err = f.repo.MergeBase(ctx, f.head, destination); err == nil {
			return merge, nil
		}
	}
	return "", err
}
