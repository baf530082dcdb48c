package pipe

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

// openBase finds the tree in which findings are old. Not finding one is no error: then every finding counts as new, and
// the report says so.
func (t *Target) openBase(ctx context.Context, place Place, log *slog.Logger) error {
	c := &t.Config
	switch {
	case c.Scan.BaseCommit != "":
		hash, err := t.repo.Resolve(c.Scan.BaseCommit)
		if err != nil {
			return fmt.Errorf("BASE_COMMIT: %w", err)
		}
		if err := t.setBase(ctx, scan.BaseCommit, hash); err != nil {
			return err
		}
		// A pull request whose base the caller names is judged by the rules of that base.
		t.destination = t.base
		return nil
	case !c.Pipeline.PullRequest():
		return nil
	}
	destination, err := t.findDestination(ctx, place, log)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("the pull request's destination could not be had", "reason", err)
		t.note("no-base", "all findings count as new, because the clone does not hold the destination of the pull request; %s", t.advice(place, "or let the pipe fetch it"))
		return nil
	}
	if t.destination, err = t.repo.Commit(ctx, destination); err != nil {
		return fmt.Errorf("read the destination of the pull request: %w", err)
	}
	merge, err := t.mergeBase(ctx, place, destination, log)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t.note("no-merge-base", "compared with the destination itself, because the clone does not reach back to the merge base; %s", t.advice(place, "for an exact comparison"))
		return t.setBase(ctx, scan.BaseDestination, destination)
	}
	return t.setBase(ctx, scan.BaseMerge, merge)
}

// advice says how the history can be had: what kept DEEPEN from fetching it, if it tried.
func (t *Target) advice(place Place, otherwise string) string {
	switch {
	case t.fetchErr != nil:
		return fmt.Sprintf("fetching it (DEEPEN) did not work: %v; clone with depth: full instead", t.fetchErr)
	case place.Fetch != nil && !bool(t.Config.Scan.Deepen):
		return "DEEPEN is off: switch it on, or clone with depth: full"
	}
	return "clone with depth: full" + map[bool]string{true: ", " + otherwise, false: " " + otherwise}[strings.HasPrefix(otherwise, "or ")]
}

func (t *Target) setBase(ctx context.Context, kind, hash string) error {
	commit, err := t.repo.Commit(ctx, hash)
	if err != nil {
		return fmt.Errorf("read the base: %w", err)
	}
	t.base, t.Input.Base, t.Input.BaseInfo = commit, commit, scan.Base{Kind: kind, Commit: hash}
	return nil
}

// findDestination gives the full hash of the commit that the pull request goes into.
func (t *Target) findDestination(ctx context.Context, place Place, log *slog.Logger) (string, error) {
	p := &t.Config.Pipeline
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
			if hash, err = t.repo.Resolve(name); err == nil {
				return hash, nil
			}
		}
		return "", err
	}
	hash, err := find()
	if err == nil || place.Fetch == nil || !t.Config.Scan.Deepen {
		return hash, err
	}
	// A branch can be asked for everywhere; a hash that no branch points to only where the server allows it.
	for _, want := range []string{p.PRBranch, p.PRCommit} {
		if want == "" {
			continue
		}
		log.Info("fetching the destination of the pull request", "want", want)
		if err = place.Fetch(ctx, t.repo, want, fetchDepths[0]); err != nil {
			log.Warn("fetching did not work", "want", want, "reason", err)
			t.fetchErr = err
			continue
		}
		if hash, found := find(); found == nil {
			return hash, nil
		}
		if want == p.PRBranch && p.PRCommit == "" {
			return t.repo.Resolve("FETCH_HEAD")
		}
	}
	return "", err
}

// mergeBase looks for the merge base, fetching more and more of the history when the clone is too short.
func (t *Target) mergeBase(ctx context.Context, place Place, destination string, log *slog.Logger) (string, error) {
	merge, err := t.repo.MergeBase(ctx, t.Commit, destination)
	if err == nil || !errors.Is(err, git.ErrNoMergeBase) || place.Fetch == nil || !bool(t.Config.Scan.Deepen) || !t.repo.IsShallow() {
		return merge, err
	}
	for _, depth := range fetchDepths {
		log.Info("the clone does not reach back to the merge base; fetching more", "depth", depth)
		for _, want := range []string{t.Config.Pipeline.Branch, t.Config.Pipeline.PRBranch} {
			if want == "" {
				continue
			}
			if fetchErr := place.Fetch(ctx, t.repo, want, depth); fetchErr != nil {
				log.Warn("fetching did not work", "want", want, "reason", fetchErr)
				t.fetchErr = fetchErr
			}
		}
		if merge, err = t.repo.MergeBase(ctx, t.Commit, destination); err == nil {
			return merge, nil
		}
	}
	return "", err
}
