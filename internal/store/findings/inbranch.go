package findings

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// InBranch is a finding of a branch, at the first of its places there that a filter selects.
type InBranch struct {
	Occurrence
	// Places is the number of its places in the branch that the filter selects.
	Places int
	// New is true if the base does not have the finding. Low is true if its severity is too low to count.
	New, Low bool
}

// BranchFilter selects findings of a branch. An empty field matches all.
type BranchFilter struct {
	// Base is the branch that has what is not new. With 0, or the branch itself, it is the branch's result before the last
	// one; without such a result nothing is new.
	Base int64

	Engine   scan.Engine
	Severity *scan.Severity
	// Rule is the id of a rule.
	Rule  string
	State *State
	// Path is a part of a path, and Author a part of the name or the address of the person who added the line; both in any
	// case. One place must match both.
	Path, Author string
	// New selects only findings that are new.
	New bool
	// Allowed includes places that the repository's files allow. Reviewed includes findings that people have decided about
	// so that they do not count.
	Allowed, Reviewed bool
}

// Facet counts findings that have all of this in common.
type Facet struct {
	Engine   scan.Engine
	Severity scan.Severity
	// Rule is the id of the rule, RuleName the name that people gave it.
	Rule, RuleName string
	State          State
	Count          int
}

// OfBranch lists the findings of a branch's last result: the highest severity first, then the newest.
func (s *Findings) OfBranch(ctx context.Context, branch int64, filter BranchFilter, page db.Page) ([]InBranch, error) {
	from, args := s.ofBranch(branch, &filter)
	if filter.Engine != "" {
		args = append(args, string(filter.Engine))
		from += fmt.Sprintf(" and f.engine = $%d", len(args))
	}
	if filter.Severity != nil {
		from += fmt.Sprintf(" and f.severity = %d", *filter.Severity)
	}
	if filter.Rule != "" {
		args = append(args, filter.Rule)
		from += fmt.Sprintf(" and f.rule = $%d", len(args))
	}
	if filter.State != nil {
		from += fmt.Sprintf(" and f.state = %d", *filter.State)
	}
	columns := append(occurrenceColumnsOf(s, func(i *InBranch) *Occurrence { return &i.Occurrence }), db.Columns[InBranch]{
		{SQL: "n.places", Into: func(i *InBranch) any { return &i.Places }},
		{SQL: newIn(branch, filter.Base), Into: func(i *InBranch) any { return &i.New }},
		{SQL: "not " + status.AboveFloor("f"), Into: func(i *InBranch) any { return &i.Low }},
	}...)
	// Few columns are sorted, and the others are read for a page of them.
	return columns.List(ctx, s.db.Read, fmt.Sprintf(`
		from (
			select o.finding_id, o.path, o.number, o.places%s
			order by f.severity desc, f.id desc
			limit %d offset %d) n
		join finding f on f.id = n.finding_id
		join occurrence o on o.branch_id = %d and o.finding_id = n.finding_id and o.path = n.path and o.number = n.number%s
		order by f.severity desc, f.id desc`, from, page.Limit, page.Start, branch, s.reviewOf()), args...)
}

var facetColumns = db.Columns[Facet]{
	{SQL: "f.engine", Into: func(c *Facet) any { return &c.Engine }},
	{SQL: "f.severity", Into: func(c *Facet) any { return &c.Severity }},
	{SQL: "f.rule", Into: func(c *Facet) any { return &c.Rule }},
	{SQL: "case when f.rule_name = '' then f.rule else f.rule_name end", Into: func(c *Facet) any { return &c.RuleName }},
	{SQL: "f.state", Into: func(c *Facet) any { return &c.State }},
	{SQL: "count(*)", Into: func(c *Facet) any { return &c.Count }},
}

// Facets counts the findings of a branch's last result by everything that a person chooses from a list. It leaves out the
// filter's Engine, Severity, Rule and State, so that the caller can count what another choice would show.
func (s *Findings) Facets(ctx context.Context, branch int64, filter BranchFilter) ([]Facet, error) {
	from, args := s.ofBranch(branch, &filter)
	return facetColumns.List(ctx, s.db.Read, from+`
		group by f.engine, f.severity, f.rule, f.rule_name, f.state
		order by f.engine, f.severity, f.rule, f.rule_name, f.state`, args...)
}

// ofBranch selects findings f, each with its review v and its first place o, by what a filter says beside the facts of a
// facet.
func (s *Findings) ofBranch(branch int64, filter *BranchFilter) (from string, args []any) {
	place := ""
	if !filter.Allowed {
		place += " and x.allowed = ''"
	}
	if filter.Path != "" {
		args = append(args, db.Like(filter.Path))
		place += " and " + s.db.Has("x.path", len(args))
	}
	if filter.Author != "" {
		args = append(args, db.Like(filter.Author))
		place += " and (" + s.db.Has("x.author", len(args)) + " or " + s.db.Has("x.author_email", len(args)) + ")"
	}
	from = fmt.Sprintf(`
		from (
			select x.finding_id, x.path, x.number, count(*) over (partition by x.finding_id) as places, row_number() over (partition by x.finding_id order by x.path, x.number) as place
			from occurrence x
			where x.branch_id = %d%s) o
		join finding f on f.id = o.finding_id%s
		where o.place = 1`, branch, place, s.reviewOf())
	if !filter.Reviewed {
		from += " and not " + s.decided()
	}
	if filter.New {
		from += " and " + newIn(branch, filter.Base)
	}
	return from, args
}

// newIn is the condition under which a finding f of a branch is new; see BranchFilter.Base.
func newIn(branch, base int64) string {
	if base != 0 && base != branch {
		return fmt.Sprintf("not exists (select 1 from occurrence y where y.finding_id = f.id and y.branch_id = %d)", base)
	}
	return fmt.Sprintf(`exists (
			select 1
			from branch z
			where z.id = %d and z.result > 1
				and not exists (select 1 from occurrence y where y.finding_id = f.id and y.branch_id = z.id and y.since_result < z.result)
				and not exists (select 1 from past_occurrence y where y.finding_id = f.id and y.branch_id = z.id and y.until_result = z.result))`, branch)
}
