package connected

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/connections"
)

// Announced is what an event of the Forge app announced.
type Announced struct {
	// Workspace is the uuid of the workspace, without braces.
	Workspace string
	// Delivery is the same for a repeated event.
	Delivery string
	// Repository is the uuid of a repository, with braces; empty means that only a listing can tell what changed. Branch wants
	// a scan even if it is up to date; empty for none.
	Repository, Branch string
}

// Announce takes an event as a webhook is taken: it only says where to look. A workspace without a connection is no error.
func (s *Set) Announce(ctx context.Context, a *Announced) error {
	row, ok := s.ofWorkspace(a.Workspace)
	if !ok {
		return nil
	}
	look := connections.Look{}
	if a.Repository != "" {
		location, err := s.o.Store.Catalog.Sync(row.ID).LocationOf(ctx, a.Repository)
		if err != nil {
			return err
		}
		// A listing finds a repository that is not known yet.
		if look.Location = location; location != "" {
			look.Branch = a.Branch
		}
	}
	fresh, err := s.o.Store.Connections.Heard(ctx, row.ID, a.Delivery, []connections.Look{look})
	if err == nil && fresh {
		s.Wakeup()
	}
	return err
}

// ofWorkspace returns the connection whose credentials the app in a workspace gives.
func (s *Set) ofWorkspace(workspace string) (connections.Remote, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if settings, err := ParseSettings(r.Settings); err == nil && workspace != "" && settings.App == workspace {
			return r, true
		}
	}
	return connections.Remote{}, false
}
