package scans

import (
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Waiting counts the scans that run and wait, of repositories that the caller may read. A page is shown without them when they are not known.
func (s *Pages) Waiting(v *page.Visit) (running, waiting int, known bool) {
	list, err := s.Queue.Activities(v.Ctx())
	if err != nil {
		v.Core.Log.Error("queue not shown", "path", v.Request.URL.Path, "error", err)
		return 0, 0, false
	}
	for i := range list {
		if a := &list[i]; v.Visible.Sees(a.RepositoryID, a.ProjectID) {
			running, waiting = running+len(a.Running), waiting+a.Queued
		}
	}
	return running, waiting, true
}

// Notice reads the progress of the batch that the address names. It shows no batch of another account.
func (s *Pages) Notice(v *page.Visit) *page.Notice {
	id, ok := db.ParseKey(v.Request.URL.Query().Get("batch"))
	if !ok {
		return nil
	}
	b, err := s.Queue.Batch(v.Ctx(), id)
	if err != nil || b.RequestedBy != v.Account.Name {
		return nil
	}
	n := &page.Notice{}
	switch {
	case b.Total == 0:
		n.Text = b.Scope + ": nothing to scan. No branch needs it, or each that does is being scanned."
		return n
	case b.Done() == b.Total:
		n.Text = b.Scope + ": " + figure.Count(b.Total, "scan is", "scans are") + " done."
		return n
	}
	n.Text = b.Scope + ": " + figure.Thousands(b.Done()) + " of " + figure.Count(b.Total, "scan", "scans") + " done."
	if b.Merged > 0 {
		n.Detail = figure.Thousands(b.Merged) + " waited already."
	}
	return n
}
