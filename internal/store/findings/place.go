package findings

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// Places lists where a finding is in a branch, by path and number, at most limit. It lists all places, also those that
// the repository's files allow; nil if the branch does not have the finding.
func (s *Findings) Places(ctx context.Context, finding, branch int64, limit int) ([]Occurrence, error) {
	return s.occurrenceColumns().List(ctx, s.db.Read, `
		from occurrence o
		join finding f on f.id = o.finding_id`+s.reviewOf()+`
		where o.finding_id = $1 and o.branch_id = $2
		order by o.path, o.number
		limit $3`, finding, branch, limit)
}

// Elsewhere is a branch that has a problem, of this repository or of another one.
type Elsewhere struct {
	ProjectKey, ProjectName, Slug, RepositoryName, Branch string
	// Finding is the problem in that repository, State what people decided about it there, and Places the number of its
	// places in the branch.
	Finding int64
	State   State
	Places  int
}

var elsewhereColumns = db.Columns[Elsewhere]{
	{SQL: "p.key", Into: func(e *Elsewhere) any { return &e.ProjectKey }},
	{SQL: "p.name", Into: func(e *Elsewhere) any { return &e.ProjectName }},
	{SQL: "r.slug", Into: func(e *Elsewhere) any { return &e.Slug }},
	{SQL: "r.name", Into: func(e *Elsewhere) any { return &e.RepositoryName }},
	{SQL: "b.name", Into: func(e *Elsewhere) any { return &e.Branch }},
	{SQL: "f.id", Into: func(e *Elsewhere) any { return &e.Finding }},
	{SQL: "f.state", Into: func(e *Elsewhere) any { return &e.State }},
	{SQL: "o.places", Into: func(e *Elsewhere) any { return &e.Places }},
}

// Elsewhere lists the branches with the fingerprint of a finding, in all repositories that the caller may read: those of
// the finding's own repository first, default branches before others, at most limit.
func (s *Findings) Elsewhere(ctx context.Context, v *scope.Visible, f *Finding, limit int) ([]Elsewhere, error) {
	return elsewhereColumns.List(ctx, s.db.Read, fmt.Sprintf(`
		from (
			select y.finding_id, y.branch_id, count(*) as places
			from finding x
			join occurrence y on y.finding_id = x.id
			where x.fingerprint = $1
			group by y.finding_id, y.branch_id) o
		join finding f on f.id = o.finding_id
		join branch b on b.id = o.branch_id
		join repository r on r.id = f.repository_id
		join project p on p.id = r.project_id
		where b.removed_at is null and r.removed_at is null and p.removed_at is null and %s
		order by case when r.id = %d then 0 else 1 end, p.key, r.slug, case when b.is_default then 0 else 1 end, b.name
		limit %d`, v.Condition("r.id", "r.project_id"), f.RepositoryID, limit), f.Fingerprint)
}

// SecretsIn lists where the secrets of a file are in a branch, as far as they touch lines from first to last. commit is
// empty for the scanned tree, else that of a finding of the history.
func (s *Findings) SecretsIn(ctx context.Context, branch int64, path, commit string, first, last int) ([]scan.Position, error) {
	return positionColumns.List(ctx, s.db.Read, `
		from occurrence o
		join finding f on f.id = o.finding_id
		where o.branch_id = $1 and o.path = $2 and o.commit_hash = $3 and o.archive = '' and o.line <= $5 and o.end_line >= $4 and (f.text_hash <> '' or f.engine = $6)
		order by o.line, o.start_column, o.end_line, o.end_column`,
		branch, path, commit, first, last, string(scan.EngineOfSecrets()))
}

var positionColumns = db.Columns[scan.Position]{
	{SQL: "o.line", Into: func(p *scan.Position) any { return &p.StartLine }},
	{SQL: "o.start_column", Into: func(p *scan.Position) any { return &p.StartColumn }},
	{SQL: "o.end_line", Into: func(p *scan.Position) any { return &p.EndLine }},
	{SQL: "o.end_column", Into: func(p *scan.Position) any { return &p.EndColumn }},
}
