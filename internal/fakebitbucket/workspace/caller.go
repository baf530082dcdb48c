package workspace

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Level is what somebody may do with a repository or workspace.
type Level int

// The levels. Each includes those before it.
const (
	None Level = iota
	Read
	Write
	Admin
)

// Kind is the kind of a credential.
type Kind int

// The kinds.
const (
	// AccessToken is a token of the workspace, or of a project or repository.
	AccessToken Kind = iota
	// APIToken is a token of a user, for whom User is the e-mail address.
	APIToken
	// Consumer is an OAuth consumer; User is its id.
	Consumer
)

// Credential lets a program in.
type Credential struct {
	Kind         Kind
	User, Secret string
	// Project or Repository limits it to a place; at most one is set.
	Project, Repository string
	Level               Level
	// Lifetime is that of the tokens of a consumer; 0 means 2 hours.
	Lifetime time.Duration
	Revoked  bool
}

// issue is a token that a consumer got.
type issue struct {
	of    *Credential
	until time.Time
}

const (
	// The names of users that git needs, by the kind of the token.
	tokenUser    = "x-token-auth"
	apiTokenUser = "x-bitbucket-api-token-auth"
	tokenPath    = "/site/oauth2/access_token"
)

// Allow accepts a credential.
func (s *Site) Allow(c Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials = append(s.credentials, &c)
}

// Revoke stops accepting a secret, or accepts it again.
func (s *Site) Revoke(secret string, revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		if c.Secret == secret {
			c.Revoked = revoked
		}
	}
}

// Limit changes how many calls of a group ("repositories", "hooks", "git") each credential may make within an hour; 0
// takes the limit away. Without a call of this method there are 1,000 for repositories.
func (s *Site) Limit(group string, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits[group] = calls
}

// Spent is how many calls of a group a secret has made within the last hour.
func (s *Site) Spent(group, secret string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.recent(group + "\x00" + secret))
}

// Forget makes the calls of the last hour old.
func (s *Site) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.spent)
}

// identify returns the credential of a request to the API; ok is false for one that is not accepted. mu is held.
func (s *Site) identify(r *http.Request) (c *Credential, ok bool) {
	header := r.Header.Get("Authorization")
	bearer, isBearer := strings.CutPrefix(header, "Bearer ")
	user, password, isBasic := r.BasicAuth()
	if header == "" {
		return nil, true
	}
	if i := s.issued[bearer]; isBearer && i != nil {
		return i.of, s.now().Before(i.until) && !i.of.Revoked
	}
	for _, x := range s.credentials {
		switch {
		case x.Revoked || x.Kind == Consumer:
		case x.Kind == AccessToken && isBearer && x.Secret == bearer, x.Kind == APIToken && isBasic && x.User == user && x.Secret == password:
			return x, true
		}
	}
	return nil, false
}

// level returns what a caller may do with a repository. mu is held.
func (s *Site) level(c *Credential, r *Repository) Level {
	public := Read
	if r.Private {
		public = None
	}
	if c == nil || c.Project != "" && c.Project != r.project.Key || c.Repository != "" && c.Repository != r.Slug && c.Repository != r.UUID {
		return public
	}
	return max(c.Level, public)
}

// group is the group of a path below /2.0/, as the product counts.
func group(path string) string {
	switch {
	case strings.Contains(path, "/hooks"):
		return "hooks"
	case strings.HasPrefix(path, "repositories"):
		return "repositories"
	}
	return "other"
}

// recent returns the calls of the last hour. mu is held.
func (s *Site) recent(key string) []time.Time {
	list := s.spent[key]
	after := s.now().Add(-time.Hour)
	for len(list) > 0 && !list[0].After(after) {
		list = list[1:]
	}
	s.spent[key] = list
	return list
}

// spend counts a call; it answers when it refuses. mu is held.
func (s *Site) spend(w http.ResponseWriter, c *Credential, group string) bool {
	key := group + "\x00"
	if c != nil {
		key += c.Secret
	}
	most, set := s.limits[group]
	if !set && group == "repositories" {
		most = 1000
	}
	list := s.recent(key)
	if most > 0 && len(list) >= most {
		if s.behaviour.SlowDown {
			w.Header().Set("Retry-After", strconv.Itoa(int(list[0].Add(time.Hour).Sub(s.now()).Seconds())+1))
		}
		text := "Rate limit for this resource has been exceeded"
		if s.behaviour.TextSlowDown {
			http.Error(w, text, http.StatusTooManyRequests)
		} else {
			refuse(w, http.StatusTooManyRequests, text)
		}
		return false
	}
	s.spent[key] = append(list, s.now())
	return true
}

// issueToken gives a token to a consumer.
func (s *Site) issueToken(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		if c.Kind == Consumer && c.User == id && c.Secret == secret && !c.Revoked && r.FormValue("grant_type") == "client_credentials" {
			lifetime := c.Lifetime
			if lifetime == 0 {
				lifetime = 2 * time.Hour
			}
			token := rand.Text()
			s.issued[token] = &issue{c, s.now().Add(lifetime)}
			writeJSON(w, http.StatusOK, map[string]any{"access_token": token, "scopes": "repository", "token_type": "bearer", "expires_in": int(lifetime.Seconds())})
			return
		}
	}
	writeJSON(w, http.StatusBadRequest, map[string]any{"error": "unauthorized_client", "error_description": "Invalid OAuth client credentials"})
}

// gitCaller returns the credential of a request of git; status is not 0 when it is refused. mu is held.
func (s *Site) gitCaller(r *http.Request) (c *Credential, status int) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return nil, 0
	}
	wrong := http.StatusUnauthorized
	if s.behaviour.GitForbids {
		wrong = http.StatusForbidden
	}
	if i := s.issued[password]; i != nil {
		if user != tokenUser || i.of.Revoked || !s.now().Before(i.until) {
			return nil, wrong
		}
		return i.of, 0
	}
	for _, x := range s.credentials {
		if x.Secret == password && !x.Revoked && (x.Kind == AccessToken && user == tokenUser || x.Kind == APIToken && user == apiTokenUser) {
			return x, 0
		}
	}
	return nil, wrong
}

func notYours(w http.ResponseWriter) {
	refuse(w, http.StatusForbidden, "Your credentials lack one or more required privilege scopes.", "detail", map[string]any{"required": []string{"webhook"}, "granted": []string{"repository"}})
}

func gone(w http.ResponseWriter) {
	refuse(w, http.StatusGone, "CHANGE-2770 - Functionality has been deprecated", "detail", "Bitbucket Cloud has removed this functionality.", "data", map[string]any{"announcement_url": "https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770"})
}

func missing(w http.ResponseWriter, name string) {
	refuse(w, http.StatusNotFound, fmt.Sprintf("Repository %s not found", name))
}
