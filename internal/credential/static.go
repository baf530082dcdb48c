package credential

import (
	"context"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

// Static is a credential that people gave the server. It does not change.
type Static struct {
	// Auth is for the API.
	Auth bitbucket.Auth
	// Header is for git: the value of the header Authorization.
	Header string
	// Locks is true if the server locks out a user whose password was wrong several times.
	Locks bool
}

var _ Source = Static{}

// API implements bitbucket.Credentials.
func (s Static) API(context.Context) (bitbucket.Auth, error) { return s.Auth, nil }

// Refused implements bitbucket.Credentials: there is no other credential.
func (s Static) Refused(bitbucket.Auth) bool { return false }

// Git implements Source.
func (s Static) Git(context.Context, connection.Location) (*Git, error) {
	return NewGit([]byte(s.Header)), nil
}

// Fragile implements Source.
func (s Static) Fragile() bool { return s.Locks }
