package workspace

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// The hosts of the product.
const (
	APIHost = "api.bitbucket.org"
	GitHost = "bitbucket.org"
)

// Behaviour answers the open questions about the product. The zero value is one possible product.
type Behaviour struct {
	// Redirect answers requests for an old slug with 301; false answers 404.
	Redirect bool
	// UpdatedStays does not move updated_on when somebody pushes.
	UpdatedStays bool
	// EmptyNamesMain gives an empty repository the name of a main branch instead of null.
	EmptyNamesMain bool
	// PageLength is the longest page; 0 means 100. EmptyPages puts an empty page before each other one.
	PageLength int
	EmptyPages bool
	// TextSlowDown makes the body of a 429 text; SlowDown adds Retry-After.
	TextSlowDown, SlowDown bool
	// NoPullPush refuses webhooks with the event pullrequest:push.
	NoPullPush bool
	// TokensHaveNoHooks refuses webhooks to access tokens.
	TokensHaveNoHooks bool
	// ForeignNext gives links to the next page on another host, ForeignLinks clone links there.
	ForeignNext, ForeignLinks bool
	// GitForbids answers a wrong name of the user of git with 403 instead of 401.
	GitForbids bool
}

// Project is a project.
type Project struct{ UUID, Key, Name string }

// Repository is a repository. Its git repository is on disk.
type Repository struct {
	UUID, Slug, Name string
	// Main is the name of the main branch; empty for null.
	Main string
	// SCM is git when it is empty.
	SCM              string
	Private, Fork    bool
	Created, Updated time.Time

	project *Project
	dir     string
	heads   map[string]string
}

// Site is the product with one workspace. Create one with New.
type Site struct {
	git     *ground.Repositories
	reports *fakebitbucket.Server

	mu           sync.Mutex
	uuid, slug   string
	behaviour    Behaviour
	now          func() time.Time
	projects     []*Project
	repositories []*Repository
	// moved are the old slugs of repositories.
	moved       map[string]*Repository
	credentials []*Credential
	issued      map[string]*issue
	limits      map[string]int
	spent       map[string][]time.Time
	hooks       []*Hook
	pulls       []*Pull
	intercept   func(http.ResponseWriter, *http.Request) bool
	tamper      func(Delivery) []Delivery
	requests    []Request
	elsewhere   []string

	sending sync.WaitGroup
	gitSent atomic.Int64
}

// Request is what arrived. Credential is the header Authorization, which tests search for what must not be there.
type Request struct {
	Method, Host, Path, Query, Credential string
	Git                                   bool
}

// New returns a workspace without repositories. root is an empty folder for them.
func New(root, slug string) (*Site, error) {
	git, err := ground.New(root)
	if err != nil {
		return nil, err
	}
	s := &Site{git: git, uuid: newUUID(), slug: slug, now: time.Now, moved: map[string]*Repository{}, issued: map[string]*issue{}, limits: map[string]int{}, spent: map[string][]time.Time{}}
	s.reports = fakebitbucket.New(fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{LocalLinksAllowed: true}))
	return s, nil
}

func newUUID() string { return "{" + ground.NewID() + "}" }

// Set changes the behaviour.
func (s *Site) Set(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// SetClock replaces the clock.
func (s *Site) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Intercept answers requests in place of the site: answer returns true when it did. nil ends it.
func (s *Site) Intercept(answer func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = answer
}

// Reports is the part with reports, build statuses and comments.
func (s *Site) Reports() *fakebitbucket.Server { return s.reports }

// Requests lists what arrived.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Elsewhere lists the other hosts that somebody wanted to reach through the proxy.
func (s *Site) Elsewhere() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.elsewhere)
}

// ServeHTTP answers the API, git and the tokens of OAuth, by the name of the host.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, host, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), host == GitHost && r.URL.Path != tokenPath})
	intercept := s.intercept
	s.mu.Unlock()
	switch {
	case intercept != nil && intercept(w, r):
	case host == APIHost && strings.HasPrefix(r.URL.EscapedPath(), "/2.0/"):
		s.serveAPI(w, r)
	case host == GitHost && r.URL.Path == tokenPath:
		s.issueToken(w, r)
	case host == GitHost:
		s.serveGit(w, r)
	default:
		http.Error(w, "<!doctype html><h1>not here</h1>", http.StatusNotFound)
	}
}

