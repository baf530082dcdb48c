package connected

import (
	"context"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// scanPull queues a scan of the source branch of a pull request, if the settings want that. A result of the same commit
// does not stand in for it, because it was not compared with the destination.
func (m *member) scanPull(ctx context.Context, p *connection.Project, branch string) error {
	st := m.set.o.Store
	slug := p.Repositories[0].Slug
	on, err := st.Settings.AtPlace(ctx, settings.ScanOnPullRequest, p.Key, slug)
	if err != nil || on != "true" {
		return err
	}
	id, err := st.Catalog.Sync(m.syncer.ID).LiveBranch(ctx, p.Key, slug, branch)
	if err != nil || id == 0 {
		return err
	}
	_, err = st.Queue.Enqueue(ctx, queue.Request{
		Scope: queue.Scope{BranchID: id}, Name: p.Key + "/" + slug + " : " + branch, Force: true, Priority: queue.PriorityPush, By: "pull request",
	})
	if err == nil {
		m.set.queued()
	}
	return err
}
