package fakebitbucket

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const tokenPath = "site/oauth2/access_token"

var tokenEndpoints = []endpoint{
	{http.MethodPost, tokenPath, KindToken, (*Server).issueToken, true},
}

// issueToken implements the client credentials grant. Its errors have the shape of RFC 6749, 5.2.
func (s *Server) issueToken(c *call) Answer {
	type oauthError struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil || mediaType(c.Request) != "application/x-www-form-urlencoded" {
		return jsonAnswer(http.StatusBadRequest, oauthError{"invalid_request", "The body must be a form."})
	}
	if form.Get("grant_type") != "client_credentials" {
		return jsonAnswer(http.StatusBadRequest, oauthError{"unsupported_grant_type", "Use client_credentials."})
	}
	id, secret, ok := c.BasicAuth()
	if !ok {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	for _, known := range s.config.consumers {
		if id != known.id || secret != known.secret {
			continue
		}
		issued := token{
			value: "issued-" + strconv.Itoa(len(s.tokens)+1) + "-" + strings.Trim(uuidOf("issued", id, strconv.Itoa(len(s.tokens))), "{}"),
			owner: "consumer-" + id, expires: s.config.now().Add(known.lifetime), scopes: known.scopes,
		}
		s.tokens = append(s.tokens, issued)
		return jsonAnswer(http.StatusOK, map[string]any{
			"access_token": issued.value, "token_type": "bearer", "expires_in": int64(known.lifetime.Seconds()),
			"scopes": strings.Join(issued.scopes, " "), "state": "client_credentials",
		})
	}
	a := jsonAnswer(http.StatusUnauthorized, oauthError{"unauthorized_client", "The consumer's key or secret is wrong."})
	a.Header.Set("WWW-Authenticate", `Basic realm="Bitbucket"`)
	return a
}

// TokensIssued counts the access tokens issued since New.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}

// ExpireTokens expires every issued token now, whatever its lifetime.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.tokens {
		s.tokens[i].expires = s.config.now()
	}
}
