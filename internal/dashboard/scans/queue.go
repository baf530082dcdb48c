package scans

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// queueBody is the queue, as a page or as the menu in the head of every page.
type queueBody struct {
	Batches []batchRow
	Rows    []itemRow
	// List pages through the rows; More is how many scans the menu does not show.
	List page.List
	More string
	// Words sum it up. Back is where a form leads. CancelAll is the path of the page that asks before everything is cancelled; empty where the
	// caller may not.
	Words, Back, CancelAll, Queue string
}

// cancelling is the form that cancels a row.
type cancelling struct {
	Row   itemRow
	Back  string
	Short bool
}

// Of and OfShort make the form of a row.
func (b *queueBody) Of(r itemRow) cancelling      { return cancelling{r, b.Back, false} }
func (b *queueBody) OfShort(r itemRow) cancelling { return cancelling{r, b.Back, true} }

// newQueueBody makes the body from scans.
func (s *Pages) newQueueBody(v *page.Visit, list []queue.Item, q page.Queue) (*queueBody, error) {
	body := &queueBody{Words: "Nothing runs, and nothing waits", Back: v.Here(), Queue: v.Core.BasePath + "/queue"}
	if q.Running+q.Waiting > 0 {
		body.Words = figure.Thousands(q.Running) + " running, " + figure.Thousands(q.Waiting) + " waiting"
	}
	for i := range list {
		body.Rows = append(body.Rows, newItemRow(v, &list[i]))
	}
	if len(body.Rows) > 0 && v.May(access.Grantee, access.Place{}) {
		body.CancelAll = body.Queue + "/cancel"
	}
	var err error
	body.Batches, err = s.batches(v)
	return body, err
}

// queue is the page of all scans that run and wait.
func (s *Pages) queue(v *page.Visit) error {
	l := v.List()
	list, err := s.Scans.List(v.Ctx(), v.Visible, l.Rows())
	if err != nil {
		return err
	}
	list = page.Paged(&l, list, 0)
	body, err := s.newQueueBody(v, list, s.Queue(v))
	if err != nil {
		return err
	}
	body.List = l
	return v.Show(http.StatusOK, queuePage, "Scan queue", body)
}

// rowsOfMenu is how many scans the menu shows.
const rowsOfMenu = 12

// menu is the beginning of the queue, for the head of every page.
func (s *Pages) menu(v *page.Visit) error {
	list, err := s.Scans.List(v.Ctx(), v.Visible, db.Page{Limit: rowsOfMenu})
	if err != nil {
		return err
	}
	q := s.Queue(v)
	body, err := s.newQueueBody(v, list, q)
	if err != nil {
		return err
	}
	body.Back = body.Queue
	if more := q.Running + q.Waiting - len(list); more > 0 && len(list) == rowsOfMenu {
		body.More = figure.Thousands(more)
	}
	return v.ShowPart(menuPart, body)
}
