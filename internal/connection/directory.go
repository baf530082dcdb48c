package connection

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sluice-scan/sluice/scan/git"
)

// ErrEmpty means that a folder of repositories contains none.
var ErrEmpty = errors.New("the folder of repositories contains no repository: it is empty, or its volume is not mounted")

// Directory is a folder of git repositories: PROJECT/repository.git, bare or not. Folders that begin with "~" are
// personal projects. Symbolic links are not followed, and repositories with objects outside the folder are refused:
// people who can push must not be able to make the server read other files.
type Directory struct {
	root string
}

// NewDirectory returns a connection to a folder, which must exist.
func NewDirectory(path string) (*Directory, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, fmt.Errorf("the folder of repositories: %w", err)
	}
	info, err := os.Stat(abs)
	if err == nil && !info.IsDir() {
		err = errors.New("it is a file")
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of repositories %s: %w", path, err)
	}
	return &Directory{root: abs}, nil
}

// List implements Connection. An empty folder is an error, because an unmounted volume looks the same.
func (d *Directory) List(ctx context.Context) (Listing, error) {
	projects, err := os.ReadDir(d.root)
	if err != nil {
		return Listing{}, fmt.Errorf("list the projects: %w", err)
	}
	l := Listing{Whole: true}
	var problems []error
	for _, entry := range projects {
		name := entry.Name()
		if hidden(name) || !l.folder(name, entry) {
			continue
		}
		path := filepath.Join(d.root, name)
		if _, broken, ok := gitFolder(path); ok || broken != nil {
			l.skip(name, "it is a repository outside of a project: move it to PROJECT/"+name)
			continue
		}
		p := Project{Key: name, Name: name, Personal: strings.HasPrefix(name, "~"), Identity: identity(path)}
		repositories, err := os.ReadDir(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("list the repositories of %s: %w", name, err))
			p.Partial = true
		}
		for _, r := range repositories {
			if err := ctx.Err(); err != nil {
				return Listing{}, err
			}
			if hidden(r.Name()) || !l.folder(name+"/"+r.Name(), r) {
				continue
			}
			repository, err := d.look(ctx, name, r.Name())
			if errors.Is(err, ErrGone) {
				l.skip(name+"/"+r.Name(), "it is not a git repository")
				continue
			}
			if err != nil {
				repository.Problem = err.Error()
				problems = append(problems, fmt.Errorf("repository %s/%s: %w", name, r.Name(), err))
			}
			p.Repositories = append(p.Repositories, repository)
		}
		switch {
		case len(p.Repositories) > 0 || p.Partial:
			l.Projects = append(l.Projects, p)
		case len(repositories) == 0:
			// A folder without repositories is not a project.
			l.skip(name, "it is an empty folder")
		}
	}
	if len(l.Projects) == 0 {
		problems = append(problems, ErrEmpty)
	}
	if n := len(problems); n > maxProblems {
		problems = append(problems[:maxProblems:maxProblems], fmt.Errorf("and %d more", n-maxProblems))
	}
	return l, errors.Join(problems...)
}

// maxProblems limits the problems in the error of a listing; each one is also recorded at its repository.
const maxProblems = 20

// folder reports whether an entry is a folder. It records links, which are not followed, and ignores other files.
func (l *Listing) folder(name string, entry os.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink != 0 {
		l.skip(name, "it is a symbolic link, which is not followed: put the repository itself there")
	}
	return entry.IsDir()
}

func (l *Listing) skip(name, reason string) { l.Skipped = append(l.Skipped, Skipped{name, reason}) }

// hidden reports whether a name cannot be the name of a project or repository.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.ContainsAny(name, "\\\x00")
}

