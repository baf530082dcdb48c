package connection

import (
	"context"
	"errors"
	"time"
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
	// Projects are those that there are, ordered by key.
	Projects []Project
	// Whole is true when a project that is not here is gone.
	Whole bool
	// Skipped are the places that were not read as a project or repository, ordered by name.
	Skipped []Skipped
}

// Project is a project, with its repositories.
type Project struct {
	Key, Name string
	Personal  bool
	// Identity stays the same when the project is renamed; empty when it is not known.
	Identity     string
	Repositories []Repository
	// Partial is true when some repositories could not be listed: then a repository that is not here may still exist.
	Partial bool
}

// Repository is a repository, with its branches.
type Repository struct {
	// Location is where the connection finds it, see [Connection.Open]. Identity stays the same when it is renamed or moved into
	// another project; empty when it is not known.
	Slug, Name, Location, DefaultBranch, Identity string
	Branches                                      []Branch
	// Problem is why the repository, or some of its references, could not be read, for people. Then a branch that is not here may
	// still exist. Empty when everything could be read.
	Problem string
}

// Branch is a branch and the commit that it points to.
type Branch struct {
	Name, Head string
	HeadAt     time.Time
}

// Skipped is a place that was not read, and why, for people.
type Skipped struct{ Name, Reason string }

// ErrGone means that a repository is not there any more.
var ErrGone = errors.New("the repository is not there any more")

// ErrLater wraps errors that may pass: a network, a lock, a limit.
var ErrLater = errors.New("try again later")
