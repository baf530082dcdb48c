package site

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// User is a user. Users of credentials exist by themselves.
type User struct {
	ID          int
	Name, Email string
	// Inactive users may do nothing, and are in no list.
	Inactive bool
}

// user returns a user by name, and makes one up who is not there yet. mu is held.
func (s *Site) user(name string) *User {
	for _, u := range s.users {
		if u.Name == name {
			return u
		}
	}
	u := &User{ID: len(s.users) + 1, Name: name, Email: name + "@example.com"}
	s.users = append(s.users, u)
	return u
}

// ChangeUser changes a user.
func (s *Site) ChangeUser(name string, change func(u *User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.user(name))
}

// RenameUser gives a user another name. Grants, groups and credentials follow; the id stays.
func (s *Site) RenameUser(name, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user(name).Name = to
	s.grants[to], s.admins[to] = s.grants[name], s.admins[name]
	delete(s.grants, name)
	delete(s.admins, name)
	for _, members := range s.groups {
		if i := slices.Index(members, name); i >= 0 {
			members[i] = to
		}
	}
	for _, c := range s.credentials {
		if c.User == name {
			c.User = to
		}
	}
}

// SetGroup makes users the members of a group, which has grants like a user, under the name "@" and its own.
func (s *Site) SetGroup(group string, members ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[group] = members
}

// granted is what a user may do at a place, alone or by groups. mu is held.
func (s *Site) granted(user, place string) Level {
	level := s.grants[user][place]
	for group, members := range s.groups {
		if slices.Contains(members, user) {
			level = max(level, s.grants["@"+group][place])
		}
	}
	return level
}

// listUsers lists active users, by a filter that finds parts of names, and by a permission. Only an administrator sees the
// permissions of others.
func (s *Site) listUsers(w http.ResponseWriter, r *http.Request, c caller) {
	if c.credential == nil {
		refuse(w, http.StatusUnauthorized, "You are not permitted to access users", "AuthorisationException")
		return
	}
	query := r.URL.Query()
	var rows []any
	for _, u := range s.users {
		filter := strings.ToLower(query.Get("filter"))
		if u.Inactive || !strings.Contains(strings.ToLower(u.Name+" "+u.Email), filter) || !s.permitted(c, u, "permission", query) || !s.permitted(c, u, "permission.1", query) {
			continue
		}
		rows = append(rows, map[string]any{"id": u.ID, "name": u.Name, "slug": u.Name, "displayName": u.Name, "emailAddress": u.Email, "active": true, "type": "NORMAL"})
	}
	s.page(w, r, rows)
}

// permitted reports whether a user has the permission that a parameter names. mu is held.
func (s *Site) permitted(c caller, u *User, parameter string, query map[string][]string) bool {
	get := func(name string) string {
		if list := query[name]; len(list) > 0 {
			return list[0]
		}
		return ""
	}
	permission := get(parameter)
	if permission == "" {
		return true
	}
	if !s.admins[c.name] && c.name != u.Name {
		return false
	}
	if permission == "ADMIN" || permission == "SYS_ADMIN" {
		return s.admins[u.Name]
	}
	scope, word, _ := strings.Cut(permission, "_")
	least := map[string]Level{"READ": Read, "WRITE": Write, "ADMIN": Admin}[word]
	as := caller{u.Name, &Credential{User: u.Name, Password: true}}
	key := get(parameter + ".projectKey")
	if scope == "PROJECT" {
		p := s.project(key)
		return p != nil && s.projectLevel(as, p) >= least
	}
	repository := s.repository(key, get(parameter+".repositorySlug"))
	return repository != nil && s.level(as, repository) >= least
}

// projectsOf lists the projects where a caller has a permission.
func (s *Site) projectsOf(c caller, permission string) (list []*Project) {
	least := map[string]Level{"PROJECT_READ": Read, "PROJECT_WRITE": Write, "PROJECT_ADMIN": Admin}[permission]
	for _, p := range s.projects {
		level := s.projectLevel(c, p)
		if x := c.credential; x != nil && x.User != "" && !x.Password && x.Level != None {
			level = min(level, x.Level)
		}
		if s.sees(c, p) && level >= least {
			list = append(list, p)
		}
	}
	return list
}

// UserID is the id of a user, as a text.
func (s *Site) UserID(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.Itoa(s.user(name).ID)
}
