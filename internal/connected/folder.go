package connected

import (
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/worker"
)

// Folder is the folder of repositories of a server.
type Folder struct {
	connection.Connection
	// ID is its id in the store, Path its name for people.
	ID   int64
	Path string
	// Every is the time between listings.
	Every time.Duration
}

// directoryID is the id of the folder of repositories in the API.
const directoryID = "directory"

// folder lists the folder of repositories.
type folder struct {
	*worker.Syncer
	path string
}

func newFolder(s *Set, f *Folder) *folder {
	return &folder{&worker.Syncer{Store: s.o.Store, Connection: f.Connection, ID: f.ID, Log: s.o.Log, Every: f.Every, Wake: func() { s.queued() }}, f.Path}
}

// live describes the folder to the API and the pages.
func (f *folder) live() connection.Live {
	state := f.State()
	x := connection.Live{ID: directoryID, Type: connection.TypeDirectory, Name: f.path, Key: f.ID, Synced: state.Last, Syncing: state.Running}
	if state.Problem != nil {
		x.Problem = state.Problem.Error()
	}
	x.Skipped = append(x.Skipped, state.Skipped...)
	return x
}