// look reads one repository; the error is ErrGone for a folder that is not one. On another error it returns the part
// that could be read.
func (d *Directory) look(ctx context.Context, project, name string) (r Repository, err error) {
	location := project + "/" + name
	slug := strings.TrimSuffix(name, ".git")
	r = Repository{Slug: slug, Name: slug, Location: location, Identity: identity(filepath.Join(d.root, project, name))}
	dir, release, err := d.Open(ctx, location)
	if err != nil {
		return r, err
	}
	defer release()
	repository, err := git.Open(dir)
	if err != nil {
		return r, err
	}
	defer func() { _ = repository.Close() }()
	r.DefaultBranch = repository.Branch()
	var problem error
	if r.DefaultBranch == "" {
		problem = detached(dir)
	}
	heads, err := repository.Heads(ctx)
	for _, h := range heads {
		r.Branches = append(r.Branches, Branch{Name: h.Name, Head: h.Hash, HeadAt: h.Time})
	}
	return r, errors.Join(problem, err)
}

// maxHead is longer than any HEAD, in bytes.
const maxHead = 4 << 10

// detached returns an error for a HEAD that names neither a branch nor a commit.
func detached(gitDir string) error {
	path := filepath.Join(gitDir, "HEAD")
	info, err := os.Lstat(path)
	var text []byte
	if err == nil && info.Mode().IsRegular() && info.Size() <= maxHead {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return fmt.Errorf("which branch is the default one: %w", err)
	}
	if !git.IsReference(strings.TrimSpace(string(text))) {
		return errors.New("which branch is the default one: HEAD names neither a branch nor a commit")
	}
	return nil
}

// Open implements Connection. The folder is read in place.
func (d *Directory) Open(_ context.Context, location string) (dir string, release func(), err error) {
	if !filepath.IsLocal(filepath.FromSlash(location)) || strings.Count(location, "/") != 1 {
		return "", nil, ErrGone
	}
	// The project's folder may have become a link since it was listed.
	path, err := filepath.EvalSymlinks(filepath.Join(d.root, filepath.FromSlash(location)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", nil, err
	}
	if err != nil || path != filepath.Join(d.root, filepath.FromSlash(location)) {
		return "", nil, ErrGone
	}
	gitDir, broken, ok := gitFolder(path)
	if broken != nil {
		return "", nil, broken
	}
	if !ok {
		return "", nil, ErrGone
	}
	if err := d.inside(gitDir); err != nil {
		return "", nil, err
	}
	return gitDir, func() {}, nil
}

// gitFolder finds the git folder of a repository: the folder itself if it is bare, else its .git folder. A .git file,
// which leads elsewhere, does not count. A repository that lacks a part, or cannot be read, is broken.
func gitFolder(path string) (dir string, broken error, ok bool) {
	for _, dir := range []string{path, filepath.Join(path, ".git")} {
		has, lacks := 0, ""
		for _, part := range []struct {
			name   string
			folder bool
		}{{"HEAD", false}, {"objects", true}, {"refs", true}} {
			info, err := os.Lstat(filepath.Join(dir, part.name))
			switch {
			case err == nil && info.IsDir() == part.folder:
				has++
			case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
				return "", fmt.Errorf("it cannot be read: %w", err), false
			default:
				lacks = part.name
			}
		}
		switch has {
		case 3:
			return dir, nil, true
		case 2:
			return "", fmt.Errorf("it is a repository without %s", lacks), false
		}
	}
	return "", nil, false
}

// maxAlternates is the depth to which alternates are followed, the same as in git.
const maxAlternates = 5

// inside refuses a repository that uses objects or settings outside the folder: through alternates, a common folder, or
// a link.
func (d *Directory) inside(gitDir string) error {
	if _, err := os.Lstat(filepath.Join(gitDir, "commondir")); err == nil {
		return errors.New("it is a part of another repository (commondir), which is not followed")
	}
	return d.objectsInside(filepath.Join(gitDir, "objects"), maxAlternates)
}

func (d *Directory) objectsInside(objects string, depth int) error {
	if rel, err := filepath.Rel(d.root, objects); err != nil || !filepath.IsLocal(rel) || depth == 0 {
		return errors.New("its objects are outside the folder of repositories (objects/info/alternates)")
	}
	f, err := os.Open(filepath.Join(objects, "info", "alternates"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		path := strings.TrimSpace(lines.Text())
		if path == "" || path[0] == '#' {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(objects, path)
		}
		// A missing path cannot be read.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			if err := d.objectsInside(real, depth-1); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}
