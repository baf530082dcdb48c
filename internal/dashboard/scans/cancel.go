package scans

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// find finds the scan that the path names, and makes its repository the place of the visit.
func (s *Pages) find(v *page.Visit) (*queue.Item, error) {
	unknown := page.NotFound("There is no such scan, or you may not read its repository. Scans are forgotten after some time.")
	id, isKey := db.ParseKey(v.Request.PathValue("scanKey"))
	if !isKey {
		return nil, unknown
	}
	q, err := s.Scans.Scan(v.Ctx(), v.Visible, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	v.Place, err = v.Core.Places.Find(v.Ctx(), v.Visible, q.ProjectKey, q.Slug)
	return q, err
}

// cancel cancels one scan. One that has ended meanwhile stays as it is.
func (s *Pages) cancel(v *page.Visit) error {
	q, err := s.find(v)
	if err != nil {
		return err
	}
	if !scanqueue.MayCancel(v.Caller, q, v.Place) {
		return &page.Problem{Status: http.StatusForbidden, Title: "Not permitted", Text: "Only the account that asked for this scan may cancel it, or one with " + access.Writer.String() + "."}
	}
	if err := s.Desk.Cancel(v.Ctx(), q, v.Record); err != nil {
		return err
	}
	return v.Done(s.backToQueue(v), "scan-cancelled")
}

// backToQueue is where a form of the queue leads: to the page that it names, or to the queue.
func (s *Pages) backToQueue(v *page.Visit) string {
	if back := v.Request.PostForm.Get("back"); back != "" {
		return v.Back(back)
	}
	return v.Core.BasePath + "/queue"
}

// cancelBody asks before all scans are cancelled.
type cancelBody struct {
	Cancel, Queue string
	// Running and Waiting count the scans of repositories that the caller may read.
	Running, Waiting int
	// Everything is true when these are all there are.
	Everything bool
}

func (s *Pages) confirmCancel(v *page.Visit) error {
	q := s.Queue(v)
	path := v.Core.BasePath + "/queue"
	return v.Show(http.StatusOK, cancelConfirmPage, "Cancel all scans", cancelBody{path + "/cancel", path, q.Running, q.Waiting, v.Visible.All})
}

// cancelAll cancels what waits, what runs, or both.
func (s *Pages) cancelAll(v *page.Visit) error {
	what := v.Request.PostForm.Get("what")
	switch what {
	case "waiting", "running", "all":
	default:
		return page.BadRequest("The form does not say which scans: \"waiting\", \"running\" or \"all\".")
	}
	// What waits goes first: otherwise it would start in place of what ends.
	if what != "running" {
		if _, err := s.Desk.CancelWaiting(v.Ctx(), v.Visible, v.Record); err != nil {
			return err
		}
	}
	if what != "waiting" {
		if _, err := s.Desk.CancelRunning(v.Ctx(), v.Visible, v.Record); err != nil {
			return err
		}
	}
	return v.Done(v.Core.BasePath+"/queue", "scans-cancelled")
}
