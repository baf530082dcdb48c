package fakebitbucket

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// credential is one accepted way to authenticate.
type credential struct {
	bearer         string
	user, password string
	scopes         []string // nil: all
}

// consumer is an OAuth consumer with the client credentials grant.
type consumer struct {
	id, secret string
	lifetime   time.Duration
	scopes     []string
}

// token is an access token issued to a consumer.
type token struct {
	value   string
	owner   string
	expires time.Time
	scopes  []string
}

// identity is the caller of a request. Its name never contains a secret.
type identity struct {
	name   string
	scopes []string // nil: all
}

// authenticate identifies the caller. Without configured credentials everybody may call.
func (s *Server) authenticate(c *call) (identity, Answer, bool) {
	if c.way == proxied {
		return identity{name: "pipelines"}, Answer{}, true
	}
	if len(s.config.credentials) == 0 && len(s.config.consumers) == 0 {
		return identity{name: "anyone"}, Answer{}, true
	}
	user, password, isBasic := c.BasicAuth()
	bearer, isBearer := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	for _, known := range s.config.credentials {
		switch {
		case isBearer && known.bearer != "" && bearer == known.bearer:
			return identity{"token-" + uuidOf("token", bearer)[1:9], known.scopes}, Answer{}, true
		case isBasic && known.user != "" && user == known.user && password == known.password:
			return identity{user, known.scopes}, Answer{}, true
		}
	}
	for _, issued := range s.tokens {
		if !isBearer || bearer != issued.value {
			continue
		}
		if !s.config.now().Before(issued.expires) {
			return identity{}, unauthenticated(c.route.dialect, "The access token has expired."), false
		}
		return identity{issued.owner, issued.scopes}, Answer{}, true
	}
	if c.Header.Get("Authorization") == "" {
		return identity{}, unauthenticated(c.route.dialect, "Authentication is required."), false
	}
	return identity{}, unauthenticated(c.route.dialect, "The credential is invalid or not supported for this endpoint."), false
}

func unauthenticated(dialect Dialect, message string) Answer {
	a := errorAnswer(dialect, http.StatusUnauthorized, message)
	a.Header.Set("WWW-Authenticate", `Basic realm="Bitbucket"`)
	return a
}

// authorise compares the scopes that the request needs with those of the caller.
func (s *Server) authorise(c *call) (Answer, bool) {
	if c.who.scopes == nil || c.route.dialect != Cloud {
		return Answer{}, true
	}
	required, accepted := s.scopesOf(c)
	for _, scope := range accepted {
		if slices.Contains(c.who.scopes, scope) {
			return Answer{}, true
		}
	}
	if len(accepted) == 0 {
		return Answer{}, true
	}
	return missingScopes(required, c.who.scopes), false
}

// scopesOf returns the scope that an error names, and every sufficient scope. Classic scopes for writing imply reading,
// granular ones do not.
func (s *Server) scopesOf(c *call) (required []string, accepted []string) {
	changes := methodOf(c.Request) != http.MethodGet
	area, write := "repository", changes && s.config.behaviour.WriteScope
	if KindComment.Covers(c.route.kind) || KindPullRequest.Covers(c.route.kind) {
		area, write = "pullrequest", changes
	}
	switch {
	case write:
		return []string{area + ":write"}, []string{area + ":write", area + ":admin", "write:" + area + ":bitbucket"}
	case changes:
		return []string{area}, []string{area, area + ":write", area + ":admin", "read:" + area + ":bitbucket", "write:" + area + ":bitbucket"}
	}
	return []string{area}, []string{area, area + ":write", area + ":admin", "read:" + area + ":bitbucket"}
}
