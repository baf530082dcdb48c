package scanqueue

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Queue stores scans. It must be safe for concurrent use.
type Queue interface {
	// Cancel cancels a scan and returns the state that it had.
	Cancel(ctx context.Context, id int64) (was queue.State, err error)
	// CancelQueued and CancelRunning cancel all visible scans in a state and return their number.
	CancelQueued(ctx context.Context, v *scope.Visible) (int, error)
	CancelRunning(ctx context.Context, v *scope.Visible) (int, error)
	// Scan returns a visible scan; db.ErrNotFound if there is none.
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
}

// Work is notified at once of changes that it would otherwise see in the store a little later. It must be safe for concurrent use.
type Work interface {
	// Wake says that scans were queued.
	Wake()
	// Cancel says that a scan must stop.
	Cancel(scan int64)
	// Running lists the scans that run in this process.
	Running() []int64
}

// Record writes an entry into the audit log.
type Record func(action, object, detail string) error

// Desk changes the queue for the REST API and the pages, and tells the workers and the hub of this process. All fields are required.
type Desk struct {
	Queue Queue
	Work  Work
	Hub   *Hub
}

// Wake says that scans were queued.
func (d *Desk) Wake() {
	d.Hub.Forget()
	d.Work.Wake()
}

// MayCancel reports whether a caller may cancel a scan of the repository at a place: the account that asked for it, and those who may scan
// there.
func MayCancel(c *access.Caller, q *queue.Item, at access.Place) bool {
	return q.RequestedBy == c.Account.Name || c.May(access.Scanner, at)
}

// Cancel cancels one scan, and records that. A scan that has already ended is not an error.
func (d *Desk) Cancel(ctx context.Context, q *queue.Item, record Record) error {
	was, err := d.Queue.Cancel(ctx, q.ID)
	d.Hub.Forget()
	if err != nil || was > queue.Running {
		return err
	}
	d.Work.Cancel(q.ID)
	return record("scan.cancelled", q.String(), "scan "+db.Key(q.ID))
}

// CancelWaiting cancels all waiting scans that a caller may see, records that, and returns their number.
func (d *Desk) CancelWaiting(ctx context.Context, v *scope.Visible, record Record) (int, error) {
	n, err := d.Queue.CancelQueued(ctx, v)
	d.Hub.Forget()
	if err != nil {
		return 0, err
	}
	return n, record("scan.cancelled", "every queued scan", fmt.Sprintf("%d scans", n))
}

// CancelRunning tells every running scan that a caller may see to stop, records that, and returns their number. The scans of this process stop
// at once.
func (d *Desk) CancelRunning(ctx context.Context, v *scope.Visible, record Record) (int, error) {
	n, err := d.Queue.CancelRunning(ctx, v)
	d.Hub.Forget()
	if err != nil {
		return 0, err
	}
	if n > 0 {
		for _, id := range d.Work.Running() {
			if q, err := d.Queue.Scan(ctx, v, id); err == nil && q.CancelRequested {
				d.Work.Cancel(id)
			}
		}
	}
	return n, record("scan.cancelled", "every running scan", fmt.Sprintf("%d scans", n))
}
