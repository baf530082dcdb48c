package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// serveAPI answers below /2.0/.
func (s *Site) serveAPI(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/2.0/")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil || strings.ContainsAny(segment, "{}") {
			refuse(w, http.StatusBadRequest, "Bad path")
			return
		}
		segments[i] = text
	}
	s.mu.Lock()
	c, ok := s.identify(r)
	if !ok {
		s.mu.Unlock()
		refuse(w, http.StatusUnauthorized, "Token is invalid, expired, or not supported for this endpoint.")
		return
	}
	if !s.spend(w, c, group(path)) {
		s.mu.Unlock()
		return
	}
	inside := s.route(w, r, c, segments)
	s.mu.Unlock()
	if inside == "" {
		return
	}
	// Reports and the like are known by the UUID, which stays.
	inner := r.Clone(r.Context())
	inner.Header.Del("Authorization")
	inner.URL.Path, inner.URL.RawPath, inner.RequestURI = inside, "", inside+"?"+r.URL.RawQuery
	s.reports.ServeHTTP(w, inner)
}

// route answers a request, or returns the path at the part with the reports. mu is held.
func (s *Site) route(w http.ResponseWriter, r *http.Request, c *Credential, path []string) (inside string) {
	switch {
	case slices.Contains([]string{"workspaces", "repositories", "user/permissions/workspaces", "user/permissions/repositories"}, strings.Join(path, "/")):
		gone(w)
	case path[0] == "user" && len(path) == 1:
		if c == nil || c.Kind == AccessToken {
			refuse(w, http.StatusForbidden, "This API is not accessible by this authentication mechanism.")
			return ""
		}
		writeJSON(w, http.StatusOK, map[string]any{"type": "user", "display_name": c.User, "uuid": "{" + strings.Repeat("1", 8) + "-1111-1111-1111-111111111111}"})
	case path[0] == "hook_events" && len(path) == 2:
		rows := []any{}
		for _, e := range s.events(path[1] == "workspace") {
			rows = append(rows, map[string]any{"event": e})
		}
		s.page(w, r, rows)
	case path[0] == "workspaces" && len(path) >= 2:
		s.serveWorkspace(w, r, c, path[1], path[2:])
	case path[0] == "repositories" && len(path) == 2:
		if c == nil && !s.is(path[1]) || !s.is(path[1]) {
			refuse(w, http.StatusNotFound, "No workspace with identifier '"+path[1]+"'.")
			return ""
		}
		s.listRepositories(w, r, c)
	case path[0] == "repositories" && len(path) > 2:
		return s.routeRepository(w, r, c, path[1], path[2], path[3:])
	default:
		refuse(w, http.StatusNotFound, "Resource not found")
	}
	return ""
}

func (s *Site) serveWorkspace(w http.ResponseWriter, r *http.Request, c *Credential, name string, path []string) {
	switch {
	case !s.is(name):
		refuse(w, http.StatusNotFound, "No workspace with identifier '"+name+"'.")
	case len(path) > 0 && path[0] == "hooks":
		if !s.mayHook(c, nil) {
			notYours(w)
			return
		}
		s.serveHooks(w, r, "", path[1:])
	case len(path) == 0:
		writeJSON(w, http.StatusOK, s.workspaceJSON())
	default:
		refuse(w, http.StatusNotFound, "Resource not found")
	}
}

// mayHook reports whether a caller may manage the webhooks of a repository, or of the workspace for nil. mu is held.
func (s *Site) mayHook(c *Credential, r *Repository) bool {
	if c == nil || c.Kind == AccessToken && s.behaviour.TokensHaveNoHooks {
		return false
	}
	if r == nil {
		return c.Level == Admin && c.Project == "" && c.Repository == ""
	}
	return s.level(c, r) == Admin
}

func (s *Site) routeRepository(w http.ResponseWriter, r *http.Request, c *Credential, workspace, name string, path []string) (inside string) {
	x := s.repository(name)
	if !s.is(workspace) || x == nil {
		if moved := s.moved[name]; s.is(workspace) && moved != nil && s.behaviour.Redirect {
			w.Header().Set("Location", "https://"+APIHost+"/2.0/repositories/"+s.slug+"/"+moved.Slug)
			w.WriteHeader(http.StatusMovedPermanently)
			return ""
		}
		missing(w, workspace+"/"+name)
		return ""
	}
	if s.level(c, x) < Read {
		refuse(w, http.StatusForbidden, "Your credentials lack access to this repository.")
		return ""
	}
	switch {
	case len(path) == 0:
		w.Header().Set("ETag", `"`+x.Updated.Format(time.RFC3339Nano)+`"`)
		if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return ""
		}
		writeJSON(w, http.StatusOK, cut(s.repositoryJSON(x), r.URL.Query().Get("fields")))
	case path[0] == "refs" && len(path) == 2 && path[1] == "branches":
		heads := ground.Heads(x.dir)
		rows := []any{}
		for name, hash := range heads {
			rows = append(rows, map[string]any{"type": "branch", "name": name, "target": map[string]any{"type": "commit", "hash": hash}})
		}
		slices.SortFunc(rows, func(a, b any) int { return cmp.Compare(value(a, "name"), value(b, "name")) })
		s.page(w, r, rows)
	case path[0] == "hooks":
		if !s.mayHook(c, x) {
			notYours(w)
			return ""
		}
		s.serveHooks(w, r, x.UUID, path[1:])
	case path[0] == "pullrequests" && len(path) <= 2:
		s.servePulls(w, r, x, path[1:])
	default:
		if path[0] == "commit" && len(path) > 1 {
			if _, err := ground.Git(x.dir, "cat-file", "-e", path[1]+"^{commit}"); err != nil {
				refuse(w, http.StatusNotFound, "Commit not found")
				return ""
			}
		}
		for i := range path {
			path[i] = url.PathEscape(path[i])
		}
		return "/2.0/repositories/w/" + strings.Trim(x.UUID, "{}") + "/" + strings.Join(path, "/")
	}
	return ""
}

func (s *Site) workspaceJSON() map[string]any {
	return map[string]any{"type": "workspace", "uuid": s.uuid, "slug": s.slug, "name": s.slug}
}

func (s *Site) repositoryJSON(r *Repository) map[string]any {
	host := GitHost
	if s.behaviour.ForeignLinks {
		host = "elsewhere.example.com"
	}
	body := map[string]any{
		"type": "repository", "uuid": r.UUID, "slug": r.Slug, "name": r.Name, "full_name": s.slug + "/" + r.Slug, "is_private": r.Private, "scm": cmp.Or(r.SCM, "git"), "size": 1000,
		"created_on": stamp(r.Created), "updated_on": stamp(r.Updated), "mainbranch": nil, "parent": nil, "workspace": s.workspaceJSON(),
		"project": map[string]any{"type": "project", "uuid": r.project.UUID, "key": r.project.Key, "name": r.project.Name},
		"links":   map[string]any{"clone": []any{map[string]any{"name": "https", "href": "https://ada@" + host + "/" + s.slug + "/" + r.Slug + ".git"}}},
	}
	if r.Main != "" {
		body["mainbranch"] = map[string]any{"type": "branch", "name": r.Main}
	}
	if r.Fork {
		body["parent"] = map[string]any{"type": "repository", "full_name": "other/origin"}
	}
	return body
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func (s *Site) listRepositories(w http.ResponseWriter, r *http.Request, c *Credential) {
	rows := []any{}
	for _, x := range s.repositories {
		if s.level(c, x) >= Read {
			rows = append(rows, s.repositoryJSON(x))
		}
	}
	s.page(w, r, rows)
}
