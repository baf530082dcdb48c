package scans

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// queueRoutes list running and waiting scans.
func (s *Resource) queueRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/queue", Name: "listQueue",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List running scans, then waiting scans, of repositories that you may read.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(scanWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return api.Paged(c, func(page db.Page) ([]queue.Item, error) {
					return s.Queue.List(c.Context(), c.Visible, page)
				}, s.scanBody)
			},
		},
		{
			Method: http.MethodDelete, Path: "/queue/{scanKey}", Name: "cancelQueued",
			Needs: access.SignedIn, Scope: "scan",
			Summary: "Cancel a waiting or running scan. The person who asked for it may do so, and everyone who may write to the repository.",
			Gives:   api.ReturnsNothing(),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.cancelScan(c, c.PathValue("scanKey")) },
		},
		{
			Method: http.MethodGet, Path: "/scans/{scanKey}", Name: "getScan",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Get one scan.",
			Gives:   api.Returns(scanWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				q, err := s.Find(c, c.PathValue("scanKey"))
				if err != nil {
					return nil, err
				}
				return api.OK(s.scanBody(q))
			},
		},
		{
			Method: http.MethodGet, Path: "/batches/{batchId}", Name: "getBatch",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Get the progress of a batch: your own, or any batch for a grantee.",
			Gives:   api.Returns(batchWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.batch(c, c.PathValue("batchId")) },
		},
		{
			Method: http.MethodGet, Path: "/events", Name: "streamEvents",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Stream server-sent events: \"queue\" after each change of the queue.",
			Gives:   api.ReturnsFile(api.EventsType),
			Handle:  s.events,
		},
	}
}

type scanWire struct {
	ScanKey         string         `json:"scanKey"`
	Text            string         `json:"text" doc:"Project / Repository : branch."`
	State           queue.State    `json:"state"`
	Project         api.ProjectRef `json:"project"`
	Repository      api.SlugRef    `json:"repository"`
	Branch          string         `json:"branch"`
	SinceMillis     *int64         `json:"sinceMillis" doc:"How long it has been waiting or running."`
	AddedDate       *string        `json:"addedDate"`
	StartedDate     *string        `json:"startedDate"`
	FinishedDate    *string        `json:"finishedDate"`
	Progress        int            `json:"progress"`
	Priority        int            `json:"priority"`
	RequestedBy     string         `json:"requestedBy"`
	Node            string         `json:"node"`
	Commit          string         `json:"commit"`
	Error           string         `json:"error,omitempty"`
	CancelRequested bool           `json:"cancelRequested"`
	Incomplete      []string       `json:"incompleteReasons" doc:"What the scan did not look at in full."`
	Warnings        []string       `json:"warnings" doc:"Mistakes in the repository's own rules."`
	// Findings is the number of findings of a scan with a result. Appeared and Vanished compare it with the branch's result
	// before it.
	Findings *int   `json:"findingCount,omitempty"`
	Appeared *int   `json:"appearedCount,omitempty" doc:"Findings that the result before it did not have."`
	Vanished *int   `json:"vanishedCount,omitempty" doc:"Findings of the result before it that are gone."`
	Link     string `json:"link"`
}

func (s *Resource) scanBody(q *queue.Item) scanWire {
	w := scanWire{
		ScanKey: db.Key(q.ID), Text: q.String(), State: q.State, Project: api.ProjectRef{Key: q.ProjectKey, Name: q.ProjectName}, Repository: api.SlugRef{Slug: q.Slug, Name: q.RepositoryName}, Branch: q.Branch,
		AddedDate: api.Date(q.Queued), StartedDate: api.Date(q.Started), FinishedDate: api.Date(q.Ended), Progress: q.Progress, Priority: int(q.Priority), RequestedBy: q.RequestedBy, Node: q.Owner,
		Commit: q.Commit, Error: q.Error, CancelRequested: q.CancelRequested, Incomplete: append([]string{}, q.Incomplete...), Warnings: append([]string{}, q.Warnings...),
		Link: "/projects/" + url.PathEscape(q.ProjectKey) + "/repos/" + url.PathEscape(q.Slug) + "/analysis?branch=" + url.QueryEscape(q.Branch),
	}
	if q.State == queue.Succeeded {
		w.Findings, w.Appeared, w.Vanished = &q.Findings, &q.Appeared, &q.Vanished
	}
	since := q.Queued
	if q.State == queue.Running {
		since = q.Started
	}
	if q.State <= queue.Running && !since.IsZero() {
		millis := max(0, s.Now().Sub(since).Milliseconds())
		w.SinceMillis = &millis
	}
	return w
}

type batchWire struct {
	BatchID      string         `json:"batchId"`
	Scope        string         `json:"scope"`
	Mode         string         `json:"mode"`
	RequestedBy  string         `json:"requestedBy"`
	CreatedDate  *string        `json:"createdDate"`
	FinishedDate *string        `json:"finishedDate"`
	Total        int            `json:"total"`
	Done         int            `json:"done"`
	Percent      int            `json:"percent"`
	Scheduled    int            `json:"scheduled"`
	Merged       int            `json:"merged"`
	States       map[string]int `json:"states"`
}

func (s *Resource) batch(c *api.Call, key string) (*api.Reply, error) {
	unknown := api.NotFound("there is no batch %q", key)
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, unknown
	}
	b, err := s.Queue.Batch(c.Context(), id)
	if errors.Is(err, db.ErrNotFound) || err == nil && b.RequestedBy != c.Account.Name && !c.May(access.Grantee) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	w := batchWire{
		BatchID: key, Scope: b.Scope, Mode: b.Mode, RequestedBy: b.RequestedBy, CreatedDate: api.Date(b.Created), FinishedDate: api.Date(b.Finished), Total: b.Total, Done: b.Done(),
		Percent: 100, Scheduled: b.Scheduled, Merged: b.Merged, States: map[string]int{},
	}
	if b.Total > 0 {
		w.Percent = 100 * w.Done / b.Total
	}
	for state, n := range b.States {
		w.States[state.String()] = n
	}
	return api.OK(w)
}
