package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// Checkout is what a scan reads and what it compares with: a commit, or the current files of a folder. A scan does not
// change it. [Checkout.Close] releases it.
type Checkout struct {
	// Commit is the full hash. It is empty for a folder and for a repository without commits.
	Commit string
	// Root is the folder to which paths are relative.
	Root string
	// Name is the repository's display name: "acme/shop", or the name of the folder.
	Name string
	// Base says what findings are compared with. Its Kind is empty if there is no base.
	Base scan.Base
	// Notes are facts about the checkout that a reader must know.
	Notes []scan.Note

	// repository is the repository's name on Bitbucket, without its workspace, or empty.
	repository string
	repo       *git.Repository
	// top is the root of the repository. Root is top or a folder in it.
	top string
	// head is nil without a commit, base without a base. destination is the commit into which the pull request goes, whose
	// rules apply. It is nil if the clone does not contain it.
	head, base, destination *git.Commit
	// dir is the folder, or nil for a commit.
	dir *git.Dir
	// prefix is the folder to which the scan is limited, with a slash at its end, or empty.
	prefix string
}

// Close releases the repository and the folder.
func (c *Checkout) Close() error {
	var err error
	if c.dir != nil {
		err = c.dir.Close()
	}
	if c.repo != nil {
		err = errors.Join(err, c.repo.Close())
	}
	return err
}

// Head is the scanned commit. It is nil for a folder and for a repository without commits.
func (c *Checkout) Head() *git.Commit { return c.head }

// BaseCommit is the commit with which findings are compared, or nil.
func (c *Checkout) BaseCommit() *git.Commit { return c.base }

// tree returns the source to scan.
func (c *Checkout) tree() scan.Source {
	switch {
	case c.dir != nil:
		return c.dir
	case c.head == nil:
		return nothing{}
	}
	return c.narrowed(c.head)
}

// baseTree returns the source whose findings are old, or nil.
func (c *Checkout) baseTree() scan.Source {
	if c.base == nil {
		return nil
	}
	return c.narrowed(c.base)
}

// narrowed limits a source to the folder to which the scan is limited.
func (c *Checkout) narrowed(source scan.Source) scan.Source {
	if c.prefix == "" {
		return source
	}
	return subtree{source, c.prefix}
}

// nothing is the source of an empty repository.
type nothing struct{}

func (nothing) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(func(scan.File, error) bool) {}
}

// OpenCheckout finds the commit and the base for a configuration and a place. An error that the caller has to fix is a
// [*variable.UsageError].
func OpenCheckout(ctx context.Context, config *Config, place *Place, log *slog.Logger) (*Checkout, error) {
	if err := place.Check(); err != nil {
		return nil, err
	}
	repo, err := git.Open(place.Dir)
	switch {
	case place.Worktree || errors.Is(err, git.ErrNotRepository) && place.Fallback:
		if err == nil {
			_ = repo.Close()
		}
		return openFolder(config, place)
	case err != nil:
		return nil, err
	}
	repo.UseTreeCache(place.Trees)
	c, err := openCommit(ctx, config, place, repo, log)
	if err != nil {
		return nil, errors.Join(err, repo.Close())
	}
	return c, nil
}

// openFolder opens the current files of a folder.
func openFolder(config *Config, place *Place) (*Checkout, error) {
	if config.Scan.BaseCommit != "" {
		return nil, &variable.UsageError{Err: errors.New("BASE_COMMIT (--base) needs a commit to compare; it cannot be used with the files of a folder (--worktree)")}
	}
	dir, err := git.OpenDir(place.Dir)
	if err != nil {
		return nil, err
	}
	return &Checkout{Root: place.Dir, top: place.Dir, Name: place.name(place.Dir), repository: place.Repository, dir: dir}, nil
}

func openCommit(ctx context.Context, config *Config, place *Place, repo *git.Repository, log *slog.Logger) (*Checkout, error) {
	top := cmp.Or(repo.Root(), place.Dir)
	hash, err := repo.Resolve(cmp.Or(place.Revision, "HEAD"))
	if errors.Is(err, git.ErrNoCommits) {
		return &Checkout{
			Root: top, top: top, Name: place.name(top), repository: place.Repository, repo: repo,
			Notes: []scan.Note{note("empty", "the repository has no commits yet; there is nothing to scan")},
		}, nil
	}
	if err != nil {
		return nil, err
	}
	head, err := repo.Commit(ctx, hash)
	if err != nil {
		return nil, err
	}
	if place.Found != nil {
		place.Found(hash)
	}
	log.Debug("commit", "hash", hash, "shallow", repo.IsShallow())
	against, err := compare(ctx, config, place, repo, hash, log)
	if err != nil {
		return nil, err
	}
	root, prefix := place.narrow(repo)
	return &Checkout{
		Commit: hash, Root: cmp.Or(root, top), top: top, Name: place.name(cmp.Or(root, top)), Base: against.info, Notes: against.notes,
		repository: place.Repository, repo: repo, head: head, base: against.base, destination: against.destination, prefix: prefix,
	}, nil
}

// narrow returns the named folder and its prefix if it is below the repository's root. Paths are then relative to the
// folder, and the policy is still the repository's. Otherwise both are empty.
func (p *Place) narrow(repo *git.Repository) (root, prefix string) {
	if !p.Subtree || repo.Root() == "" {
		return "", ""
	}
	folder, inside := insideOf(repo.Root(), p.Dir)
	if !inside || folder == "." {
		return "", ""
	}
	if real, err := filepath.EvalSymlinks(p.Dir); err == nil {
		folder, _ = insideOf(repo.Root(), real)
	}
	return p.Dir, folder + "/"
}

// name is the display name of the scanned repository or folder.
func (p *Place) name(root string) string {
	if p.Repository != "" {
		return p.Workspace + "/" + p.Repository
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return root
	}
	return strings.TrimSuffix(filepath.Base(abs), ".git")
}

// readRelative reads a file that the configuration names. In a pull request a file in the repository comes from the
// destination, so that the pull request cannot switch off its own gate. source says where it came from.
func (c *Checkout) readRelative(config *Config, name string) (data []byte, source string, err error) {
	if !config.Pipeline.PullRequest() || c.repo == nil {
		data, err = os.ReadFile(name)
		return data, name, err
	}
	path, inside := insideOf(c.top, name)
	if !inside {
		data, err = os.ReadFile(name)
		return data, name, err
	}
	if c.destination == nil {
		return nil, name, fmt.Errorf("%s is part of the pull request, and its destination is not in the clone: %w", path, fs.ErrNotExist)
	}
	data, err = c.destination.ReadFile(path)
	return data, path + " of " + short(c.destination.Hash), err
}

// insideOf returns the path of a file relative to a root, with slashes, if the file is below it.
func insideOf(root, name string) (string, bool) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", false
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

func note(code, format string, args ...any) scan.Note {
	return scan.Note{Code: code, Text: fmt.Sprintf(format, args...)}
}

// subtree is one folder of a source. Its paths are relative to that folder.
type subtree struct {
	source scan.Source
	// prefix is the folder's path with a slash at its end.
	prefix string
}

// Files implements scan.Source.
func (s subtree) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for f, err := range s.source.Files(ctx) {
			if err == nil {
				path, ok := strings.CutPrefix(f.Path, s.prefix)
				if !ok {
					continue
				}
				f.Path = path
			}
			if !yield(f, err) {
				return
			}
		}
	}
}
