package connection

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Connection is one source of repositories. It is safe for concurrent use.
type Connection interface {
	// List returns everything that exists now. On an error it returns the part that could be read.
	List(ctx context.Context) (Listing, error)
	// Open prepares a repository at a location from List for a scan, and returns its folder. The caller must call release
	// after the scan. ErrGone means that the repository no longer exists, ErrLater that a retry may succeed.
	Open(ctx context.Context, location string) (dir string, release func(), err error)
}

// Listing is the result of listing a connection.
type Listing struct {
	// Projects are the existing projects, sorted by key.
	Projects []Project
	// Whole is true if the listing is complete: a project that is not in it no longer exists.
	Whole bool
	// Changes is true if the listing holds only repositories that may have changed since an earlier one. Unless there was an
	// error, nothing that changed is missing. It tells nothing about the others. Every project in it is Partial.
	Changes bool
	// Skipped are the places that were not read as a project or repository, sorted by name.
	Skipped []Skipped
}

// Sort brings a listing into its order.
func (l *Listing) Sort() {
	slices.SortFunc(l.Projects, func(a, b Project) int { return cmp.Compare(a.Key, b.Key) })
	for i := range l.Projects {
		slices.SortFunc(l.Projects[i].Repositories, func(a, b Repository) int { return cmp.Compare(a.Slug, b.Slug) })
	}
	slices.SortFunc(l.Skipped, func(a, b Skipped) int { return cmp.Compare(a.Name, b.Name) })
}

// MaxProblems limits the problems in the error of a listing; each is also at its repository.
const MaxProblems = 20

// JoinProblems joins the problems of a listing to one error; nil for none.
func JoinProblems(problems []error) error {
	if n := len(problems); n > MaxProblems {
		problems = append(problems[:MaxProblems:MaxProblems], fmt.Errorf("and %d more", n-MaxProblems))
	}
	return errors.Join(problems...)
}

// Project is a project, with its repositories.
type Project struct {
	Key, Name string
	Personal  bool
	// Identity stays the same when the project is renamed; empty if it is not known.
	Identity     string
	Repositories []Repository
	// Partial is true if some repositories could not be listed: a missing repository may still exist.
	Partial bool
}

// Repository is a repository, with its branches.
type Repository struct {
	// Location is where the connection finds the repository, see [Connection.Open]. Identity stays the same when it is
	// renamed or moved to another project; empty if it is not known.
	Slug, Name, Location, DefaultBranch, Identity string
	Branches                                      []Branch
	// Problem tells people why the repository, or some of its references, could not be read; empty if everything could be
	// read. With a problem, a missing branch may still exist.
	Problem string
}

// Branch is a branch and the commit to which it points.
type Branch struct {
	Name, Head string
	HeadAt     time.Time
}

// Skipped is a place that was not read, with the reason for people.
type Skipped struct{ Name, Reason string }

// ErrGone means that a repository no longer exists.
var ErrGone = errors.New("the repository no longer exists")

// ErrLater wraps errors that may be temporary: a network, a lock, a limit.
var ErrLater = errors.New("try again later")
