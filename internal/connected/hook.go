package connected

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/connections"
)

// HookPath is the beginning of the paths to which webhooks are sent, below the base path of the server.
const HookPath = "/webhooks/"

// hookAddress is the address of the webhooks of a connection.
func hookAddress(link, path string) string { return strings.TrimRight(link, "/") + HookPath + path }

const (
	// hooksEvery is the time between checks of the webhooks, and hooksSoon that after a problem.
	hooksEvery = time.Hour
	hooksSoon  = 10 * time.Minute
	// maxUnannounced is how many listings in a row may find pushes that no webhook announced. One may be faster than the
	// webhook.
	maxUnannounced = 2
)

// checkHooks creates and repairs the webhooks of the connection, if it is time for that, and stores what people must know.
// listed is the error of the listing before.
func (m *member) checkHooks(ctx context.Context, row *connections.Remote, listed error) {
	var parked *bitbucket.ParkedError
	if !m.settings.Webhooks || ctx.Err() != nil || errors.As(listed, &parked) || errors.Is(listed, bitbucket.ErrCredential) || errors.Is(listed, bitbucket.ErrUnreachable) {
		return
	}
	silent := m.silent(ctx, row)
	m.mu.Lock()
	waited := time.Since(m.hooksChecked)
	due := silent || waited >= hooksEvery || m.hooksRevision != row.Revision || !row.Hook.Refused.IsZero() || row.Hook.Problem != "" && waited >= hooksSoon
	m.mu.Unlock()
	if !due {
		return
	}
	problem := m.ensureHooks(ctx, row, silent)
	if ctx.Err() != nil {
		return
	}
	if problem == "" && silent {
		problem = "a listing found pushes that no webhook had announced: check that Bitbucket reaches " + hookAddress(m.set.o.Link, row.Hook.Path)
	}
	m.mu.Lock()
	m.hooksChecked, m.hooksRevision = time.Now(), row.Revision
	m.mu.Unlock()
	if problem != row.Hook.Problem {
		m.log.Warn("the state of the webhooks changed", "problem", problem)
	}
	if err := m.set.o.Store.Connections.Hooked(ctx, row.ID, problem, row.Hook.Refused); err != nil {
		m.log.Error("the state of the webhooks could not be stored", "error", err)
	}
}

// silent reports whether webhooks do not say what listings find.
func (m *member) silent(ctx context.Context, row *connections.Remote) bool {
	now, err := m.set.o.Store.Connections.Remote(ctx, row.Name)
	if err != nil || row.Synced.IsZero() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch moved := m.syncer.State().Moved; {
	case !now.Hook.Heard.Before(row.Synced):
		m.unannounced = 0
	case moved > 0:
		m.unannounced++
	}
	if m.unannounced < maxUnannounced {
		return false
	}
	m.unannounced = 0
	return true
}

// ensureHooks returns what people must know; empty for nothing.
func (m *member) ensureHooks(ctx context.Context, row *connections.Remote, silent bool) string {
	if m.set.o.Link == "" {
		return "the server does not know its public address, to which webhooks are sent: start it with --link"
	}
	secret, err := m.set.o.Box.Open(row.Hook.Secret, connections.HookPlace(row.ID))
	if err != nil {
		return "the secret of the webhooks: " + err.Error()
	}
	err = m.product.EnsureHooks(ctx, connection.Hook{
		Address: hookAddress(m.set.o.Link, row.Hook.Path), Name: fmt.Sprintf("Sluice %s (secret %d)", row.Name, row.Hook.Generation), Secret: secret, Renew: silent || !row.Hook.Refused.IsZero(),
	})
	if err != nil {
		return "not all webhooks could be created: " + err.Error() + "; the credential must administer the project or the repository. Listings find pushes all the same, later"
	}
	return ""
}
