package pipe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// UsageError is a problem that the person who called has to solve; commands exit with 2 for it.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the problems.
func (e *UsageError) Unwrap() error { return e.Err }

// Place says what to open.
type Place struct {
	// Dir is a folder in a repository, or any folder.
	Dir string
	// Revision is what to scan; empty means HEAD.
	Revision string
	// Worktree scans the files as they lie there instead of a commit.
	Worktree bool
	// Subtree limits the scan to Dir when it lies below the repository's root.
	Subtree bool
	// Fallback scans a folder that is in no repository as it lies there, instead of refusing it.
	Fallback bool
	// History is used when the configuration names none.
	History History
	// Found is told the full hash of the commit as soon as it is known; may be nil.
	Found func(hash string)
	// Providers carries the calls of VERIFY; nil is the real network.
	Providers http.RoundTripper
	// Advisories carries the calls to osv.dev; nil is the real network.
	Advisories http.RoundTripper
	// Dependencies knows what is vulnerable, in the place of the file or the service that the configuration names; nil for those.
	Dependencies sca.Advisories
	// Detector makes the detector for secrets; nil is secret.New.
	Detector func(o secret.Options) (*secret.Detector, error)
	// WithoutImport lists files of other scanners' configurations that are not read; Rules, which may be nil, adds the caller's own
	// rules behind what the repository's files say.
	WithoutImport []string
	Rules         func(set *ruleset.Set)
	// Trees keeps what was read of folders for the next scan; nil keeps nothing.
	Trees *git.TreeMemory
	// Calls is the analysis behind REACHABILITY; nil refuses the variable.
	Calls CallAnalysis
	// Fetch brings a commit that the clone does not hold; nil when that is not possible here.
	Fetch func(ctx context.Context, r *git.Repository, want string, depth int) error
}

// check refuses what is no folder before anything looks for a repository there.
func (p Place) check() error {
	info, err := os.Stat(p.Dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return &UsageError{fmt.Errorf("%s cannot be scanned: %w; name a repository or a folder", p.Dir, err)}
	}
	return nil
}

// Target is what to scan, what to compare it with, and by which rules.
type Target struct {
	// Config is the whole configuration: the caller's, and behind it the settings of the repository's file.
	Config   Config
	Input    scan.Input
	Policy   *scan.Policy
	Baseline *scan.Baseline
	// Rules are the user's own for secrets, and what other scanners' configurations say.
	Rules *ruleset.Set
	Gate  scan.Gate
	// Commit is the full hash, empty for a folder.
	Commit string
	// Root is the folder that paths are relative to.
	Root  string
	Notes []scan.Note

	lookup                Lookup
	log                   *slog.Logger
	providers, advisories http.RoundTripper
	known                 sca.Advisories
	calls                 CallAnalysis
	newSecrets            func(o secret.Options) (*secret.Detector, error)

	// secrets is the detector for secrets, once it is made.
	secrets *secret.Detector
	repo    *git.Repository
	head    *git.Commit
	base    *git.Commit
	// destination is where the pull request goes: its rules are the ones that count. Nil when the clone lacks it.
	destination *git.Commit
	dir         *git.Dir
	history     *git.History
	// prefix is the folder to which the scan is narrowed, with a slash at its end, or empty.
	prefix string
	// fetchErr is why a fetch for DEEPEN failed last.
	fetchErr error
}

// Close releases what is open.
func (t *Target) Close() error {
	var err error
	if t.dir != nil {
		err = t.dir.Close()
	}
	if t.repo != nil {
		err = errors.Join(err, t.repo.Close())
	}
	return err
}

func (t *Target) note(code, format string, args ...any) {
	t.Notes = append(t.Notes, scan.Note{Code: code, Text: fmt.Sprintf(format, args...)})
}

// nothing is the source of an empty repository.
type nothing struct{}

func (nothing) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(func(scan.File, error) bool) {}
}

// Open finds the commit, the base, the history and the policy that the configuration speaks of. lookup is asked again
// once the repository's own file is known. Problems of the configuration are a [*UsageError].
func Open(ctx context.Context, lookup Lookup, place Place, log *slog.Logger) (*Target, error) {
	config, err := Load(lookup)
	if err != nil {
		return nil, &UsageError{err}
	}
	if bool(config.Scan.Reachability) && place.Calls == nil {
		return nil, &UsageError{errNoCallAnalysis}
	}
	t := &Target{Config: config, Root: place.Dir, calls: place.Calls, lookup: lookup, log: log, providers: place.Providers, advisories: place.Advisories, known: place.Dependencies, newSecrets: place.Detector}
	for _, text := range Unexpanded(lookup) {
		t.note("unexpanded", "%s", text)
	}
	if err := t.open(ctx, place, log); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if err := t.applyPolicy(lookup, place); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.openHistory(place)
	if err := t.narrow(place); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.Gate = t.Config.gate()
	return t, nil
}

