package findings

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Decision is what somebody decided about a finding.
type Decision struct {
	At                        time.Time
	By                        string
	State                     State
	Reason, Comment, Assignee string
	// Expires is when an acceptance ends; zero for never.
	Expires time.Time
}

var decisionColumns = db.Columns[Decision]{
	{SQL: "decided_at", Into: func(d *Decision) any { return db.Time(&d.At) }},
	{SQL: "decided_by", Into: func(d *Decision) any { return &d.By }},
	{SQL: "state", Into: func(d *Decision) any { return &d.State }},
	{SQL: "reason", Into: func(d *Decision) any { return &d.Reason }},
	{SQL: "comment", Into: func(d *Decision) any { return &d.Comment }},
	{SQL: "assignee", Into: func(d *Decision) any { return &d.Assignee }},
	{SQL: "expires_at", Into: func(d *Decision) any { return db.Time(&d.Expires) }},
}

// Decisions lists the decisions about a finding, newest first, at most limit.
func (s *Findings) Decisions(ctx context.Context, finding int64, limit int) ([]Decision, error) {
	return decisionColumns.List(ctx, s.db.Read, `
		from decision
		where finding_id = $1
		order by id desc
		limit $2`, finding, limit)
}
