package serve

import (
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/worker"
)

// directoryID is the id of the only connection in the API.
const directoryID = "directory"

// folder describes the folder of repositories to the API.
type folder struct {
	syncer *worker.Syncer
	path   string
}

// Connections implements connection.Lives.
func (c folder) Connections() []connection.Live {
	state := c.syncer.State()
	x := connection.Live{ID: directoryID, Type: "DIRECTORY", Name: c.path, Key: c.syncer.ID, Synced: state.Last, Syncing: state.Running}
	if state.Problem != nil {
		x.Problem = state.Problem.Error()
	}
	x.Skipped = state.Skipped
	return []connection.Live{x}
}

// Sync implements connection.Lives.
func (c folder) Sync(id string) bool {
	if id != directoryID {
		return false
	}
	c.syncer.Request()
	return true
}
