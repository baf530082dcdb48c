package connection

import (
	"context"
	"errors"

	"github.com/sluice-scan/sluice/internal/store"
)

// Connection is one source of repositories. It is safe for concurrent use.
type Connection interface {
	// List gives everything that there is now. With an error, what comes with it is what could be read: then what is missing
	// is not known to be gone, and complete is false (for the projects) or FoundProject.Partial true (for its repositories).
	List(ctx context.Context) (found store.Found, complete bool, err error)
	// Open makes a repository at a location that List named ready for a scan, and gives the folder in which it lies; release
	// is called when the scan has ended. ErrGone means that it is not there any more, ErrLater that a later try may go
	// better.
	Open(ctx context.Context, location string) (dir string, release func(), err error)
}

// ErrGone means that a repository is not there any more.
var ErrGone = errors.New("the repository is not there any more")

// ErrLater wraps errors that may pass: a network, a lock, a limit.
var ErrLater = errors.New("try again later")
