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

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
)

// Directory is a folder of git repositories: PROJECT/repository.git, bare or not. Folders that begin with "~" are personal
// projects. Symbolic links are not followed, and repositories whose objects lie outside of the folder are refused: whoever
// can push must not make the server read other files.
type Directory struct {
	root string
}

// NewDirectory makes a connection to a folder, which must exist.
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

// List implements Connection.
func (d *Directory) List(ctx context.Context) (found store.Found, complete bool, err error) {
	projects, err := os.ReadDir(d.root)
	if err != nil {
		return nil, false, fmt.Errorf("list the projects: %w", err)
	}
	var problems []error
	for _, entry := range projects {
		if !entry.IsDir() || hidden(entry.Name()) {
			continue
		}
		p := store.FoundProject{Key: entry.Name(), Name: entry.Name(), Personal: strings.HasPrefix(entry.Name(), "~"), Identity: identity(filepath.Join(d.root, entry.Name()))}
		repositories, err := os.ReadDir(filepath.Join(d.root, entry.Name()))
		if err != nil {
			problems = append(problems, fmt.Errorf("list the repositories of %s: %w", entry.Name(), err))
			p.Partial = true
		}
		for _, r := range repositories {
			if err := ctx.Err(); err != nil {
				return nil, false, err
			}
			if !r.IsDir() || hidden(r.Name()) {
				continue
			}
			repository, ok, err := d.look(ctx, entry.Name(), r.Name())
			if err != nil {
				problems = append(problems, fmt.Errorf("repository %s/%s: %w", entry.Name(), r.Name(), err))
				p.Partial = p.Partial || !ok
			}
			if ok {
				p.Repositories = append(p.Repositories, repository)
			}
		}
		// A folder without repositories is no project.
		if len(p.Repositories) > 0 || p.Partial {
			found = append(found, p)
		}
	}
	return found, true, errors.Join(problems...)
}

// hidden reports whether a name is none of a project or repository.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.ContainsAny(name, "\\\x00")
}

// look reads one repository; ok is false when the folder is none. A repository that can be read in part is ok and has an error.
func (d *Directory) look(ctx context.Context, project, name string) (r store.FoundRepository, ok bool, err error) {
	location := project + "/" + name
	dir, release, err := d.Open(ctx, location)
	if errors.Is(err, ErrGone) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	defer release()
	repository, err := scan.OpenRepository(dir)
	if err != nil {
		return r, false, err
	}
	defer func() { _ = repository.Close() }()
	slug := strings.TrimSuffix(name, ".git")
	r = store.FoundRepository{Slug: slug, Name: slug, Location: location, DefaultBranch: repository.Branch(), Identity: identity(filepath.Join(d.root, project, name))}
	heads, err := repository.Heads(ctx)
	for _, h := range heads {
		r.Branches = append(r.Branches, store.FoundBranch{Name: h.Name, Head: h.Hash, HeadAt: h.Time})
	}
	return r, true, err
}

// Open implements Connection. The folder is read where it lies.
func (d *Directory) Open(_ context.Context, location string) (dir string, release func(), err error) {
	if !filepath.IsLocal(filepath.FromSlash(location)) || strings.Count(location, "/") != 1 {
		return "", nil, ErrGone
	}
	// The project's own folder may have become a link since it was listed.
	path, err := filepath.EvalSymlinks(filepath.Join(d.root, filepath.FromSlash(location)))
	if err != nil || path != filepath.Join(d.root, filepath.FromSlash(location)) {
		return "", nil, ErrGone
	}
	gitDir, ok := gitFolder(path)
	if !ok {
		return "", nil, ErrGone
	}
	if err := d.inside(gitDir); err != nil {
		return "", nil, err
	}
	return gitDir, func() {}, nil
}

// gitFolder finds the git folder of a repository: itself when it is bare, else its .git folder. A .git file, which leads
// elsewhere, is none.
func gitFolder(path string) (string, bool) {
	for _, dir := range []string{path, filepath.Join(path, ".git")} {
		if head, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil || head.IsDir() {
			continue
		}
		isFolder := true
		for _, name := range []string{"", "objects", "refs"} {
			info, err := os.Lstat(filepath.Join(dir, name))
			isFolder = isFolder && err == nil && info.IsDir()
		}
		if isFolder {
			return dir, true
		}
	}
	return "", false
}

// maxAlternates is how far alternates of alternates are followed, as far as git does.
const maxAlternates = 5

// inside refuses a repository that takes objects or settings from outside of the folder: by alternates, a common folder, or
// a link.
func (d *Directory) inside(gitDir string) error {
	if _, err := os.Lstat(filepath.Join(gitDir, "commondir")); err == nil {
		return errors.New("it is a part of another repository (commondir), which is not followed")
	}
	return d.objectsInside(filepath.Join(gitDir, "objects"), maxAlternates)
}

func (d *Directory) objectsInside(objects string, depth int) error {
	if rel, err := filepath.Rel(d.root, objects); err != nil || !filepath.IsLocal(rel) || depth == 0 {
		return errors.New("its objects lie outside of the folder of repositories (objects/info/alternates)")
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
		// What is not there cannot be read.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			if err := d.objectsInside(real, depth-1); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}
