package findings

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// Finding is one problem of a repository, however many branches and places have it.
type Finding struct {
	ID, RepositoryID int64
	Fingerprint      string
	Engine           scan.Engine
	// Rule is the id of the rule, RuleName the name that people gave it.
	Rule, RuleName, Title                      string
	Severity                                   scan.Severity
	Package, Version, FixedVersion, Advisories string
	Link                                       string
	FirstSeen, LastSeen                        time.Time
	State                                      State
	Reason, Comment, Assignee                  string
	Expires                                    time.Time
	ChangedBy                                  string
	Changed                                    time.Time
	// Decided is true if people took the finding out of the count, by its state or by a review of its text.
	Decided bool
}

// findingColumns are the columns of a finding f within a T. decided is the condition under which people took the finding
// out of the count. Whether an acceptance has expired is a question for the database's clock, as everywhere.
func findingColumns[T any](of func(t *T) *Finding, decided string) db.Columns[T] {
	return db.Columns[T]{
		{SQL: "f.id", Into: func(t *T) any { return &of(t).ID }},
		{SQL: "f.repository_id", Into: func(t *T) any { return &of(t).RepositoryID }},
		{SQL: "f.fingerprint", Into: func(t *T) any { return &of(t).Fingerprint }},
		{SQL: "f.engine", Into: func(t *T) any { return &of(t).Engine }},
		{SQL: "f.rule", Into: func(t *T) any { return &of(t).Rule }},
		{SQL: "case when f.rule_name = '' then f.rule else f.rule_name end", Into: func(t *T) any { return &of(t).RuleName }},
		{SQL: "f.title", Into: func(t *T) any { return &of(t).Title }},
		{SQL: "f.severity", Into: func(t *T) any { return &of(t).Severity }},
		{SQL: "f.package", Into: func(t *T) any { return &of(t).Package }},
		{SQL: "f.version", Into: func(t *T) any { return &of(t).Version }},
		{SQL: "f.fixed_version", Into: func(t *T) any { return &of(t).FixedVersion }},
		{SQL: "f.advisories", Into: func(t *T) any { return &of(t).Advisories }},
		{SQL: "f.link", Into: func(t *T) any { return &of(t).Link }},
		{SQL: "f.first_seen", Into: func(t *T) any { return db.Time(&of(t).FirstSeen) }},
		{SQL: "f.last_seen", Into: func(t *T) any { return db.Time(&of(t).LastSeen) }},
		{SQL: "f.state", Into: func(t *T) any { return &of(t).State }},
		{SQL: "f.reason", Into: func(t *T) any { return &of(t).Reason }},
		{SQL: "f.comment", Into: func(t *T) any { return &of(t).Comment }},
		{SQL: "f.assignee", Into: func(t *T) any { return &of(t).Assignee }},
		{SQL: "f.expires_at", Into: func(t *T) any { return db.Time(&of(t).Expires) }},
		{SQL: "f.changed_by", Into: func(t *T) any { return &of(t).ChangedBy }},
		{SQL: "f.changed_at", Into: func(t *T) any { return db.Time(&of(t).Changed) }},
		{SQL: decided, Into: func(t *T) any { return &of(t).Decided }},
	}
}

// Get returns one finding; ErrNotFound if the caller may not see its repository.
func (s *Findings) Get(ctx context.Context, v *scope.Visible, id int64) (*Listed, error) {
	list, err := s.ByID(ctx, v, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

// ByID returns findings by their ids, in the order of the ids. It leaves out those of repositories that the caller may not
// see.
func (s *Findings) ByID(ctx context.Context, v *scope.Visible, ids []int64) ([]Listed, error) {
	return s.listed(ctx, `
			join repository q on q.id = x.repository_id
			where q.removed_at is null and `+db.In("x.id", ids)+` and `+v.Condition("q.id", "q.project_id"), "", `
		order by f.id`)
}

// RuleSeen returns the id of a rule that has findings in a repository. The name may be the id or the people's name, in
// any case. It returns ErrNotFound if there is no such rule.
func (s *Findings) RuleSeen(ctx context.Context, repository int64, name string) (id string, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select rule
		from finding
		where repository_id = $1 and lower($2) in (lower(rule), lower(rule_name))
		order by case when rule = $2 then 0 else 1 end, rule
		limit 1`, repository, name).Scan(&id)
	return id, db.Found(err)
}
