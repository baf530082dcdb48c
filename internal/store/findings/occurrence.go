package findings

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Occurrence is a finding at one place of a branch, with the decisions of people and files about it. It never contains
// the text itself.
type Occurrence struct {
	Finding
	// Number counts the occurrences of a finding in a path from 1.
	Number                                  int
	Line, StartColumn, EndLine, EndColumn   int
	Path, Excerpt, Commit, Archive, Allowed string
	// Related names other places that belong to the finding, for people; empty for none.
	Related string
	// Flow is the way of the data from its source to the finding, which is the last step; nil for a finding that is not about
	// a way, and if it is not known. Steps have no offsets, and their texts are masked.
	Flow []scan.Step
	// Origin is the commit that added the line; zero if not known.
	Origin Origin
	// ReviewedBy is the person who reviewed the text, and Reviewed the time; both are empty without a review.
	ReviewedBy string
	Reviewed   time.Time
}

// OccurrenceFilter selects occurrences.
type OccurrenceFilter struct {
	// Rule and Engine select one rule and one engine; empty matches all.
	Rule   string
	Engine scan.Engine
	// Result is the number of a result of the branch; 0 for the last one.
	Result int
	// Allowed includes occurrences that the repository's files allow. Reviewed includes those that people have reviewed.
	Allowed, Reviewed bool
}

// OccurrenceKey is where a page of occurrences ended. The zero value is before the first.
type OccurrenceKey struct {
	Finding int64
	Path    string
	Number  int
}

// Key returns the position of an occurrence in the order of Occurrences.
func (o *Occurrence) Key() OccurrenceKey { return OccurrenceKey{o.ID, o.Path, o.Number} }

// reviewOf joins the review v that applies to a finding f. A review of the repository comes before a global one.
func (s *Findings) reviewOf() string {
	return `
		left join review v on v.id = (
			select w.id
			from review w
			where ` + s.status.ReviewOf("w", "f") + `
			order by case when w.repository_id is null then 1 else 0 end, w.id
			limit 1)`
}

// decided is the condition under which people took a finding f, with its review v, out of the count.
func (s *Findings) decided() string { return "(v.id is not null or " + s.status.Triaged("f") + ")" }

// Occurrences returns the next occurrences of a branch after a key, at most limit, so that callers can read a list of
// any length in pages.
func (s *Findings) Occurrences(ctx context.Context, branch int64, filter OccurrenceFilter, after OccurrenceKey, limit int) ([]Occurrence, error) {
	args := []any{branch, after.Finding, after.Path, after.Number, limit}
	from, where := "occurrence", ""
	if filter.Result != 0 {
		args = append(args, filter.Result)
		from = `(
			select ` + sharedNames + `
			from occurrence
			where branch_id = $1 and since_result <= $6
			union all
			select ` + sharedNames + `
			from past_occurrence
			where branch_id = $1 and since_result <= $6 and until_result > $6)`
	}
	if !filter.Allowed {
		where += " and o.allowed = ''"
	}
	if !filter.Reviewed {
		where += " and not " + s.decided()
	}
	for _, f := range []struct{ condition, value string }{{"(f.rule = $%[1]d or lower(f.rule_name) = lower($%[1]d))", filter.Rule}, {"f.engine = $%d", string(filter.Engine)}} {
		if f.value != "" {
			args = append(args, f.value)
			where += fmt.Sprintf(" and "+f.condition, len(args))
		}
	}
	return s.occurrenceColumns().List(ctx, s.db.Read, `
		from `+from+` o
		join finding f on f.id = o.finding_id`+s.reviewOf()+`
		where o.branch_id = $1 and (o.finding_id, o.path, o.number) > ($2, $3, $4)`+where+`
		order by o.finding_id, o.path, o.number
		limit $5`, args...)
}

// occurrenceColumns are the columns of an occurrence o of a finding f with its review v.
func (s *Findings) occurrenceColumns() db.Columns[Occurrence] {
	return occurrenceColumnsOf(s, func(o *Occurrence) *Occurrence { return o })
}