// AddProject adds a project.
func (s *Site) AddProject(key, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.projects = append(s.projects, &Project{newUUID(), key, name})
}

// AddRepository adds an empty private repository. change may be nil.
func (s *Site) AddRepository(project, slug string, change func(*Repository)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(project)
	if p == nil {
		return fmt.Errorf("there is no project %s", project)
	}
	now := s.now().UTC()
	r := &Repository{UUID: newUUID(), Slug: slug, Name: slug, Private: true, Created: now, Updated: now, project: p, heads: map[string]string{}}
	if s.behaviour.EmptyNamesMain {
		r.Main = "main"
	}
	var err error
	if r.dir, err = s.git.Add(strings.Trim(r.UUID, "{}") + ".git"); err != nil {
		return err
	}
	if change != nil {
		change(r)
	}
	s.repositories = append(s.repositories, r)
	delete(s.moved, slug)
	s.fire(r, "repo:created", nil)
	return nil
}

// AddCopy adds a repository with the git repository of another one, which takes less time than pushes.
func (s *Site) AddCopy(project, slug, of string) error {
	from := s.Dir(of)
	return s.AddRepository(project, slug, func(r *Repository) {
		if err := os.RemoveAll(r.dir); err == nil {
			err = os.CopyFS(r.dir, os.DirFS(from))
			if err != nil {
				panic(err)
			}
		}
		r.heads, r.Main = ground.Heads(r.dir), "main"
	})
}

// GitSent is how many bytes git got so far.
func (s *Site) GitSent() int64 { return s.gitSent.Load() }

// Change changes a repository.
func (s *Site) Change(slug string, change func(*Repository)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.repository(slug))
}

// Move renames a repository or moves it to another project. Its UUID stays.
func (s *Site) Move(slug, toProject, toSlug string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repository(slug)
	s.moved[slug] = r
	delete(s.moved, toSlug)
	r.project, r.Slug, r.Name, r.Updated = s.project(toProject), toSlug, toSlug, s.now().UTC()
	s.fire(r, "repo:updated", map[string]any{"changes": map[string]any{"slug": map[string]any{"old": slug, "new": toSlug}}})
}

// RenameProject changes the key of a project. Its UUID stays.
func (s *Site) RenameProject(key, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(key)
	p.Key, p.Name = to, to
}

// RenameWorkspace changes the slug of the workspace. Its UUID stays.
func (s *Site) RenameWorkspace(to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slug = to
}

// Delete deletes a repository.
func (s *Site) Delete(slug string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repository(slug)
	s.fire(r, "repo:deleted", nil)
	s.repositories = slices.DeleteFunc(s.repositories, func(x *Repository) bool { return x == r })
	s.hooks = slices.DeleteFunc(s.hooks, func(h *Hook) bool { return h.repository == r.UUID })
}

// WorkspaceUUID is the uuid of the workspace, with braces.
func (s *Site) WorkspaceUUID() string { return s.uuid }

// UUID is the UUID of a repository, Head the commit of a branch; empty for none. Dir is its folder.
func (s *Site) UUID(slug string) string { return s.found(slug).UUID }

// Dir is the folder of a repository's git repository.
func (s *Site) Dir(slug string) string { return s.found(slug).dir }

// Head is the head of a branch; empty for none.
func (s *Site) Head(slug, branch string) string { return ground.Heads(s.found(slug).dir)[branch] }

func (s *Site) found(slug string) *Repository {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repository(slug)
}

func (s *Site) project(key string) *Project {
	for _, p := range s.projects {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// repository finds a repository by its slug or UUID. mu is held.
func (s *Site) repository(name string) *Repository {
	for _, r := range s.repositories {
		if r.Slug == strings.ToLower(name) || r.UUID == name {
			return r
		}
	}
	return nil
}

func (s *Site) is(workspace string) bool { return workspace == s.slug || workspace == s.uuid }

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// The client may be gone.
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers an error in the product's form.
func refuse(w http.ResponseWriter, status int, message string, more ...any) {
	failed := map[string]any{"message": message}
	for i := 0; i+1 < len(more); i += 2 {
		failed[more[i].(string)] = more[i+1] //nolint:forcetypeassert // a name
	}
	writeJSON(w, status, map[string]any{"type": "error", "error": failed})
}
