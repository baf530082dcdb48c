package engine

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// OpenImported finds the commit for which findings of other tools are published, and its base, in the repository around
// place.Dir. Without a repository, or if the repository lacks the commit, the checkout has no commit, and its notes
// explain the consequences. The error is about BASE_COMMIT, or ctx's.
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

// openHead opens the commit of a place. The repository is nil if there is none.
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

// unreadable returns the checkout of a commit that cannot be read here, with a note that says why.
func unreadable(config *Config, place *Place, repo *git.Repository, reason error, log *slog.Logger) *Checkout {
	if errors.Is(reason, git.ErrNotRepository) {
		log.Debug("publishing findings without reading the commit", "reason", reason)
	} else {
		log.Warn("findings are published without reading the commit: files and lines are those that the tools report", "reason", reason)
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
