package operations

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/export"
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
			Query:   append(slices.Clone(filters), api.PageParameters()...),
			Gives:   api.ReturnsPage(eventWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				filter, err := auditFilter(c)
				if err != nil {
					return nil, err
				}
				return api.Paged(c, func(page db.Page) ([]audit.Event, error) { return s.Log.List(c.Context(), filter, page) }, eventBody)
			},
		},
		{
			Method: http.MethodGet, Path: "/audit/export", Name: "exportAudit",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Export the entries of the audit log as CSV, newest first.",
			Query:   filters,
			Gives:   api.ReturnsFile(api.CSVType),
			Handle:  s.export,
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

// auditFilter reads which entries the caller wants.
func auditFilter(c *api.Call) (f audit.Filter, err error) {
	f = audit.Filter{Actor: strings.ToLower(c.Query("actor")), Action: c.Query("action"), Object: c.Query("object")}
	return f, c.Between(&f.From, &f.To)
}

// export answers with the entries as CSV.
func (s *Audit) export(c *api.Call) (*api.Reply, error) {
	filter, err := auditFilter(c)
	if err != nil {
		return nil, err
	}
	if err := c.Record(export.ActionAuditExported, "", ""); err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.CSVType, Filename: export.AuditFile, Stream: func(w io.Writer) error {
		return export.WriteAudit(c.Context(), s.Log, filter, w, c.Flush)
	}}, nil
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
