package site

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// caller is who makes a request.
type caller struct {
	name       string
	credential *Credential
}

// key names a caller to the rate limit.
func (c *caller) key() string {
	if c.credential == nil {
		return ""
	}
	return c.credential.User + "\x00" + c.credential.Secret
}

// identify returns the caller of a request; ok is false for a credential that is not accepted. mu is held.
func (s *Site) identify(r *http.Request) (c caller, ok bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, true
	}
	bearer, isBearer := strings.CutPrefix(header, "Bearer ")
	user, password, isBasic := r.BasicAuth()
	for _, x := range s.credentials {
		switch {
		case x.Revoked, x.User != "" && s.user(x.User).Inactive:
		case isBearer && x.Secret == bearer && !x.Password:
			return caller{x.User, x}, true
		// Tokens of projects and repositories are no passwords.
		case isBasic && x.Secret == password && x.User != "" && x.User == user:
			return caller{x.User, x}, true
		}
	}
	return caller{}, false
}

// level returns what a caller may do with a repository. mu is held.
func (s *Site) level(c caller, r *Repository) Level {
	public := None
	if r.IsPublic {
		public = Read
	}
	x := c.credential
	if x == nil {
		return public
	}
	if x.User == "" {
		if x.Project == r.project.Key && (x.Repository == "" || x.Repository == r.Slug) {
			return max(x.Level, public)
		}
		return public
	}
	have := s.projectLevel(c, r.project)
	if l := s.granted(x.User, r.project.Key+"/"+r.Slug); l > have {
		have = l
	}
	if !x.Password && x.Level != None {
		have = min(have, x.Level)
	}
	return max(have, public)
}

// projectLevel returns what a caller may do with a whole project. mu is held.
func (s *Site) projectLevel(c caller, p *Project) Level {
	x := c.credential
	switch {
	case x == nil:
		return None
	case x.User == "" && x.Project == p.Key && x.Repository == "":
		return x.Level
	case x.User == "":
		return None
	case s.admins[x.User], p.Personal && p.Key == "~"+x.User:
		return Admin
	}
	return s.granted(x.User, p.Key)
}

// sees reports whether a caller sees a project. mu is held.
func (s *Site) sees(c caller, p *Project) bool {
	if s.projectLevel(c, p) >= Read {
		return true
	}
	for _, r := range s.repositories {
		if r.project == p && s.level(c, r) >= Read {
			return true
		}
	}
	return false
}

// bucket is the rate limit of Data Center: a bucket of tokens for each user.
type bucket struct {
	size, refill float64
	left         map[string]float64
	at           map[string]time.Time
}

// Limit switches the rate limit on: size calls at once and refill a second, for each user; a size of 0 switches it off.
func (s *Site) Limit(size, refill float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = nil
	if size > 0 {
		s.limit = &bucket{size, refill, map[string]float64{}, map[string]time.Time{}}
	}
}

// spend takes a token of a caller. mu is held.
func (s *Site) spend(w http.ResponseWriter, c caller) bool {
	if s.limit == nil || c.credential == nil {
		return true
	}
	b, key, now := s.limit, c.key(), s.now()
	left, ok := b.left[key]
	if !ok {
		left = b.size
	}
	left = min(b.size, left+now.Sub(b.at[key]).Seconds()*b.refill)
	if !ok {
		left = b.size
	}
	b.at[key] = now
	if left < 1 {
		b.left[key] = left
		if !s.behaviour.NoSlowDown {
			w.Header().Set("Retry-After", "1")
		}
		if s.behaviour.TextSlowDown {
			http.Error(w, "You have been rate limited", http.StatusTooManyRequests)
		} else {
			refuse(w, http.StatusTooManyRequests, "You have been rate limited", "")
		}
		return false
	}
	b.left[key] = left - 1
	return true
}

// admit identifies a caller and takes a token; it answers when it refuses. mu is held.
func (s *Site) admit(w http.ResponseWriter, r *http.Request) (caller, bool) {
	c, ok := s.identify(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="Bitbucket"`)
		refuse(w, http.StatusUnauthorized, "Authentication failed. Please check your credentials and try again.", "auth.IncorrectPasswordAuthenticationException")
		return c, false
	}
	if !s.spend(w, c) {
		return c, false
	}
	if c.name != "" {
		w.Header().Set("X-AUSERNAME", c.name)
	}
	return c, true
}

func denied(w http.ResponseWriter, what string) {
	refuse(w, http.StatusUnauthorized, fmt.Sprintf("You are not permitted to access this %s", what), "AuthorisationException")
}
