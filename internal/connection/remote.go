package connection

import (
	"context"
	"errors"
)

// Remote is a connection to a server that can be asked about one repository. It is safe for concurrent use.
type Remote interface {
	Connection
	// Look returns the project of one repository with that repository alone, as it is now. The project is Partial. The error
	// is ErrGone if nothing is there under this name, or something else is, and ErrLeftOut if the settings leave it out.
	Look(ctx context.Context, at Location) (Project, error)
	// Gone asks the server about a repository that a complete listing lacks. It returns true if the server says that it does
	// not exist, or if the connection's settings leave it out; false if it exists, and an error if that is not known.
	Gone(ctx context.Context, at Location) (bool, error)
	// Kept opens a repository as it was when it was last opened, without asking the server; ok is false if it cannot.
	Kept(at Location) (dir string, release func(), ok bool)
}

// Refresher is a connection whose listings may be Changes.
type Refresher interface {
	// Refresh makes the next listing one of everything, as soon as the limits of the server allow that.
	Refresh()
}

// ErrLeftOut means that the settings of a connection leave a repository out.
var ErrLeftOut = errors.New("the connection leaves the repository out")

// Opener opens repositories; see [Connection.Open].
type Opener interface {
	Open(ctx context.Context, location string) (dir string, release func(), err error)
}

// Keeper opens repositories as they were when they were last opened, without asking a server. A commit never changes, so
// this is enough to read one that is there. ok is false if there is no such copy; otherwise the caller must call release.
type Keeper interface {
	Kept(location string) (dir string, release func(), ok bool)
}
