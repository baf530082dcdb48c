package connection

import (
	"context"
	"errors"

	"github.com/sluice-scan/sluice/internal/store"
)

// Connection is one source of repositories. It is safe for concurrent use.
type Connection interface {
	// List gives everything that there is now. With an error, what comes with it is what could be read.
	List(ctx context.Context) (Listing, error)
	// Open makes a repository at a location that List named ready for a scan, and gives the folder in which it lies; release
	// is called when the scan has ended. ErrGone means that it is not there any more, ErrLater that a later try may go
	// better.
	Open(ctx context.Context, location string) (dir string, release func(), err error)
}

// Listing is what a connection lists.
type Listing struct {
	// Projects are those that there are, ordered by key. Of one that could not be listed in full FoundProject.Partial is true, of a
	// repository FoundRepository.Problem set: then what is missing is not known to be gone.
	Projects store.Found
	// Whole is true when a project that is not here is gone.
	Whole bool
	// Skipped is what stands where projects and repositories do and is none, ordered by name.
	Skipped []Skipped
}

// Skipped is a place that is not read, and why, for people.
type Skipped struct{ Name, Reason string }

// ErrGone means that a repository is not there any more.
var ErrGone = errors.New("the repository is not there any more")

// ErrLater wraps errors that may pass: a network, a lock, a limit.
var ErrLater = errors.New("try again later")
