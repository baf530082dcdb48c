package site

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// serveAPI answers below /rest/. The path is escaped.
func (s *Site) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil {
			refuse(w, http.StatusBadRequest, "bad path", "")
			return
		}
		segments[i] = text
	}
	if len(segments) < 3 || segments[1] != "latest" && segments[1] != "1.0" {
		http.Error(w, "<!doctype html><h1>not here</h1>", http.StatusNotFound)
		return
	}
	s.mu.Lock()
	if segments[2] == "application-properties" {
		s.mu.Unlock()
		s.reports.ServeHTTP(w, r)
		return
	}
	c, ok := s.admit(w, r)
	if !ok {
		s.mu.Unlock()
		return
	}
	if forward := s.route(w, r, c, segments[0], segments[2:]); !forward {
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	// Reports and the like are known by the repository's present name.
	inner := r.Clone(r.Context())
	inner.Header.Del("Authorization")
	s.reports.ServeHTTP(w, inner)
}

// route answers a request, or reports that the part with the reports answers it. mu is held.
func (s *Site) route(w http.ResponseWriter, r *http.Request, c caller, api string, path []string) (forward bool) {
	switch {
	case api == "api" && len(path) == 1 && path[0] == "projects":
		s.listProjects(w, r, c)
		return false
	case api == "api" && len(path) == 1 && path[0] == "repos":
		s.listRepositories(w, r, c, nil)
		return false
	case api == "api" && len(path) == 1 && path[0] == "users":
		s.listUsers(w, r, c)
		return false
	case path[0] != "projects" || len(path) < 2:
		refuse(w, http.StatusNotFound, "not found", "")
		return false
	}
	p := s.project(path[1])
	if p == nil || len(path) == 2 && !s.sees(c, p) {
		refuse(w, http.StatusNotFound, "Project "+path[1]+" does not exist.", "project.NoSuchProjectException")
		return false
	}
	if len(path) == 2 {
		writeJSON(w, http.StatusOK, projectJSON(p))
		return false
	}
	if path[2] == "webhooks" {
		if s.behaviour.NoProjectHooks {
			http.Error(w, "<!doctype html><h1>not here</h1>", http.StatusNotFound)
			return false
		}
		if s.projectLevel(c, p) < Admin {
			denied(w, "project")
			return false
		}
		s.serveHooks(w, r, p.ID, 0, path[3:])
		return false
	}
	if path[2] != "repos" {
		refuse(w, http.StatusNotFound, "not found", "")
		return false
	}
	if len(path) == 3 {
		s.listRepositories(w, r, c, p)
		return false
	}
	return s.routeRepository(w, r, c, api, p, path[3], path[4:])
}

func (s *Site) routeRepository(w http.ResponseWriter, r *http.Request, c caller, api string, p *Project, slug string, path []string) (forward bool) {
	repository := s.repository(p.Key, slug)
	if repository == nil {
		if moved := s.moved[p.Key+"/"+slug]; moved != nil && s.behaviour.Redirect {
			w.Header().Set("Location", s.address+s.path+"/rest/api/latest/projects/"+moved.project.Key+"/repos/"+moved.Slug)
			w.WriteHeader(http.StatusMovedPermanently)
			return false
		}
		refuse(w, http.StatusNotFound, "Repository "+p.Key+"/"+slug+" does not exist.", "repository.NoSuchRepositoryException")
		return false
	}
	if s.level(c, repository) < Read {
		denied(w, "repository")
		return false
	}
	if api != "api" {
		return s.known(w, repository, path)
	}
	switch {
	case len(path) == 0:
		writeJSON(w, http.StatusOK, s.repositoryJSON(repository))
	case path[0] == "branches" && len(path) == 2 && path[1] == "default", path[0] == "default-branch":
		s.defaultBranch(w, repository, path)
	case path[0] == "branches":
		s.listBranches(w, r, repository)
	case path[0] == "webhooks":
		if s.level(c, repository) < Admin {
			denied(w, "repository")
			return false
		}
		s.serveHooks(w, r, 0, repository.ID, path[1:])
	case path[0] == "pull-requests" && len(path) <= 2:
		s.servePulls(w, r, repository, path[1:])
	default:
		return s.known(w, repository, path)
	}
	return false
}

// known reports whether the commit of a report exists; it answers when not.
func (s *Site) known(w http.ResponseWriter, r *Repository, path []string) bool {
	if len(path) > 1 && path[0] == "commits" {
		if _, err := ground.Git(r.dir, "cat-file", "-e", path[1]+"^{commit}"); err != nil {
			refuse(w, http.StatusNotFound, "Commit '"+path[1]+"' does not exist in repository '"+r.Slug+"'.", "commit.NoSuchCommitException")
			return false
		}
	}
	return true
}

func projectJSON(p *Project) map[string]any {
	kind := "NORMAL"
	if p.Personal {
		kind = "PERSONAL"
	}
	return map[string]any{"id": p.ID, "key": p.Key, "name": p.Name, "type": kind, "public": false}
}

