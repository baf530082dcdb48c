package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// scheduleRoutes ask for scans of many branches, and take that back.
func (s *Server) scheduleRoutes() []route {
	query := []parameter{
		{"email", "an address that is told when all is done; may be repeated", false},
		{"mode", "rescan (the default) scans every branch, outdated those without an up-to-date result", false},
	}
	return []route{
		{
			method: http.MethodPut, path: "/status/total_rescan", name: "scanAll",
			needs: grantee, scope: "scan",
			summary: "Scan every branch of every repository that you may read.",
			query:   query,
			gives:   accepted(scheduledWire{}),
			handle:  func(c *call) (*reply, error) { return c.schedule("Everything", queue.Scope{}, queue.PriorityRescan) },
		},
		{
			method: http.MethodPut, path: "/status/projects/{projectKey}", name: "scanProject",
			needs: projectScanner, scope: "scan",
			summary: "Scan every branch of a project.",
			query:   query,
			gives:   accepted(scheduledWire{}),
			handle: func(c *call) (*reply, error) {
				return c.schedule(c.project.Name, queue.Scope{ProjectID: c.project.ID}, queue.PriorityRescan)
			},
		},
		{
			method: http.MethodPut, path: "/status/projects/{projectKey}/repos/{repoSlug}", name: "scanRepository",
			needs: scanner, scope: "scan",
			summary: "Scan every branch of a repository.",
			query:   query,
			gives:   accepted(scheduledWire{}),
			handle: func(c *call) (*reply, error) {
				return c.schedule(c.project.Name+" / "+c.repository.Name, queue.Scope{RepositoryID: c.repository.ID}, queue.PriorityRescan)
			},
		},
		{
			method: http.MethodPut, path: "/status/projects/{projectKey}/repos/{repoSlug}/branches", name: "scanOneBranch",
			needs: scanner, scope: "scan",
			summary: "Scan one branch.",
			query:   append([]parameter{{"name", "the name of the branch", true}}, query...),
			gives:   accepted(scheduledWire{}),
			handle: func(c *call) (*reply, error) {
				if c.query("name") == "" {
					return nil, badRequest("name: say which branch")
				}
				b, err := c.branch("name")
				if err != nil {
					return nil, err
				}
				return c.schedule(c.project.Name+" / "+c.repository.Name+" : "+b.Name, queue.Scope{RepositoryID: c.repository.ID, BranchID: b.ID}, queue.PriorityInteractive)
			},
		},
		{
			method: http.MethodDelete, path: "/status/scheduled", name: "cancelWaiting",
			needs: grantee, scope: "scan",
			summary: "Cancel all waiting scans.",
			gives:   returns(cancelledWire{}),
			handle:  func(c *call) (*reply, error) { return c.cancelAll("queued", s.store.Queue.CancelQueued) },
		},
		{
			method: http.MethodDelete, path: "/status/running", name: "cancelRunning",
			needs: grantee, scope: "scan",
			summary: "Cancel all running scans.",
			gives:   returns(cancelledWire{}),
			handle:  func(c *call) (*reply, error) { return c.cancelAll("running", c.cancelRunning) },
		},
	}
}

// branch finds the branch that a parameter names, or the default one when it is not there.
func (c *call) branch(parameter string) (*catalog.Branch, error) {
	name := c.query(parameter)
	b, err := c.s.store.Catalog.Branch(c.context(), c.repository.ID, name)
	if errors.Is(err, db.ErrNotFound) {
		if name == "" {
			return nil, notFound("%s/%s has no default branch", c.project.Key, c.repository.Slug)
		}
		return nil, notFound("%s/%s has no branch %q", c.project.Key, c.repository.Slug, name)
	}
	return b, err
}

type scheduledWire struct {
	BatchID   string `json:"batchId"`
	Scheduled int    `json:"scheduled"`
	Merged    int    `json:"merged"`
	Skipped   int    `json:"skipped"`
	Message   string `json:"message,omitempty" doc:"Why nothing was scheduled."`
}

// schedule puts the branches of a scope into the queue.
func (c *call) schedule(name string, scope queue.Scope, priority queue.Priority) (*reply, error) {
	request := queue.Request{Scope: scope, Name: name, Priority: priority, By: c.account.Name, Force: true}
	if scope.BranchID == 0 && scope.RepositoryID == 0 {
		request.Scope.Visible = c.visible
	}
	switch mode := c.query("mode"); mode {
	case "", "rescan":
	case "outdated":
		request.Force, request.Outdated = false, true
		if priority == queue.PriorityRescan {
			request.Priority = queue.PriorityOutdated
		}
	default:
		return nil, badRequest("mode: %q is neither rescan nor outdated", mode)
	}
	var err error
	if request.Mail, err = c.addresses(); err != nil {
		return nil, err
	}
	done, err := c.s.store.Queue.Enqueue(c.context(), request)
	if err != nil {
		return nil, err
	}
	c.s.options.Work.Wake()
	body := scheduledWire{BatchID: db.Key(done.Batch), Scheduled: done.Scheduled, Merged: done.Merged, Skipped: done.Skipped}
	switch {
	case done.Scheduled+done.Merged > 0:
	case done.Skipped > 0:
		body.Message = "nothing to scan: every branch is up to date or being scanned"
	case c.visible.All || scope.RepositoryID != 0 || scope.BranchID != 0:
		body.Message = "nothing to scan: there is no branch"
	default:
		body.Message = "nothing to scan: there is no branch that you may read"
	}
	detail := fmt.Sprintf("batch %s, %d scheduled, %d merged, %d skipped", body.BatchID, body.Scheduled, body.Merged, body.Skipped)
	return &reply{status: http.StatusAccepted, body: body}, c.record("scan.requested", name, detail)
}

// cancelRunning tells every running scan to stop that the caller may see. Those that run in this process are looked at anew at
// once.
func (c *call) cancelRunning(ctx context.Context, v *scope.Visible) (int, error) {
	n, err := c.s.store.Queue.CancelRunning(ctx, v)
	if err != nil || n == 0 {
		return n, err
	}
	for _, id := range c.s.options.Work.Running() {
		if q, err := c.s.store.Queue.Scan(ctx, v, id); err == nil && q.CancelRequested {
			c.s.options.Work.Cancel(id)
		}
	}
	return n, nil
}

type cancelledWire struct {
	Cancelled int `json:"cancelled"`
}

func (c *call) cancelAll(what string, cancel func(context.Context, *scope.Visible) (int, error)) (*reply, error) {
	n, err := cancel(c.context(), c.visible)
	if err != nil {
		return nil, err
	}
	answer, _ := ok(cancelledWire{n})
	return answer, c.record("scan.cancelled", "every "+what+" scan", fmt.Sprintf("%d scans", n))
}
