package scans

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// Queue tells what the queue holds of repositories that the caller may read. A page is shown without that when it is not known.
func (s *Pages) Queue(v *page.Visit) page.Queue {
	list, err := s.Desk.Hub.Activities(v.Ctx())
	if err != nil {
		v.Core.Log.Error("queue not shown", "path", v.Request.URL.Path, "error", err)
		return page.Queue{}
	}
	return queueOf(v, list)
}

func queueOf(v *page.Visit, list []queue.Activity) page.Queue {
	q := page.Queue{Known: true}
	// The state is the same whatever the order of the repositories is.
	var state uint64
	for i := range list {
		a := &list[i]
		if !v.Visible.Sees(a.RepositoryID, a.ProjectID) {
			continue
		}
		q.Running, q.Waiting = q.Running+len(a.Running), q.Waiting+a.Queued
		if v.Repository != nil && v.Repository.ID != a.RepositoryID || v.Project != nil && v.Project.ID != a.ProjectID {
			continue
		}
		h := fnv.New64a()
		_, _ = fmt.Fprint(h, a.RepositoryID, " ", a.Queued)
		for j := range a.Running {
			_, _ = fmt.Fprint(h, " ", a.Running[j].ID)
		}
		state += h.Sum64()
	}
	q.State = strconv.FormatUint(state, 36)
	return q
}

// Notice reads the progress of the batch that the address names. It shows no batch of another account.
func (s *Pages) Notice(v *page.Visit) *page.Notice {
	id, ok := db.ParseKey(v.Request.URL.Query().Get("batch"))
	if !ok {
		return nil
	}
	b, err := s.Scans.BatchInBrief(v.Ctx(), id)
	if err != nil || b.RequestedBy != v.Account.Name {
		return nil
	}
	n := &page.Notice{}
	done, exactly := s.done(v, b)
	switch {
	case b.Total == 0:
		n.Text = b.Scope + ": nothing to scan. No branch needs it, or each that does is being scanned."
		return n
	case done == b.Total:
		n.Text = b.Scope + ": " + figure.Count(b.Total, "scan is", "scans are") + " done."
		return n
	}
	n.Text = b.Scope + ": " + atLeast(exactly) + figure.Thousands(done) + " of " + figure.Count(b.Total, "scan", "scans") + " done."
	if b.Merged > 0 {
		n.Detail = figure.Thousands(b.Merged) + " waited already."
	}
	return n
}

// done is how many scans of a batch have ended. Of one that is too large to be counted it is the least that it can be: what is not in the
// queue has ended.
func (s *Pages) done(v *page.Visit, b *queue.Brief) (n int, exactly bool) {
	if b.Open >= 0 {
		return b.Total - b.Open, true
	}
	list, err := s.Desk.Hub.Activities(v.Ctx())
	if err != nil {
		return 0, false
	}
	left := 0
	for i := range list {
		left += list[i].Queued + len(list[i].Running)
	}
	return max(0, b.Total-left), false
}

// atLeast is what precedes a number that is not exact.
func atLeast(exactly bool) string {
	if exactly {
		return ""
	}
	return "at least "
}
