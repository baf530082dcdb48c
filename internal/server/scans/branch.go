package scans

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// branchRoutes start and cancel the scan of one branch.
func (s *Resource) branchRoutes() []api.Route {
	const path = "/scan/{projectKey}/repos/{repoSlug}"
	return []api.Route{
		{
			Method: http.MethodPost, Path: path, Name: "scanBranch",
			Needs: access.Scanner, Scope: "scan",
			Summary: "Scan a branch, unless its results are up to date.",
			Query:   []api.Parameter{api.Optional("branch", "the name of the branch; default: the default branch")},
			Gives:   api.Returns(startedWire{}),
			Handle:  s.scanBranch,
		},
		{
			Method: http.MethodDelete, Path: path, Name: "cancelScan",
			Needs: access.Reader, Scope: "scan",
			Summary: "Cancel a waiting or running scan. The person who asked for it may do so, and everyone who may write to the repository.",
			Query:   []api.Parameter{api.Required("scanKey", "which scan")},
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				if c.Query("scanKey") == "" {
					return nil, api.BadRequest("scanKey: say which scan")
				}
				return s.cancelScan(c, c.Query("scanKey"))
			},
		},
	}
}

type startedWire struct {
	Scheduled bool   `json:"scheduled"`
	ScanKey   string `json:"scanKey,omitempty" doc:"The scan, when one was scheduled."`
}

func (s *Resource) scanBranch(c *api.Call) (*api.Reply, error) {
	b, err := c.Branch("branch")
	if err != nil {
		return nil, err
	}
	name := c.Project.Name + " / " + c.Repository.Name + " : " + b.Name
	done, err := s.Queue.Enqueue(c.Context(), queue.Request{
		Scope: queue.Scope{RepositoryID: c.Repository.ID, BranchID: b.ID}, Name: name, Outdated: true, Priority: queue.PriorityInteractive, By: c.Account.Name,
	})
	if err != nil {
		return nil, err
	}
	if done.Scan == 0 {
		return api.OK(startedWire{})
	}
	key := db.Key(done.Scan)
	if done.Scheduled+done.Merged > 0 {
		s.Desk.Wake()
		err = c.Record("scan.requested", name, "scan "+key)
	}
	return &api.Reply{Status: http.StatusOK, Body: startedWire{true, key}}, err
}

// Find finds a scan by its key, and makes its repository the place of the call.
func (s *Resource) Find(c *api.Call, key string) (*queue.Item, error) {
	unknown := api.NotFound("there is no scan %q", key)
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, unknown
	}
	q, err := s.Queue.Scan(c.Context(), c.Visible, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && c.Repository != nil && c.Repository.ID != q.RepositoryID {
		return nil, unknown
	}
	if err != nil || c.Repository != nil {
		return q, err
	}
	return q, c.Move(q.ProjectKey, q.Slug)
}

// cancelScan cancels one scan. A scan that has already ended is not an error.
func (s *Resource) cancelScan(c *api.Call, key string) (*api.Reply, error) {
	q, err := s.Find(c, key)
	if err != nil {
		return nil, err
	}
	if !scanqueue.MayCancel(c.Caller, q, c.Place) {
		return nil, api.Forbidden("%s may not cancel this scan: only the account that asked for it may, or one with %s", c.Account.Name, access.Writer)
	}
	if err := s.Desk.Cancel(c.Context(), q, c.Record); err != nil {
		return nil, err
	}
	return api.Nothing()
}
