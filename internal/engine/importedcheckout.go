package engine

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// OpenImported finds the commit on which findings of other tools are published, and what they are compared with, as far as
// the repository around place.Dir tells: without a repository, or when it lacks the commit, the checkout has none, and its
// notes say what that means. The error is of BASE_COMMIT, or ctx's.
func OpenImported(ctx context.Context, config *Config, place *Place, log *slog.Logger) (*Checkout, error) {
	repo, head, err := openHead(ctx, place)
	if err != nil {
		if ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), closeRepository(repo))
		}
		return unreadable(config, place, repo, err, log), nil
	}
	against, err := compare(ctx, config, place, repo, head.Hash, log)
	if err != nil {
		return nil, errors.Join(err, repo.Close())
	}
	root := cmp.Or(repo.Root(), place.Dir)
	return &Checkout{
		Commit: head.Hash, Root: root, top: root, Name: place.name(root), Base: against.info, Notes: against.notes,
		repository: place.Repository, repo: repo, head: head, base: against.base, destination: against.destination,
	}, nil
}

// openHead opens the commit of a place. The repository is nil when there is none.
func openHead(ctx context.Context, place *Place) (*git.Repository, *git.Commit, error) {
	repo, err := git.Open(place.Dir)
	if err != nil {
		return nil, nil, err
	}
	hash, err := repo.Resolve(cmp.Or(place.Revision, "HEAD"))
	if err != nil {
		return repo, nil, err
	}
	head, err := repo.Commit(ctx, hash)
	return repo, head, err
}

// unreadable is the checkout of a commit that cannot be read here, and says why.
func unreadable(config *Config, place *Place, repo *git.Repository, reason error, log *slog.Logger) *Checkout {
	if errors.Is(reason, git.ErrNotRepository) {
		log.Debug("findings are published without a look at the commit", "reason", reason)
	} else {
		log.Warn("findings are published without a look at the commit: files and lines are taken as the tools give them", "reason", reason)
	}
	root := place.Dir
	if repo != nil {
		root = cmp.Or(repo.Root(), root)
	}
	var notes []scan.Note
	if config.Pipeline.PullRequest() || config.Scan.BaseCommit != "" {
		notes = append(notes, note("no-base", "all findings count as new, because the commit cannot be read here: %v", reason))
	}
	return &Checkout{Root: root, top: root, Name: place.name(root), Notes: notes, repository: place.Repository, repo: repo}
}

func closeRepository(repo *git.Repository) error {
	if repo == nil {
		return nil
	}
	return repo.Close()
}
