package site

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cgi" //nolint:gosec // it runs git http-backend in tests
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// zeros is the hash of nothing.
const zeros = "0000000000000000000000000000000000000000"

// gitIn runs git in a folder and returns its output.
func gitIn(dir string, args ...string) (string, error) { return gitWith(dir, nil, nil, args...) }

func gitWith(dir string, input []byte, env []string, args ...string) (string, error) {
	cmd := exec.Command("git", args...) //nolint:noctx,gosec // a test's own repository
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(input)
	cmd.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
		"GIT_AUTHOR_DATE=2026-11-01T10:00:00Z", "GIT_COMMITTER_DATE=2026-11-01T10:00:00Z",
	}, env...)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %v: %w: %s", args, err, problem.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// serveGit serves git over smart HTTP, and fires the webhooks of what a push changed.
func (s *Site) serveGit(w http.ResponseWriter, r *http.Request, path string) {
	project, rest, _ := strings.Cut(path, "/")
	slug, rest, ok := strings.Cut(rest, ".git/")
	s.mu.Lock()
	c, admitted := s.admit(w, r)
	if !admitted {
		s.mu.Unlock()
		return
	}
	repository := s.repository(project, slug)
	needs := Read
	if r.URL.Query().Get("service") == "git-receive-pack" || strings.HasSuffix(rest, "git-receive-pack") {
		needs = Write
	}
	switch {
	case !ok || repository == nil || s.level(c, repository) < Read && c.credential != nil:
		s.mu.Unlock()
		http.Error(w, "Repository not found", http.StatusNotFound)
		return
	case s.level(c, repository) < needs:
		w.Header().Set("WWW-Authenticate", `Basic realm="Bitbucket"`)
		s.mu.Unlock()
		http.Error(w, "Authentication required", http.StatusUnauthorized)
		return
	}
	dir := repository.dir
	s.mu.Unlock()
	inner := r.Clone(r.Context())
	inner.URL.Path = "/" + filepath.Base(dir) + "/" + rest
	inner.Header.Del("Authorization")
	(&cgi.Handler{
		Path: s.backend, Dir: s.root, Env: []string{"GIT_PROJECT_ROOT=" + s.root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ada", "HOME=" + s.root, "GIT_CONFIG_NOSYSTEM=1"},
		InheritEnv: []string{"PATH"},
	}).ServeHTTP(w, inner)
	if needs == Write && r.Method == http.MethodPost {
		s.changed(repository)
	}
}

// heads returns the branches of a git repository.
func headsOf(dir string) map[string]string {
	list := map[string]string{}
	out, err := gitIn(dir, "for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/heads/")
	if err != nil {
		panic(err)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if hash, name, ok := strings.Cut(line, " "); ok {
			list[name] = hash
		}
	}
	return list
}

// changed compares a repository with what was known, and fires the events of the difference.
func (s *Site) changed(r *Repository) {
	now := headsOf(r.dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	var changes []any
	change := func(name, from, to, kind string) {
		ref := map[string]any{"id": "refs/heads/" + name, "displayId": name, "type": "BRANCH"}
		changes = append(changes, map[string]any{"ref": ref, "refId": "refs/heads/" + name, "fromHash": from, "toHash": to, "type": kind})
	}
	names := []string{}
	for name := range now {
		names = append(names, name)
	}
	for name := range r.heads {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var pushed []string
	for _, name := range names {
		was, is := r.heads[name], now[name]
		switch {
		case was == is:
			continue
		case was == "":
			change(name, zeros, is, "ADD")
		case is == "":
			change(name, was, zeros, "DELETE")
		default:
			change(name, was, is, "UPDATE")
		}
		pushed = append(pushed, name)
	}
	r.heads = now
	if len(changes) == 0 {
		return
	}
	s.fire(r, "repo:refs_changed", map[string]any{"repository": s.repositoryJSON(r), "changes": changes, "commits": []any{}})
	for _, p := range s.pulls {
		if p.from == r && p.Open && slices.Contains(pushed, p.From) && now[p.From] != "" {
			s.updatePull(p)
			s.fire(p.to, "pr:from_ref_updated", map[string]any{"pullRequest": s.pullJSON(p)})
		}
	}
}

// Push commits files to a branch, given as pairs of path and content, and returns the commit. A branch that does not exist
// begins at from, or empty. An empty content deletes the file.
func (s *Site) Push(project, slug, branch, from string, files ...string) (string, error) {
	s.mu.Lock()
	r := s.repository(project, slug)
	s.mu.Unlock()
	index, err := os.CreateTemp(s.root, "index-")
	if err != nil {
		return "", err
	}
	defer os.Remove(index.Name()) //nolint:errcheck // the folder goes
	_ = index.Close()
	if err := os.Remove(index.Name()); err != nil {
		return "", err
	}
	env := []string{"GIT_INDEX_FILE=" + index.Name()}
	heads := headsOf(r.dir)
	parent := heads[branch]
	if parent == "" {
		parent = heads[from]
	}
	message := "change"
	for i := 0; i < len(files); i += 2 {
		message += " " + files[i]
	}
	commit := []string{"commit-tree", "-m", message}
	if parent != "" {
		commit = append(commit, "-p", parent)
		if _, err := gitWith(r.dir, nil, env, "read-tree", parent); err != nil {
			return "", err
		}
	}
	for i := 0; i < len(files); i += 2 {
		if files[i+1] == "" {
			if _, err := gitWith(r.dir, nil, env, "rm", "--cached", "-q", "--", files[i]); err != nil {
				return "", err
			}
			continue
		}
		blob, err := gitWith(r.dir, []byte(files[i+1]), nil, "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		if _, err := gitWith(r.dir, nil, env, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+files[i]); err != nil {
			return "", err
		}
	}
	tree, err := gitWith(r.dir, nil, env, "write-tree")
	if err != nil {
		return "", err
	}
	hash, err := gitIn(r.dir, append(commit, tree)...)
	if err != nil {
		return "", err
	}
	if _, err := gitIn(r.dir, "update-ref", "refs/heads/"+branch, hash); err != nil {
		return "", err
	}
	s.changed(r)
	return hash, nil
}

// Branches creates branches at the head of another one, in one step and as one push.
func (s *Site) Branches(project, slug, from string, names ...string) error {
	s.mu.Lock()
	r := s.repository(project, slug)
	s.mu.Unlock()
	head := headsOf(r.dir)[from]
	var commands strings.Builder
	for _, name := range names {
		fmt.Fprintf(&commands, "update refs/heads/%s %s\n", name, head)
	}
	if _, err := gitWith(r.dir, []byte(commands.String()), nil, "update-ref", "--stdin"); err != nil {
		return err
	}
	s.changed(r)
	return nil
}

// DeleteBranch deletes a branch.
func (s *Site) DeleteBranch(project, slug, name string) error {
	s.mu.Lock()
	r := s.repository(project, slug)
	s.mu.Unlock()
	if _, err := gitIn(r.dir, "update-ref", "-d", "refs/heads/"+name); err != nil {
		return err
	}
	s.changed(r)
	return nil
}

// Dir is the folder of a repository's git repository.
func (s *Site) Dir(project, slug string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repository(project, slug).dir
}

// ID is the id of a repository.
func (s *Site) ID(project, slug string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repository(project, slug).ID
}

// Identity is the text that stays the same when a repository is renamed.
func (s *Site) Identity(project, slug string) string {
	return "dc:" + strconv.Itoa(s.ID(project, slug))
}

// Head is the head of a branch; empty for none.
func (s *Site) Head(project, slug, branch string) string {
	return headsOf(s.Dir(project, slug))[branch]
}
