package site

import (
	"fmt"
	"slices"
	"strings"
)

// AddProject adds a project. Keys that begin with "~" are personal.
func (s *Site) AddProject(key, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.projects = append(s.projects, &Project{ID: s.nextID(), Key: key, Name: name, Personal: strings.HasPrefix(key, "~")})
}

// AddRepository adds an empty repository whose default branch is main. change may be nil.
func (s *Site) AddRepository(project, slug string, change func(*Repository)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(project)
	if p == nil {
		return fmt.Errorf("there is no project %s", project)
	}
	r := &Repository{ID: s.nextID(), Slug: slug, Name: slug, Default: "main", project: p, heads: map[string]string{}}
	var err error
	if r.dir, err = s.git.Add(fmt.Sprintf("%d.git", r.ID)); err != nil {
		return err
	}
	if change != nil {
		change(r)
	}
	s.repositories = append(s.repositories, r)
	return nil
}

// Change changes a repository.
func (s *Site) Change(project, slug string, change func(*Repository)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.repository(project, slug))
}

// Move renames a repository or moves it to another project, and tells its webhooks. Its id stays.
func (s *Site) Move(project, slug, toProject, toSlug string) {
	s.mu.Lock()
	r := s.repository(project, slug)
	old := s.repositoryJSON(r)
	s.moved[project+"/"+slug] = r
	r.project, r.Slug, r.Name = s.project(toProject), toSlug, toSlug
	s.fire(r, "repo:modified", map[string]any{"old": old, "new": s.repositoryJSON(r)})
	s.mu.Unlock()
}

// RenameProject changes the key of a project. Its id stays.
func (s *Site) RenameProject(key, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(key)
	p.Key, p.Name = to, to
}

// Delete deletes a repository. Nobody is told, as in the product.
func (s *Site) Delete(project, slug string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repository(project, slug)
	s.repositories = slices.DeleteFunc(s.repositories, func(x *Repository) bool { return x == r })
	s.hooks = slices.DeleteFunc(s.hooks, func(h *Hook) bool { return h.repository == r.ID })
}

func (s *Site) project(key string) *Project {
	for _, p := range s.projects {
		if strings.EqualFold(p.Key, key) {
			return p
		}
	}
	return nil
}

func (s *Site) repository(project, slug string) *Repository {
	for _, r := range s.repositories {
		if strings.EqualFold(r.project.Key, project) && r.Slug == slug {
			return r
		}
	}
	return nil
}
