package fakebitbucket

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
)

var (
	hash     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{4,40}$`) })
	fullHash = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{40}$`) })
)

// locate checks the repository, commit and pull request of a call, and writes their canonical names into the route's
// parameters. The lock is held.
func (s *Server) locate(c *call) (Answer, bool) {
	path, _, _ := strings.Cut(c.RequestURI, "?")
	if strings.ContainsAny(path, "{}") {
		return errorAnswer(c.route.dialect, http.StatusBadRequest, "The request target holds characters that must be percent-encoded."), false
	}
	if c.route.param["slug"] != "" && !s.locateRepository(c.route.param) {
		return errorAnswer(c.route.dialect, http.StatusNotFound,
			"Repository "+c.repository()+" does not exist, or you have no access to it."), false
	}
	if commit := c.route.param["commit"]; commit != "" {
		if c.route.dialect == DataCenter && !fullHash().MatchString(strings.ToLower(commit)) {
			return dataCenterError(http.StatusBadRequest, "commitId", "The commit must be a full 40-character hash."), false
		}
		full, ok := s.locateCommit(c.route.dialect, strings.ToLower(commit))
		if !ok {
			return errorAnswer(c.route.dialect, http.StatusNotFound, "Commit "+commit+" does not exist in this repository."), false
		}
		c.route.param["commit"] = full
	}
	return Answer{}, true
}

func (s *Server) locateRepository(param map[string]string) bool {
	if len(s.config.repositories) == 0 {
		return true
	}
	named := func(name, slug, uuid string) bool { return name == slug || uuid != "" && name == uuid }
	for _, known := range s.config.repositories {
		if named(param["workspace"], known.Workspace, known.WorkspaceUUID) && named(param["slug"], known.Slug, known.UUID) {
			param["workspace"], param["slug"] = known.Workspace, known.Slug
			return true
		}
	}
	return false
}

func (s *Server) locateCommit(dialect Dialect, commit string) (string, bool) {
	if len(s.config.commits) == 0 {
		return commit, hash().MatchString(commit)
	}
	var candidates []string
	for _, known := range s.config.commits {
		if known == commit {
			return known, true
		}
		if dialect == Cloud && len(commit) >= 7 && strings.HasPrefix(known, commit) {
			candidates = append(candidates, known)
		}
	}
	if len(candidates) != 1 {
		return "", false
	}
	return candidates[0], true
}
