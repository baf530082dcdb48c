package serve

import (
	"github.com/sluice-scan/sluice/internal/server/connections"
	"github.com/sluice-scan/sluice/internal/worker"
)

// directoryID is the id of the only connection in the API.
const directoryID = "directory"

// folder describes the folder of repositories to the API.
type folder struct {
	syncer *worker.Syncer
	path   string
}

// Connections implements connections.Source.
func (c folder) Connections() []connections.Connection {
	state := c.syncer.State()
	x := connections.Connection{ID: directoryID, Type: "DIRECTORY", Name: c.path, Key: c.syncer.ID, Synced: state.Last, Syncing: state.Running}
	if state.Problem != nil {
		x.Problem = state.Problem.Error()
	}
	for _, skipped := range state.Skipped {
		x.Skipped = append(x.Skipped, connections.Skipped(skipped))
	}
	return []connections.Connection{x}
}

// Sync implements connections.Source.
func (c folder) Sync(id string) bool {
	if id != directoryID {
		return false
	}
	c.syncer.Request()
	return true
}
