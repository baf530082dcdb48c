package server

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// queueRoutes show what runs and waits.
func (s *Server) queueRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/queue", name: "listQueue",
			needs: signedIn, scope: "read",
			summary: "List running scans, then waiting scans, of repositories that you may read.",
			query:   pageParameters,
			gives:   page(scanWire{}),
			handle: func(c *call) (*reply, error) {
				return paged(c, func(page db.Page) ([]queue.Item, error) {
					return s.store.Queue.List(c.context(), c.visible, page)
				}, c.scanBody)
			},
		},
		{
			method: http.MethodDelete, path: "/queue/{scanKey}", name: "cancelQueued",
			needs: signedIn, scope: "scan",
			summary: "Cancel a waiting or running scan. The person who asked for it may do so, and everyone who may write to the repository.",
			gives:   nothingBack(),
			handle:  func(c *call) (*reply, error) { return c.cancelScan(c.r.PathValue("scanKey")) },
		},
		{
			method: http.MethodGet, path: "/scans/{scanKey}", name: "getScan",
			needs: signedIn, scope: "read",
			summary: "Get one scan.",
			gives:   returns(scanWire{}),
			handle: func(c *call) (*reply, error) {
				q, err := c.scanOf(c.r.PathValue("scanKey"))
				if err != nil {
					return nil, err
				}
				return ok(c.scanBody(q))
			},
		},
		{
			method: http.MethodGet, path: "/batches/{batchId}", name: "getBatch",
			needs: signedIn, scope: "read",
			summary: "Get the progress of a batch: your own, or any batch for a grantee.",
			gives:   returns(batchWire{}),
			handle:  func(c *call) (*reply, error) { return c.batch(c.r.PathValue("batchId")) },
		},
		{
			method: http.MethodGet, path: "/events", name: "streamEvents",
			needs: signedIn, scope: "read",
			summary: "Stream server-sent events: \"queue\" after each change of the queue.",
			gives:   file(eventStream),
			handle:  func(c *call) (*reply, error) { return c.events() },
		},
	}
}

type scanWire struct {
	ScanKey         string      `json:"scanKey"`
	Text            string      `json:"text" doc:"Project / Repository : branch."`
	State           queue.State `json:"state"`
	Project         projectRef  `json:"project"`
	Repository      slugRef     `json:"repository"`
	Branch          string      `json:"branch"`
	SinceMillis     *int64      `json:"sinceMillis" doc:"How long it has been waiting or running."`
	AddedDate       *string     `json:"addedDate"`
	StartedDate     *string     `json:"startedDate"`
	FinishedDate    *string     `json:"finishedDate"`
	Progress        int         `json:"progress"`
	Priority        int         `json:"priority"`
	RequestedBy     string      `json:"requestedBy"`
	Node            string      `json:"node"`
	Commit          string      `json:"commit"`
	Error           string      `json:"error,omitempty"`
	CancelRequested bool        `json:"cancelRequested"`
	Incomplete      []string    `json:"incompleteReasons" doc:"What the scan did not look at in full."`
	Warnings        []string    `json:"warnings" doc:"Mistakes in the repository's own rules."`
	// Findings is what a scan with a result has found; Appeared and Vanished compare it with the branch's result before it.
	Findings *int   `json:"findingCount,omitempty"`
	Appeared *int   `json:"appearedCount,omitempty" doc:"Findings that the result before it did not have."`
	Vanished *int   `json:"vanishedCount,omitempty" doc:"Findings of the result before it that are gone."`
	Link     string `json:"link"`
}

type slugRef struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

func (c *call) scanBody(q *queue.Item) scanWire {
	w := scanWire{
		ScanKey: db.Key(q.ID), Text: q.String(), State: q.State, Project: projectRef{q.ProjectKey, q.ProjectName}, Repository: slugRef{q.Slug, q.RepositoryName}, Branch: q.Branch,
		AddedDate: date(q.Queued), StartedDate: date(q.Started), FinishedDate: date(q.Ended), Progress: q.Progress, Priority: int(q.Priority), RequestedBy: q.RequestedBy, Node: q.Owner,
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
		millis := max(0, c.s.options.Now().Sub(since).Milliseconds())
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

func (c *call) batch(key string) (*reply, error) {
	unknown := notFound("there is no batch %q", key)
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, unknown
	}
	b, err := c.s.store.Queue.Batch(c.context(), id)
	if errors.Is(err, db.ErrNotFound) || err == nil && b.RequestedBy != c.account.Name && !c.may(grantee) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	w := batchWire{
		BatchID: key, Scope: b.Scope, Mode: b.Mode, RequestedBy: b.RequestedBy, CreatedDate: date(b.Created), FinishedDate: date(b.Finished), Total: b.Total, Done: b.Done(),
		Percent: 100, Scheduled: b.Scheduled, Merged: b.Merged, States: map[string]int{},
	}
	if b.Total > 0 {
		w.Percent = 100 * w.Done / b.Total
	}
	for state, n := range b.States {
		w.States[state.String()] = n
	}
	return ok(w)
}

// The times of a stream of events.
const (
	pollEvery = time.Second
	// heartbeatEvery is how often a stream says something, so that proxies keep it open and a client that is gone is noticed.
	heartbeatEvery = 15 * time.Second
	// streamFor is how long a stream lasts: then the client connects anew, and what he may read is looked up again.
	streamFor  = 10 * time.Minute
	maxStreams = 500
)
