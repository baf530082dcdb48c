package bitbucket

import (
	"context"
	"encoding/base64"
	"fmt"
)

// Auth is the credential of a client. The zero value sends none, which is right behind the auth proxy. It prints as its
// kind, never as its value.
type Auth struct {
	kind         authKind
	user, secret string
	tokenURL     string
}

// Credentials give the credential of each call. They are safe for concurrent use.
type Credentials interface {
	// API returns the credential of a call that begins now.
	API(ctx context.Context) (Auth, error)
	// Refused says that Bitbucket refused a credential. It returns true if API now gives another.
	Refused(a Auth) bool
}

// API implements Credentials: a credential that does not change.
func (a Auth) API(context.Context) (Auth, error) { return a, nil }

// Refused implements Credentials: there is no other.
func (a Auth) Refused(Auth) bool { return false }

type authKind int

const (
	authNone authKind = iota
	authBearer
	authBasic
	authClient
)

// TokenURL is where Bitbucket Cloud issues OAuth tokens for client credentials (Bitbucket Cloud documentation, "OAuth on
// Bitbucket Cloud").
const TokenURL = "https://bitbucket.org/site/oauth2/access_token"

// Bearer authenticates with an access token of Cloud (repository, project, workspace) or an HTTP access token of Data
// Center.
func Bearer(token string) Auth { return Auth{kind: authBearer, secret: token} }

// Basic authenticates with an Atlassian account's e-mail address and API token (Cloud), or a user and password or
// token (Data Center).
func Basic(user, secret string) Auth { return Auth{kind: authBasic, user: user, secret: secret} }

// ClientCredentials authenticates as an OAuth consumer. Tokens come from tokenURL (empty means [TokenURL]). The client
// keeps a token until shortly before it expires.
func ClientCredentials(id, secret, tokenURL string) Auth {
	if tokenURL == "" {
		tokenURL = TokenURL
	}
	return Auth{kind: authClient, user: id, secret: secret, tokenURL: tokenURL}
}

// None reports whether there is no credential.
func (a Auth) None() bool { return a.kind == authNone }

// String returns the kind.
func (a Auth) String() string {
	switch a.kind {
	case authBearer:
		return "access token"
	case authBasic:
		return "user and token"
	case authClient:
		return "OAuth client credentials"
	}
	return "none"
}

// Format implements fmt.Formatter, so that no verb prints the secret.
func (a Auth) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(a.String())) }

func basicHeader(user, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))
}

// Header returns the value of the header Authorization for git, which holds the credential; empty if there is none or if
// it takes a call to get it.
func (a Auth) Header() string {
	switch a.kind {
	case authBearer:
		return "Bearer " + a.secret
	case authBasic:
		return basicHeader(a.user, a.secret)
	}
	return ""
}
