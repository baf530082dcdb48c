package server

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
)

const (
	// auditTime bounds how long an entry may take: the caller may be gone, and the entry is written nevertheless.
	auditTime = 10 * time.Second
	// maxDetail bounds a value of a query in an entry, in bytes.
	maxDetail = 200
)

// audit writes down what a call has changed, or revealed. Of the request it holds who, which route, which object, and the
// parameters of the query that the route declares; never the body.
func (c *call) audit(r *route) {
	if c.recorded || (c.r.Method == http.MethodGet || c.r.Method == http.MethodHead) && !r.reveals {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.context()), auditTime)
	defer cancel()
	e := &store.Event{Action: r.method + " " + r.path, Object: c.object(r), Detail: c.detail(r)}
	if c.account != nil {
		e.Actor = c.account.Name
	}
	if err := c.s.store.Audit(ctx, e); err != nil {
		// The change is made: that nobody wrote it down must be seen.
		c.s.log.Error("audit entry lost", "request", c.id, "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// record writes down what a call does in words of its own, in place of the entry that audit writes. Unlike that, it can come
// before what it tells of: no text of a secret leaves that nobody has written down.
func (c *call) record(action, object, detail string) error {
	c.recorded = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.context()), auditTime)
	defer cancel()
	return c.s.store.Audit(ctx, &store.Event{Actor: c.account.Name, Action: action, Object: object, Detail: detail})
}

// object names what the call speaks of: the repository, the project, or else what the path names.
func (c *call) object(r *route) string {
	switch {
	case c.repository != nil:
		return c.repository.ProjectKey + "/" + c.repository.Slug
	case c.project != nil:
		return c.project.Key
	}
	var named []string
	for rest := r.path; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		name, behind, _ := strings.Cut(after, "}")
		named, rest = append(named, shortened(c.r.PathValue(strings.TrimSuffix(name, "...")))), behind
	}
	return strings.Join(named, " ")
}

func (c *call) detail(r *route) string {
	words := c.details
	query := c.r.URL.Query()
	for _, p := range r.query {
		for _, value := range query[p.name] {
			words = append(words, p.name+"="+shortened(value))
		}
	}
	return strings.Join(words, " ")
}

func shortened(text string) string {
	if len(text) > maxDetail {
		return strings.ToValidUTF8(text[:maxDetail], "") + "…"
	}
	return text
}

// note adds to the entry of the audit log that the call will get.
func (c *call) note(text string) { c.details = append(c.details, text) }

func (s *Server) auditRoutes() []route {
	return []route{{
		method: http.MethodGet, path: "/audit", needs: grantee, scope: "settings", summary: "Who changed what, the newest first.", query: pageParameters,
		handle: func(c *call) (*reply, error) {
			return paged(c, func(page store.Page) ([]store.Event, error) { return s.store.Events(c.context(), page) }, eventBody)
		},
	}}
}

type eventWire struct {
	ID     string  `json:"id"`
	Date   *string `json:"date"`
	Actor  string  `json:"actor"`
	Action string  `json:"action"`
	Object string  `json:"object"`
	Detail string  `json:"detail"`
}

func eventBody(e *store.Event) eventWire {
	return eventWire{store.ScanKey(e.ID), date(e.At), e.Actor, e.Action, e.Object, e.Detail}
}
