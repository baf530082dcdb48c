package credential

import (
	"context"
	"errors"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

// ErrInactive means that a source gives no credential until people set it up again.
var ErrInactive = errors.New("there is no credential")

// Source gives the credentials of one connection. It is safe for concurrent use.
type Source interface {
	bitbucket.Credentials
	// Git returns a credential with which git may read a repository now. The caller must call Drop when git has ended.
	Git(ctx context.Context, at connection.Location) (*Git, error)
	// Fragile reports whether a refused credential must not be tried again, because the server may then lock out its user.
	Fragile() bool
}
