package findings

import (
	"context"
	"database/sql"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// facts is what a detector says of a finding, without the decisions of people.
type facts struct {
	rule, ruleName, title                 string
	severity                              int
	text                                  string
	pkg, version, fixed, advisories, link string
}

// factsOf returns the facts as the store has them.
func factsOf(f *scan.Finding, name string, hash func(string) string) facts {
	x := facts{rule: f.RuleID, ruleName: db.ValidText(name), title: db.ValidText(f.Title), severity: int(f.Severity), link: f.Link}
	if !f.Secret.Empty() && hash != nil {
		x.text = hash(f.Secret.Reveal())
	}
	if d := f.Dependency; d != nil {
		x.pkg, x.version, x.fixed, x.advisories = db.ValidText(d.Package.Name), db.ValidText(d.Package.Version), d.Fix, strings.Join(d.IDs, " ")
	}
	return x
}

// savedFinding is a finding as it is in the store.
type savedFinding struct {
	id          int64
	fingerprint string
	facts
}

// factColumns are the columns of the facts within a T.
func factColumns[T any](of func(t *T) *facts) db.Columns[T] {
	return db.Columns[T]{
		{SQL: "rule", Into: func(t *T) any { return &of(t).rule }},
		{SQL: "rule_name", Into: func(t *T) any { return &of(t).ruleName }},
		{SQL: "title", Into: func(t *T) any { return &of(t).title }},
		{SQL: "severity", Into: func(t *T) any { return &of(t).severity }},
		{SQL: "text_hash", Into: func(t *T) any { return &of(t).text }},
		{SQL: "package", Into: func(t *T) any { return &of(t).pkg }},
		{SQL: "version", Into: func(t *T) any { return &of(t).version }},
		{SQL: "fixed_version", Into: func(t *T) any { return &of(t).fixed }},
		{SQL: "advisories", Into: func(t *T) any { return &of(t).advisories }},
		{SQL: "link", Into: func(t *T) any { return &of(t).link }},
	}
}

// factNames are the column names of the facts.
var factNames = factColumns(func(f *facts) *facts { return f }).SQL()

var savedColumns = append(db.Columns[savedFinding]{
	{SQL: "id", Into: func(f *savedFinding) any { return &f.id }},
	{SQL: "fingerprint", Into: func(f *savedFinding) any { return &f.fingerprint }},
}, factColumns(func(f *savedFinding) *facts { return &f.facts })...)

// findingsOf returns the findings of a branch by fingerprint.
func (s *Findings) findingsOf(ctx context.Context, q db.Querier, branch int64) (map[string]savedFinding, error) {
	saved := map[string]savedFinding{}
	return saved, savedColumns.Each(ctx, q, `
		from finding
		where id in (select finding_id from occurrence where branch_id = $1)`, []any{branch}, func(f *savedFinding) error {
		saved[f.fingerprint] = *f
		return nil
	})
}

// saveText is the SQL that saveFinding runs for every new finding, built once.
func saveText(d *db.DB) string {
	return terms.SQL(d, `
		insert into finding (id, repository_id, fingerprint, engine, `+factNames+`, first_seen, last_seen)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, :now, :now)
		on conflict (repository_id, fingerprint) do update set
			rule = excluded.rule,
			rule_name = excluded.rule_name,
			title = excluded.title,
			severity = excluded.severity,
			text_hash = excluded.text_hash,
			package = excluded.package,
			version = excluded.version,
			fixed_version = excluded.fixed_version,
			advisories = excluded.advisories,
			link = excluded.link,
			last_seen = excluded.last_seen
		returning id`)
}

// saveFinding stores a finding once per repository. Decisions of people about it stay.
func (s *Findings) saveFinding(ctx context.Context, tx *db.Prepared, repository int64, f *scan.Finding, x *facts) (id int64, err error) {
	statement, err := tx.Statement(ctx, s.saveText)
	if err != nil {
		return 0, err
	}
	err = statement.QueryRowContext(ctx, s.db.NextIDs(1), repository, f.Fingerprint, string(f.Engine), x.rule, x.ruleName, x.title, x.severity, x.text, x.pkg, x.version, x.fixed, x.advisories, x.link).Scan(&id)
	return id, err
}

// sawFindings records that findings still exist.
func (s *Findings) sawFindings(ctx context.Context, tx *sql.Tx, ids []int64) error {
	return db.Chunks(ids, db.ChunkSize, func(part []int64) error {
		_, err := tx.ExecContext(ctx, "update finding set last_seen = "+s.db.Clock+" where "+db.In("id", part))
		return err
	})
}
