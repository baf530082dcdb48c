package queue

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Rescan makes the request of somebody for every branch of a scope, up to date or not; with outdated only for the branches without an
// up-to-date result. name says the scope for people.
func Rescan(scope Scope, name, by string, outdated bool) Request {
	r := Request{Scope: scope, Name: name, By: by, Force: !outdated, Outdated: outdated, Priority: PriorityRescan}
	switch {
	case scope.BranchID != 0:
		r.Priority = PriorityInteractive
	case outdated:
		r.Priority = PriorityOutdated
	}
	return r
}

// String tells the audit log what became of a request.
func (e Enqueued) String() string {
	return fmt.Sprintf("batch %s, %d scheduled, %d merged, %d skipped", db.Key(e.Batch), e.Scheduled, e.Merged, e.Skipped)
}
