package site

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// zeros is the hash of nothing.
const zeros = "0000000000000000000000000000000000000000"

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
	if ground.Writes(r) {
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
	s.git.Serve(w, r, dir, rest)
	if needs == Write && r.Method == http.MethodPost {
		s.changed(repository)
	}
}

// changed compares a repository with what was known, and fires the events of the difference.
func (s *Site) changed(r *Repository) {
	now := ground.Heads(r.dir)
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
	hash, err := s.git.Commit(r.dir, branch, from, files...)
	if err != nil {
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
	if err := ground.Branch(r.dir, from, names...); err != nil {
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
	if _, err := ground.Git(r.dir, "update-ref", "-d", "refs/heads/"+name); err != nil {
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
	return ground.Heads(s.Dir(project, slug))[branch]
}