// occurrenceColumnsOf are the columns of such an occurrence within a T.
func occurrenceColumnsOf[T any](s *Findings, of func(t *T) *Occurrence) db.Columns[T] {
	return append(findingColumns(func(t *T) *Finding { return &of(t).Finding }, s.decided()), db.Columns[T]{
		{SQL: "o.path", Into: func(t *T) any { return &of(t).Path }},
		{SQL: "o.number", Into: func(t *T) any { return &of(t).Number }},
		{SQL: "o.line", Into: func(t *T) any { return &of(t).Line }},
		{SQL: "o.start_column", Into: func(t *T) any { return &of(t).StartColumn }},
		{SQL: "o.end_line", Into: func(t *T) any { return &of(t).EndLine }},
		{SQL: "o.end_column", Into: func(t *T) any { return &of(t).EndColumn }},
		{SQL: "o.excerpt", Into: func(t *T) any { return &of(t).Excerpt }},
		{SQL: "o.commit_hash", Into: func(t *T) any { return &of(t).Commit }},
		{SQL: "o.archive", Into: func(t *T) any { return &of(t).Archive }},
		{SQL: "o.allowed", Into: func(t *T) any { return &of(t).Allowed }},
		{SQL: "o.related", Into: func(t *T) any { return &of(t).Related }},
		{SQL: "o.flow", Into: func(t *T) any { return flowInto(&of(t).Flow) }},
		{SQL: "o.origin_commit", Into: func(t *T) any { return &of(t).Origin.Commit }},
		{SQL: "o.author", Into: func(t *T) any { return &of(t).Origin.Author }},
		{SQL: "o.author_email", Into: func(t *T) any { return &of(t).Origin.Email }},
		{SQL: "o.origin_at", Into: func(t *T) any { return db.Time(&of(t).Origin.At) }},
		{SQL: "coalesce(v.reviewed_by, '')", Into: func(t *T) any { return &of(t).ReviewedBy }},
		{SQL: "v.reviewed_at", Into: func(t *T) any { return db.Time(&of(t).Reviewed) }},
	}...)
}

// ReportBranch is a branch whose findings belong to a report.
type ReportBranch struct {
	ID                 int64
	Name, Head, Commit string
	HeadAt, Scanned    time.Time
	// Incomplete lists what its result does not cover; nil if it covers everything.
	Incomplete []string
}

// ReportBranches returns the next branches of a repository after an id, at most limit, whose last result is at or after
// from and before to. A zero time is no limit.
func (s *Findings) ReportBranches(ctx context.Context, repository int64, from, to time.Time, after int64, limit int) ([]ReportBranch, error) {
	args := []any{repository, after, limit}
	where := ""
	for _, bound := range []struct {
		operator string
		t        time.Time
	}{{">=", from}, {"<", to}} {
		if !bound.t.IsZero() {
			args = append(args, db.CeilMillis(bound.t))
			where += fmt.Sprintf(" and b.scanned_at %s $%d", bound.operator, len(args))
		}
	}
	return reportColumns.List(ctx, s.db.Read, `
		from branch b
		left join scan x on x.id = b.scan_id
		where b.repository_id = $1 and b.id > $2 and b.removed_at is null and b.scan_id is not null`+where+`
			and (b.incomplete or exists (select 1 from occurrence o where o.branch_id = b.id))
		order by b.id
		limit $3`, args...)
}

// reportColumns are the columns of a branch b with the scan x of its last result.
var reportColumns = db.Columns[ReportBranch]{
	{SQL: "b.id", Into: func(r *ReportBranch) any { return &r.ID }},
	{SQL: "b.name", Into: func(r *ReportBranch) any { return &r.Name }},
	{SQL: "b.head", Into: func(r *ReportBranch) any { return &r.Head }},
	{SQL: "b.scanned_commit", Into: func(r *ReportBranch) any { return &r.Commit }},
	{SQL: "nullif(b.head_at, 0)", Into: func(r *ReportBranch) any { return db.Time(&r.HeadAt) }},
	{SQL: "b.scanned_at", Into: func(r *ReportBranch) any { return db.Time(&r.Scanned) }},
	{SQL: "coalesce(x.incomplete, '')", Into: func(r *ReportBranch) any { return db.Lines(&r.Incomplete) }},
}
