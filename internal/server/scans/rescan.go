package scans

import (
	"context"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// rescanRoutes start and cancel scans of many branches.
func (s *Resource) rescanRoutes() []api.Route {
	query := []api.Parameter{
		api.Optional("email", "an address to notify when all scans have ended; may be repeated"),
		api.Optional("mode", "rescan (the default) scans every branch, outdated only those without an up-to-date result"),
	}
	return []api.Route{
		{
			Method: http.MethodPut, Path: "/status/total_rescan", Name: "scanAll",
			Needs: access.Grantee, Scope: "scan",
			Summary: "Scan every branch of every repository that you may read.",
			Query:   query,
			Gives:   api.ReturnsAccepted(scheduledWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.rescan(c, "Everything", queue.Scope{})
			},
		},
		{
			Method: http.MethodPut, Path: "/status/projects/{projectKey}", Name: "scanProject",
			Needs: access.ProjectScanner, Scope: "scan",
			Summary: "Scan every branch of a project.",
			Query:   query,
			Gives:   api.ReturnsAccepted(scheduledWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.rescan(c, c.Project.Name, queue.Scope{ProjectID: c.Project.ID})
			},
		},
		{
			Method: http.MethodPut, Path: "/status/projects/{projectKey}/repos/{repoSlug}", Name: "scanRepository",
			Needs: access.Scanner, Scope: "scan",
			Summary: "Scan every branch of a repository.",
			Query:   query,
			Gives:   api.ReturnsAccepted(scheduledWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.rescan(c, c.Project.Name+" / "+c.Repository.Name, queue.Scope{RepositoryID: c.Repository.ID})
			},
		},
		{
			Method: http.MethodPut, Path: "/status/projects/{projectKey}/repos/{repoSlug}/branches", Name: "scanOneBranch",
			Needs: access.Scanner, Scope: "scan",
			Summary: "Scan one branch.",
			Query:   append([]api.Parameter{api.Required("name", "the name of the branch")}, query...),
			Gives:   api.ReturnsAccepted(scheduledWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				if c.Query("name") == "" {
					return nil, api.BadRequest("name: say which branch")
				}
				b, err := c.Branch("name")
				if err != nil {
					return nil, err
				}
				return s.rescan(c, c.Project.Name+" / "+c.Repository.Name+" : "+b.Name, queue.Scope{RepositoryID: c.Repository.ID, BranchID: b.ID})
			},
		},
		{
			Method: http.MethodDelete, Path: "/status/scheduled", Name: "cancelWaiting",
			Needs: access.Grantee, Scope: "scan",
			Summary: "Cancel all waiting scans.",
			Gives:   api.Returns(cancelledWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.cancelAll(c, s.Desk.CancelWaiting) },
		},
		{
			Method: http.MethodDelete, Path: "/status/running", Name: "cancelRunning",
			Needs: access.Grantee, Scope: "scan",
			Summary: "Cancel all running scans.",
			Gives:   api.Returns(cancelledWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.cancelAll(c, s.Desk.CancelRunning) },
		},
	}
}

type scheduledWire struct {
	BatchID   string `json:"batchId"`
	Scheduled int    `json:"scheduled"`
	Merged    int    `json:"merged"`
	Skipped   int    `json:"skipped"`
	Message   string `json:"message,omitempty" doc:"Why nothing was scheduled."`
}

// rescan queues the branches of a scope.
func (s *Resource) rescan(c *api.Call, name string, scope queue.Scope) (*api.Reply, error) {
	if scope.BranchID == 0 && scope.RepositoryID == 0 {
		scope.Visible = c.Visible
	}
	mode := c.Query("mode")
	if mode != "" && mode != "rescan" && mode != "outdated" {
		return nil, api.BadRequest("mode: %q is neither rescan nor outdated", mode)
	}
	request := queue.Rescan(scope, name, c.Account.Name, mode == "outdated")
	var err error
	if request.Mail, err = s.Addresses.Read(c); err != nil {
		return nil, err
	}
	done, err := s.Queue.Enqueue(c.Context(), request)
	if err != nil {
		return nil, err
	}
	s.Desk.Wake()
	body := scheduledWire{BatchID: db.Key(done.Batch), Scheduled: done.Scheduled, Merged: done.Merged, Skipped: done.Skipped}
	switch {
	case done.Scheduled+done.Merged > 0:
	case done.Skipped > 0:
		body.Message = "nothing to scan: every branch is up to date or being scanned"
	case c.Visible.All || scope.RepositoryID != 0 || scope.BranchID != 0:
		body.Message = "nothing to scan: there is no branch"
	default:
		body.Message = "nothing to scan: there is no branch that you may read"
	}
	return &api.Reply{Status: http.StatusAccepted, Body: body}, c.Record("scan.requested", name, done.String())
}

type cancelledWire struct {
	Cancelled int `json:"cancelled"`
}

func (s *Resource) cancelAll(c *api.Call, cancel func(context.Context, *scope.Visible, scanqueue.Record) (int, error)) (*api.Reply, error) {
	n, err := cancel(c.Context(), c.Visible, c.Record)
	if err != nil {
		return nil, err
	}
	return api.OK(cancelledWire{n})
}