func (s *Site) repositoryJSON(r *Repository) map[string]any {
	base := s.address + s.path
	if s.behaviour.ForeignLinks {
		base = "https://elsewhere.example.com"
	}
	link := base + "/scm/" + strings.ToLower(r.project.Key) + "/" + r.Slug + ".git"
	if s.behaviour.UserLinks {
		link = strings.Replace(link, "://", "://ada@", 1)
	}
	links := []any{map[string]any{"name": "ssh", "href": "ssh://git@example.com:7999/" + r.project.Key + "/" + r.Slug + ".git"}}
	if !s.behaviour.NoHTTPLinks {
		links = append(links, map[string]any{"name": "http", "href": link})
	}
	body := map[string]any{
		"id": r.ID, "slug": r.Slug, "name": r.Name, "scmId": orElse(r.SCM, "git"), "state": orElse(r.State, "AVAILABLE"), "public": r.IsPublic, "archived": r.Archived,
		"project": projectJSON(r.project), "links": map[string]any{"clone": links},
	}
	if r.Fork {
		body["origin"] = map[string]any{"id": 1, "slug": "origin"}
	}
	return body
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// page answers one page of rows. mu is held.
func (s *Site) page(w http.ResponseWriter, r *http.Request, rows []any) {
	number := func(name string, other int) (int, bool) {
		text := r.URL.Query().Get(name)
		if text == "" {
			return other, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && n >= 0
	}
	start, ok := number("start", 0)
	limit, also := number("limit", 25)
	if !ok || !also || limit == 0 {
		refuse(w, http.StatusBadRequest, "limit and start must be numbers", "")
		return
	}
	most := s.behaviour.PageLimit
	if most == 0 {
		most = 1000
	}
	limit = min(limit, most)
	step := limit
	if s.behaviour.Jumps {
		// Numbers of rows that the caller may not see.
		step = limit + 7
	}
	from := min(start/step*limit, len(rows))
	to := min(from+limit, len(rows))
	body := map[string]any{"values": append([]any{}, rows[from:to]...), "size": to - from, "limit": limit, "start": start, "isLastPage": to == len(rows), "nextPageStart": nil}
	if to < len(rows) {
		body["nextPageStart"] = (start/step + 1) * step
	}
	writeJSON(w, http.StatusOK, body)
}

func (s *Site) listProjects(w http.ResponseWriter, r *http.Request, c caller) {
	var rows []any
	for _, p := range s.projectsOf(c, r.URL.Query().Get("permission")) {
		if !p.Personal || !s.behaviour.HidePersonal {
			rows = append(rows, projectJSON(p))
		}
	}
	s.page(w, r, rows)
}

// listRepositories lists those of one project, or all.
func (s *Site) listRepositories(w http.ResponseWriter, r *http.Request, c caller, of *Project) {
	if of != nil && !s.sees(c, of) {
		denied(w, "project")
		return
	}
	least := map[string]Level{"REPO_READ": Read, "REPO_WRITE": Write, "REPO_ADMIN": Admin}[r.URL.Query().Get("permission")]
	archived := orElse(r.URL.Query().Get("archived"), "ACTIVE")
	var rows []any
	for _, x := range s.repositories {
		wanted := archived == "ALL" || (archived == "ARCHIVED") == x.Archived
		if (of == nil || x.project == of) && wanted && s.level(c, x) >= max(least, Read) {
			rows = append(rows, s.repositoryJSON(x))
		}
	}
	s.page(w, r, rows)
}

func (s *Site) listBranches(w http.ResponseWriter, r *http.Request, repository *Repository) {
	heads := ground.Heads(repository.dir)
	names := make([]string, 0, len(heads))
	for name := range heads {
		names = append(names, name)
	}
	slices.Sort(names)
	flag := "default"
	if s.behaviour.IsDefault {
		flag = "isDefault"
	}
	var rows []any
	for _, name := range names {
		if filter := r.URL.Query().Get("filterText"); filter == "" || strings.Contains(name, filter) {
			rows = append(rows, map[string]any{"id": "refs/heads/" + name, "displayId": name, "type": "BRANCH", "latestCommit": heads[name], "latestChangeset": heads[name], flag: name == repository.Default})
		}
	}
	s.page(w, r, rows)
}

func (s *Site) defaultBranch(w http.ResponseWriter, r *Repository, path []string) {
	_, exists := ground.Heads(r.dir)[r.Default]
	switch {
	case path[0] == "default-branch" && s.behaviour.NoDefaultBranch:
		http.Error(w, "<!doctype html><h1>not here</h1>", http.StatusNotFound)
	case exists:
		writeJSON(w, http.StatusOK, map[string]any{"id": "refs/heads/" + r.Default, "displayId": r.Default, "type": "BRANCH"})
	case path[0] == "branches" && len(ground.Heads(r.dir)) == 0:
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusNotFound, fmt.Sprintf("The default branch %s does not exist.", r.Default), "repository.NoDefaultBranchException")
	}
}
