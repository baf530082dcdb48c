package forge

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/exchanges"
)

// held is how long a credential for the API stays in memory. One listing makes many calls.
const held = 10 * time.Minute

// Source gives the credentials of the active installation in a workspace, asked for when they are needed. It is safe for
// concurrent use.
type Source struct {
	app       *App
	workspace string

	// turn is held by the one who asks for a credential of the API; the others wait for that one.
	turn chan struct{}
	mu   sync.Mutex
	// token is of the installation of, and is in memory until a time, at which forget drops it.
	of, token string
	until     time.Time
	forget    *time.Timer
}

var _ credential.Source = (*Source)(nil)

// NewSource returns the source for the uuid of a workspace, with or without braces.
func NewSource(a *App, workspace string) *Source {
	return &Source{app: a, workspace: bare(workspace), turn: make(chan struct{}, 1)}
}

// active returns the id of the active installation.
func (s *Source) active(ctx context.Context) (string, error) {
	i, err := s.app.Store.ActiveOf(ctx, s.workspace)
	if errors.Is(err, db.ErrNotFound) {
		return "", ErrInactive
	}
	return i.ID, err
}

// ask asks for a credential.
func (s *Source) ask(ctx context.Context) ([]byte, error) {
	id, err := s.active(ctx)
	if err != nil {
		return nil, err
	}
	return s.app.Credential(ctx, id, connection.PersonOf(ctx))
}

// Git implements credential.Source. Each fetch has a credential of its own.
func (s *Source) Git(ctx context.Context, _ connection.Location) (*credential.Git, error) {
	token, err := s.ask(ctx)
	if errors.Is(err, exchanges.ErrTooMany) || errors.Is(err, errNobody) {
		return nil, fmt.Errorf("%w: %w", connection.ErrLater, err)
	}
	if err != nil {
		return nil, err
	}
	defer clear(token)
	// The user of git is x-token-auth
	// (https://developer.atlassian.com/platform/forge/remote/bitbucket-git-operations/).
	pair := append([]byte("x-token-auth:"), token...)
	defer clear(pair)
	return credential.NewGit(base64.StdEncoding.AppendEncode([]byte("Basic "), pair)), nil
}

// API implements credential.Source. The calls of ten minutes share one credential, which only the memory of this node has.
func (s *Source) API(ctx context.Context) (bitbucket.Auth, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return bitbucket.Auth{}, ctx.Err()
	}
	id, err := s.active(ctx)
	if err != nil {
		s.drop()
		return bitbucket.Auth{}, err
	}
	if a, ok := s.kept(id); ok {
		return a, nil
	}
	token, err := s.app.Credential(ctx, id, connection.PersonOf(ctx))
	if err != nil {
		return bitbucket.Auth{}, err
	}
	defer clear(token)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forget != nil {
		s.forget.Stop()
	}
	s.of, s.token, s.until, s.forget = id, string(token), s.app.now().Add(held), time.AfterFunc(held, s.drop)
	return bitbucket.Bearer(s.token), nil
}

// kept returns the credential of the API that is in memory, if it is of this installation and its time is not over.
func (s *Source) kept(id string) (bitbucket.Auth, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" || s.of != id || !s.app.now().Before(s.until) {
		s.token = ""
		return bitbucket.Auth{}, false
	}
	return bitbucket.Bearer(s.token), true
}

// drop forgets the credential of the API.
func (s *Source) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Refused implements credential.Source: the next call has another credential.
func (s *Source) Refused(a bitbucket.Auth) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a == bitbucket.Bearer(s.token) {
		s.token = ""
	}
	return true
}

// Fragile implements credential.Source.
func (s *Source) Fragile() bool { return false }
