package workspace

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// serveGit serves git over smart HTTP, and fires the webhooks of what a push changed.
func (s *Site) serveGit(w http.ResponseWriter, r *http.Request) {
	workspace, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name, rest, ok := strings.Cut(rest, ".git/")
	s.mu.Lock()
	c, status := s.gitCaller(r)
	x := s.repository(name)
	needs := Read
	if ground.Writes(r) {
		needs = Write
	}
	switch {
	case status != 0:
	case !ok || !s.is(workspace) || x == nil:
		status = http.StatusNotFound
	case s.level(c, x) < needs && c == nil:
		status = http.StatusUnauthorized
	case s.level(c, x) < needs:
		status = http.StatusForbidden
	case !s.spend(w, c, "git"):
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	if status != 0 {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="Bitbucket.org HTTP"`)
		}
		http.Error(w, "You may not have access to this repository or it no longer exists in this workspace.", status)
		return
	}
	s.git.Serve(counted{w, s}, r, x.dir, rest)
	if needs == Write && r.Method == http.MethodPost {
		s.changed(x)
	}
}

// counted counts what git gets.
type counted struct {
	http.ResponseWriter
	s *Site
}

func (c counted) Write(p []byte) (int, error) {
	c.s.gitSent.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

// changed compares a repository with what was known, and fires the events of the difference.
func (s *Site) changed(r *Repository) {
	now := ground.Heads(r.dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	var changes []any
	side := func(name, hash string) any {
		if hash == "" {
			return nil
		}
		return map[string]any{"type": "branch", "name": name, "target": map[string]any{"type": "commit", "hash": hash, "date": stamp(s.now())}}
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
		if was == is {
			continue
		}
		changes = append(changes, map[string]any{"old": side(name, was), "new": side(name, is), "created": was == "", "closed": is == "", "forced": false, "truncated": false, "commits": []any{}})
		pushed = append(pushed, name)
	}
	r.heads = now
	if len(changes) == 0 {
		return
	}
	if !s.behaviour.UpdatedStays {
		r.Updated = s.now().UTC()
	}
	if r.Main == "" && len(now) > 0 {
		r.Main = "main"
		if now["main"] == "" {
			r.Main = pushed[0]
		}
	}
	s.fire(r, "repo:push", map[string]any{"push": map[string]any{"changes": changes}})
	for _, p := range s.pulls {
		if p.from == r && p.State == "OPEN" && slices.Contains(pushed, p.From) && now[p.From] != "" {
			s.fire(p.to, "pullrequest:updated", map[string]any{"pullrequest": s.pullJSON(p)})
			s.fire(p.to, "pullrequest:push", map[string]any{"pullrequest": s.pullJSON(p)})
		}
	}
}

// Push commits files to a branch, given as pairs of path and content, and returns the commit. A branch that does not exist
// begins at from, or empty. An empty content deletes the file.
func (s *Site) Push(slug, branch, from string, files ...string) (string, error) {
	r := s.found(slug)
	hash, err := s.git.Commit(r.dir, branch, from, files...)
	if err != nil {
		return "", err
	}
	s.changed(r)
	return hash, nil
}

// Branches creates branches at the head of another one, in one step and as one push.
func (s *Site) Branches(slug, from string, names ...string) error {
	r := s.found(slug)
	if err := ground.Branch(r.dir, from, names...); err != nil {
		return err
	}
	s.changed(r)
	return nil
}

// DeleteBranch deletes a branch.
func (s *Site) DeleteBranch(slug, name string) error {
	r := s.found(slug)
	if _, err := ground.Git(r.dir, "update-ref", "-d", "refs/heads/"+name); err != nil {
		return err
	}
	s.changed(r)
	return nil
}

// Refresh makes the site read the branches of a repository that somebody changed on disk.
func (s *Site) Refresh(slug string) { s.changed(s.found(slug)) }
