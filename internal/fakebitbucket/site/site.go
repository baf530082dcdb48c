package site

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// Behaviour answers the open questions about the product. The zero value is one possible product.
type Behaviour struct {
	// IsDefault names the flag of the default branch isDefault instead of default.
	IsDefault bool
	// PageLimit is the largest page; 0 means 1000.
	PageLimit int
	// Jumps leaves unused numbers between pages: nextPageStart is larger than start and size.
	Jumps bool
	// HidePersonal leaves personal projects out of the list of projects.
	HidePersonal bool
	// NoDefaultBranch has no default-branch resource, as before 7.5.
	NoDefaultBranch bool
	// Redirect answers requests for an old name of a repository with 301; false answers 404.
	Redirect bool
	// ForeignLinks gives clone links on another host; UserLinks gives links with a user; NoHTTPLinks gives none for http.
	ForeignLinks, UserLinks, NoHTTPLinks bool
	// NoProjectHooks has no webhooks of projects, as before 8.8.
	NoProjectHooks bool
	// LeakSecrets returns the secret when a webhook is read.
	LeakSecrets bool
	// Created answers 201 to the POST of a webhook instead of 200.
	Created bool
	// NoSlowDown leaves Retry-After out of a 429; TextSlowDown makes its body text.
	NoSlowDown, TextSlowDown bool
}

// Level is what somebody may do with a repository or project.
type Level int

// The levels. Each includes those before it.
const (
	None Level = iota
	Read
	Write
	Admin
)

// Credential lets a program in: a password or token of a user, or a token of a project or repository.
type Credential struct {
	Secret string
	// User is the name of a user; empty for the tokens of projects and repositories.
	User string
	// Password is true for a password, which is for Basic alone.
	Password bool
	// Project, or Project and Repository, is the place of a token without a user.
	Project, Repository string
	Level               Level
	Revoked             bool
}

// Project is a project.
type Project struct {
	ID        int
	Key, Name string
	Personal  bool
}

// Repository is a repository. Its git repository is on disk.
type Repository struct {
	ID                  int
	Slug, Name, Default string
	// State is AVAILABLE, OFFLINE and so on; empty means AVAILABLE. SCM is git when it is empty.
	State, SCM               string
	Archived, Fork, IsPublic bool

	project *Project
	dir     string
	heads   map[string]string
}

// Site is the product. Create one with New.
type Site struct {
	git     *ground.Repositories
	path    string
	reports *fakebitbucket.Server

	mu           sync.Mutex
	behaviour    Behaviour
	now          func() time.Time
	address      string
	lastID       int
	projects     []*Project
	repositories []*Repository
	// moved are the old names of repositories.
	moved       map[string]*Repository
	credentials []*Credential
	// grants are the levels of users by user and place: PROJECT or PROJECT/slug. admins administer everything.
	grants    map[string]map[string]Level
	admins    map[string]bool
	users     []*User
	groups    map[string][]string
	hooks     []*Hook
	events    []string
	pulls     []*Pull
	intercept func(http.ResponseWriter, *http.Request) bool
	tamper    func(Delivery) []Delivery
	requests  []Request
	limit     *bucket

	sending sync.WaitGroup
}

// Request is what arrived. Credential is the header Authorization, which tests search for what must not be there.
type Request struct {
	Method, Path, Query, Credential string
	Git                             bool
}

// New returns an empty site below a sub path ("" or "/bitbucket"). root is an empty folder for the repositories.
func New(root, path string) (*Site, error) {
	git, err := ground.New(root)
	if err != nil {
		return nil, err
	}
	path = strings.TrimRight(path, "/")
	s := &Site{
		git: git, path: path, now: time.Now, moved: map[string]*Repository{},
		grants: map[string]map[string]Level{}, admins: map[string]bool{}, groups: map[string][]string{}, lastID: 100, events: events,
	}
	s.reports = fakebitbucket.New(fakebitbucket.WithDataCenter(path))
	return s, nil
}

// Set changes the behaviour.
func (s *Site) Set(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// SetClock replaces the clock of limits and circuit breakers.
func (s *Site) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// SetAddress tells the site under which address clients reach it, for its links. It includes no sub path.
func (s *Site) SetAddress(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = address
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

// Allow accepts a credential.
func (s *Site) Allow(c Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials = append(s.credentials, &c)
	if c.User != "" {
		s.user(c.User)
	}
}

// Revoke stops accepting a secret.
func (s *Site) Revoke(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		if c.Secret == secret {
			c.Revoked = true
		}
	}
}

// Restore accepts a revoked secret again.
func (s *Site) Restore(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		if c.Secret == secret {
			c.Revoked = false
		}
	}
}

// Grant gives a user a level at a place: PROJECT or PROJECT/slug. None takes it away.
func (s *Site) Grant(user, place string, l Level) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grants[user] == nil {
		s.grants[user] = map[string]Level{}
	}
	s.grants[user][place] = l
}

// MakeAdmin makes a user an administrator of everything.
func (s *Site) MakeAdmin(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.admins[user] = true
}

// ServeHTTP answers the API and git.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), s.path)
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), strings.HasPrefix(rest, "/scm/")})
	intercept := s.intercept
	s.mu.Unlock()
	if intercept != nil && intercept(w, r) {
		return
	}
	switch {
	case !ok:
		http.Error(w, "<!doctype html><h1>not here</h1>", http.StatusNotFound)
	case strings.HasPrefix(rest, "/scm/"):
		s.serveGit(w, r, strings.TrimPrefix(rest, "/scm/"))
	case strings.HasPrefix(rest, "/rest/"):
		s.serveAPI(w, r, strings.TrimPrefix(rest, "/rest/"))
	default:
		http.Error(w, "<!doctype html><h1>a page</h1>", http.StatusNotFound)
	}
}

// Serve serves the site on a local port until stop, and returns its base address with the sub path.
func (s *Site) Serve() (base string, stop func()) {
	server := httptest.NewServer(s)
	s.SetAddress(server.URL)
	return server.URL + s.path, func() { server.Close(); s.Settle() }
}

func (s *Site) nextID() int { s.lastID++; return s.lastID }

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	// The client may be gone.
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers an error in the product's form. exception is the end of the name of a class; empty for none.
func refuse(w http.ResponseWriter, status int, message, exception string) {
	entry := map[string]any{"context": nil, "message": message, "exceptionName": nil}
	if exception != "" {
		entry["exceptionName"] = "com.atlassian.bitbucket." + exception
	}
	writeJSON(w, status, map[string]any{"errors": []any{entry}})
}