// OpenImports finds the commit on which findings of other tools are published, and what they are compared with, as far as
// the repository around place.Dir tells: without a repository, or when it lacks the commit, the target has none, and its
// notes say what that means. It reads no policy. The error is of BASE_COMMIT, or ctx's.
func OpenImports(ctx context.Context, lookup Lookup, place Place, log *slog.Logger) (*Target, error) {
	config, err := Load(lookup)
	if err != nil {
		return nil, &UsageError{err}
	}
	t := &Target{Config: config, Root: place.Dir, log: log, Gate: config.gate()}
	for _, text := range Unexpanded(lookup) {
		t.note("unexpanded", "%s", text)
	}
	repo, err := git.Open(place.Dir)
	if err == nil {
		t.repo = repo
		if repo.Root() != "" {
			t.Root = repo.Root()
		}
		var hash string
		if hash, err = repo.Resolve(cmp.Or(place.Revision, "HEAD")); err == nil {
			t.head, err = repo.Commit(ctx, hash)
			t.Commit = hash
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), t.Close())
		}
		if errors.Is(err, git.ErrNotRepository) {
			log.Debug("findings are published without a look at the commit", "reason", err)
		} else {
			log.Warn("findings are published without a look at the commit: files and lines are taken as the tools give them", "reason", err)
		}
		t.head, t.Commit = nil, ""
		if config.Pipeline.PullRequest() || config.Scan.BaseCommit != "" {
			t.note("no-base", "all findings count as new, because the commit cannot be read here: %v", err)
		}
		return t, nil
	}
	t.Input.Head = t.head
	if err := t.openBase(ctx, place, log); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// gate gives the rule that the configuration names.
func (c *Config) gate() scan.Gate {
	gate := scan.Gate{FailOn: c.Scan.FailOn, Scope: c.Scan.FailScope}
	if gate.Scope == "" {
		gate.Scope = scan.ScopeAll
		if c.Pipeline.PullRequest() {
			gate.Scope = scan.ScopeNew
		}
	}
	return gate
}

func (t *Target) open(ctx context.Context, place Place, log *slog.Logger) error {
	if err := place.check(); err != nil {
		return err
	}
	repo, err := git.Open(place.Dir)
	switch {
	case place.Worktree || errors.Is(err, git.ErrNotRepository) && place.Fallback:
		if err == nil {
			_ = repo.Close()
		}
		return t.openDir(place.Dir)
	case err != nil:
		return err
	}
	t.repo = repo
	repo.Remember(place.Trees)
	if repo.Root() != "" {
		t.Root = repo.Root()
	}
	revision := place.Revision
	if revision == "" {
		revision = "HEAD"
	}
	hash, err := repo.Resolve(revision)
	if errors.Is(err, git.ErrNoCommits) {
		t.note("empty", "the repository has no commits yet; there is nothing to scan")
		t.Input.Head = nothing{}
		return nil
	}
	if err != nil {
		return err
	}
	if t.head, err = repo.Commit(ctx, hash); err != nil {
		return err
	}
	t.Commit, t.Input.Head = hash, t.head
	if place.Found != nil {
		place.Found(hash)
	}
	log.Debug("commit", "hash", hash, "shallow", repo.IsShallow())
	return t.openBase(ctx, place, log)
}

func (t *Target) openDir(path string) error {
	var err error
	if t.dir, err = git.OpenDir(path); err != nil {
		return err
	}
	t.Input.Head = t.dir
	if t.Config.Scan.BaseCommit != "" {
		return &UsageError{errors.New("BASE_COMMIT (--base) needs a commit to compare; it cannot be used with the files of a folder (--worktree)")}
	}
	return nil
}

// openHistory chooses the commits whose blobs are scanned for secrets that the tree no longer holds.
func (t *Target) openHistory(place Place) {
	mode := t.Config.Scan.History
	if mode == "" {
		mode = place.History
	}
	if t.head == nil || mode == HistoryOff || mode == "" {
		return
	}
	var options git.HistoryOptions
	if mode == HistoryAuto {
		if t.Input.BaseInfo.Commit != "" {
			options.Since = []string{t.Input.BaseInfo.Commit}
		} else {
			options.MaxCommits = autoCommits
		}
	}
	t.history = t.repo.History(t.Commit, options)
	t.Input.History = t.history
}

// narrow limits everything to the folder that was named, when it lies below the repository's root: paths are then
// relative to it, and the policy is still the repository's.
func (t *Target) narrow(place Place) error {
	if !place.Subtree || t.head == nil || t.repo.Root() == "" {
		return nil
	}
	folder, inside := t.inside(place.Dir)
	if !inside || folder == "." {
		return nil
	}
	if real, err := filepath.EvalSymlinks(place.Dir); err == nil {
		folder, _ = t.inside(real)
	}
	t.prefix = folder + "/"
	t.Input.Head = subtree{t.head, t.prefix}
	if t.base != nil {
		t.Input.Base = subtree{t.base, t.prefix}
	}
	if t.history != nil {
		t.Input.History = subtree{t.history, t.prefix}
	}
	t.Root = place.Dir
	return nil
}

// autoCommits is how many commits HISTORY=auto looks at without a base: as many as a pipeline's clone has by default.
const autoCommits = 50

// readRelative reads a file that the configuration names. In a pull request a file inside of the repository comes from
// the destination, so that the pull request cannot switch its own gate off; source names where it came from.
func (t *Target) readRelative(name string) (data []byte, source string, err error) {
	if !t.Config.Pipeline.PullRequest() || t.repo == nil {
		data, err = os.ReadFile(name)
		return data, name, err
	}
	path, inside := t.inside(name)
	if !inside {
		data, err = os.ReadFile(name)
		return data, name, err
	}
	if t.destination == nil {
		return nil, name, fmt.Errorf("%s is part of the pull request, and its destination is not in the clone: %w", path, fs.ErrNotExist)
	}
	data, err = t.destination.ReadFile(path)
	return data, path + " of " + short(t.destination.Hash), err
}

// inside gives the path of a file relative to the repository's root, with slashes, when it lies in it.
func (t *Target) inside(name string) (string, bool) {
	root, err := filepath.Abs(t.Root)
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
