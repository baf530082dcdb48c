package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/config"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// ErrNotRepository means that neither the folder nor any parent of it is a git repository.
var ErrNotRepository = errors.New("not a git repository")

var (
	// ErrMissingObject means that the repository does not have the object, as in a partial or damaged clone.
	ErrMissingObject = object.ErrMissing
	// ErrCorruptObject means that the bytes of an object do not match its name.
	ErrCorruptObject = object.ErrCorrupt
)

// Repository reads a git repository in place. It never writes to it, runs nothing (no git, no hook, no filter), ignores
// its configuration, and does not check its owner. It is safe for concurrent use.
type Repository struct {
	root    string
	gitDir  string
	common  string
	objects *object.Store
	refs    *filesystem.Storage
	tree    *workTree
	// treeCache is nil without a cache.
	treeCache *TreeCache

	mu sync.Mutex
	// fetched are the folders of [Repository.Fetch].
	fetched []string
}

// Open opens the repository that contains dir: dir itself or its nearest parent that has a ".git" folder or file (work
// trees, submodules), or that is a bare repository. The caller must close it.
//
// Errors: [ErrNotRepository]. An error also names a repository with other than SHA-1 object names, or with references
// that are not files.
func Open(dir string) (*Repository, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	if info, err := os.Stat(abs); err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("open repository: %s is a file, not a folder", dir)
	}
	root, gitDir, err := discover(abs)
	if err != nil {
		return nil, err
	}
	common, err := commonDir(gitDir)
	if err != nil {
		return nil, err
	}
	if err := supported(common); err != nil {
		return nil, fmt.Errorf("open repository %s: %w", gitDir, err)
	}
	objects, err := object.Open(filepath.Join(common, "objects"))
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", gitDir, err)
	}
	r := &Repository{root: root, gitDir: gitDir, common: common, objects: objects}
	r.refs = filesystem.NewStorage(dotgit.NewRepositoryFilesystem(osfs.New(gitDir), osfs.New(common)), cache.NewObjectLRU(0))
	if root != "" {
		// The work tree is only a shortcut to the same bytes: without it, everything is read from the objects.
		r.tree, _ = openWorkTree(root)
	}
	return r, nil
}

// Close closes every file and deletes fetched objects. Open readers stay usable.
func (r *Repository) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := []error{r.objects.Close(), r.tree.close()}
	for _, dir := range r.fetched {
		errs = append(errs, os.RemoveAll(dir))
	}
	r.fetched = nil
	return errors.Join(errs...)
}

// Root returns the absolute path of the work tree; empty for a bare repository.
func (r *Repository) Root() string { return r.root }

// IsShallow reports whether the clone has a limited depth.
func (r *Repository) IsShallow() bool {
	info, err := os.Stat(filepath.Join(r.common, "shallow"))
	return err == nil && info.Size() > 0
}

// HasCommit reports whether the commit with this full hash can be read.
func (r *Repository) HasCommit(hash string) bool {
	if !plumbing.IsHash(hash) {
		return false
	}
	_, err := r.readCommit(plumbing.NewHash(hash))
	return err == nil
}

// discover walks up from dir. root is empty if the repository is bare, or dir is inside a ".git" folder.
func discover(dir string) (root, gitDir string, err error) {
	for at := dir; ; at = filepath.Dir(at) {
		dot := filepath.Join(at, ".git")
		info, err := os.Stat(dot)
		switch {
		case err == nil && info.IsDir() && isGitDir(dot):
			return at, dot, nil
		case closedGit(dot, err):
			return "", "", fmt.Errorf("open repository: %s: %w: let user %d read it", dot, fs.ErrPermission, os.Getuid())
		case err == nil && info.Mode().IsRegular():
			gitDir, err := followGitFile(dot)
			return at, gitDir, err
		case isGitDir(at):
			return "", at, nil
		}
		if at == filepath.Dir(at) {
			return "", "", fmt.Errorf("%s: %w (nor is any folder above it): name a folder of a clone, or scan its current files", dir, ErrNotRepository)
		}
	}
}

// closedGit reports whether there is a ".git" that this user may not read: then the repository is here and not in a
// parent folder. err is the error of reading it.
func closedGit(dot string, err error) bool {
	if err == nil {
		_, err = os.Lstat(filepath.Join(dot, "HEAD"))
	}
	if err == nil {
		_, err = os.Stat(filepath.Join(dot, "objects", "pack"))
	}
	return errors.Is(err, fs.ErrPermission)
}

// isGitDir makes the same test as git: a HEAD, and objects and refs here or in the common folder.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	common, err := commonDir(dir)
	if err != nil {
		return false
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(common, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// followGitFile reads a ".git" file, "gitdir: PATH".
func followGitFile(file string) (string, error) {
	text, err := readSmallFile(file)
	if err != nil {
		return "", fmt.Errorf("open repository: %w", err)
	}
	target, ok := strings.CutPrefix(text, "gitdir:")
	target = strings.TrimSpace(target)
	if !ok || target == "" {
		return "", fmt.Errorf("%s: %w: the file does not say \"gitdir: PATH\"", file, ErrNotRepository)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(file), target)
	}
	if !isGitDir(target) {
		return "", fmt.Errorf("%s: %w: it points to %s, which is not there; if this is a work tree in a container, mount the main repository too",
			file, ErrNotRepository, target)
	}
	return filepath.Clean(target), nil
}

// commonDir returns the folder that a linked work tree shares with its main repository; for all others it returns gitDir
// itself.
func commonDir(gitDir string) (string, error) {
	text, err := readSmallFile(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", fmt.Errorf("open repository: %w", err)
	}
	target := strings.TrimSpace(text)
	if !filepath.IsAbs(target) {
		target = filepath.Join(gitDir, target)
	}
	return filepath.Clean(target), nil
}

func readSmallFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > 64<<10 {
		return "", fmt.Errorf("%s is not a small file", path)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// supported rejects the two extensions that change how a repository is read (git's repository-version). A reader may
// ignore all others. A configuration that cannot be parsed declares no extension.
func supported(common string) error {
	text, err := os.ReadFile(filepath.Join(common, "config"))
	if err != nil {
		return nil //nolint:nilerr // an unreadable configuration declares no extension
	}
	cfg := config.New()
	if err := config.NewDecoder(bytes.NewReader(text)).Decode(cfg); err != nil {
		return nil //nolint:nilerr // an unreadable configuration declares no extension
	}
	extensions := cfg.Section("extensions")
	if format := extensions.Option("objectformat"); format != "" && !strings.EqualFold(format, "sha1") {
		return fmt.Errorf("it uses %s object names, and only SHA-1 repositories can be read: scan its current files instead", format)
	}
	if storage := extensions.Option("refstorage"); storage != "" && !strings.EqualFold(storage, "files") {
		return fmt.Errorf("its references are stored as %s, and only files can be read: run \"git refs migrate --ref-format=files\"", storage)
	}
	return nil
}
