package operations

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// AuditLog is the audit log.
type AuditLog interface {
	// List returns the entries that match a filter, newest first.
	List(ctx context.Context, filter audit.Filter, page db.Page) ([]audit.Event, error)
	// Check verifies the chain of hashes.
	Check(ctx context.Context) (*audit.ChainCheck, error)
}

// Audit serves the audit log.
type Audit struct{ Log AuditLog }

// Routes returns the routes of the resource.
func (s *Audit) Routes() []api.Route {
	filters := []api.Parameter{
		api.Optional("actor", "an account"), api.Optional("action", "a part of the action"), api.Optional("object", "a part of the object"),
		api.Optional("startDate", "only entries at or after this time (ISO 8601)"), api.Optional("endDate", "only entries before this time (ISO 8601)"),
	}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/audit", Name: "listAudit",
			Needs: access.Grantee, Scope: "settings",
			Summary: "List the entries of the audit log, newest first.",
			Query:   append(filters, api.PageParameters()...),
			Gives:   api.ReturnsPage(eventWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				filter := audit.Filter{Actor: strings.ToLower(c.Query("actor")), Action: c.Query("action"), Object: c.Query("object")}
				if err := c.Between(&filter.From, &filter.To); err != nil {
					return nil, err
				}
				return api.Paged(c, func(page db.Page) ([]audit.Event, error) { return s.Log.List(c.Context(), filter, page) }, eventBody)
			},
		},
		{
			Method: http.MethodGet, Path: "/audit/check", Name: "checkAudit",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Check that every entry of the audit log follows from the entry before it. This finds changed and deleted entries; note the head elsewhere to find a log that was replaced.",
			Gives:   api.Returns(checkWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				check, err := s.Log.Check(c.Context())
				if err != nil {
					return nil, err
				}
				return api.OK(checkBody(check))
			},
		},
	}
}

type checkWire struct {
	Entries   int    `json:"entries"`
	Unchained int    `json:"unchained" doc:"Entries from before the log had hashes."`
	Intact    bool   `json:"intact"`
	BrokenAt  *int64 `json:"brokenAt" doc:"The number of the first entry that does not follow from the one before; null when there is none."`
	Head      string `json:"head"`
	HeadSeq   int64  `json:"headNumber"`
}

func checkBody(c *audit.ChainCheck) checkWire {
	w := checkWire{Entries: c.Entries, Unchained: c.Unchained, Intact: c.BrokenAt == 0, Head: c.Head, HeadSeq: c.HeadSeq}
	if c.BrokenAt != 0 {
		w.BrokenAt = &c.BrokenAt
	}
	return w
}

type eventWire struct {
	ID     string  `json:"id"`
	Number int64   `json:"number" doc:"The entries count from 1."`
	Hash   string  `json:"hash" doc:"A hash of this entry and the entry before it."`
	Date   *string `json:"date"`
	Actor  string  `json:"actor"`
	Action string  `json:"action"`
	Object string  `json:"object"`
	Detail string  `json:"detail"`
}

func eventBody(e *audit.Event) eventWire {
	return eventWire{db.Key(e.ID), e.Seq, e.Hash, api.Date(e.At), e.Actor, e.Action, e.Object, e.Detail}
}
