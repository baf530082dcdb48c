package settings

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// OfPlaces are the settings that a project or a repository may have for itself. The nearest one counts: that of the
// repository, else that of the project, else that of the instance.
var OfPlaces = []*Known{ScanOnPush, ScanOnPullRequest}

// AtRepository returns the value of a setting that counts for a repository, by its id.
func (s *Settings) AtRepository(ctx context.Context, q db.Querier, k *Known, repository int64) (string, error) {
	own := ""
	// The scope of a repository is longer than that of its project.
	err := db.Each(ctx, q, `
		select x.value
		from repository r
		join project p on p.id = r.project_id
		join place_setting x on x.scope = p.key or x.scope = p.key || '/' || r.slug
		where r.id = $1 and x.key = $2
		order by length(x.scope) desc
		limit 1`, []any{repository, k.Name}, func(row *sql.Rows) error { return row.Scan(&own) })
	if err != nil || own != "" && k.Check(own) == nil {
		return own, err
	}
	return s.ValueIn(ctx, q, k)
}

// OfPlace returns the settings that a place has for itself, by their names: those of a project by its key, or of a repository
// by key/slug.
func (s *Settings) OfPlace(ctx context.Context, place string) (map[string]string, error) {
	values := map[string]string{}
	return values, db.Each(ctx, s.db.Read, "select key, value from place_setting where scope = $1", []any{place}, func(row *sql.Rows) error {
		var key, value string
		err := row.Scan(&key, &value)
		values[key] = value
		return err
	})
}

// SetPlace gives a place a setting for itself; an empty value takes it away. The value must be valid.
func (s *Settings) SetPlace(ctx context.Context, place string, k *Known, value string) error {
	statement, args := "delete from place_setting where scope = $1 and key = $2", []any{place, k.Name}
	if value != "" {
		statement, args = `
			insert into place_setting (scope, key, value)
			values ($1, $2, $3)
			on conflict (scope, key) do update set value = excluded.value`, append(args, value)
	}
	_, err := s.db.Write.ExecContext(ctx, statement, args...)
	return err
}

// AtPlace returns the value of a setting that counts for a project, or for one of its repositories if slug is set.
func (s *Settings) AtPlace(ctx context.Context, k *Known, projectKey, slug string) (string, error) {
	places := []string{projectKey}
	if slug != "" {
		places = []string{projectKey + "/" + slug, projectKey}
	}
	for _, place := range places {
		own, err := s.OfPlace(ctx, place)
		if value := own[k.Name]; err != nil || value != "" && k.Check(value) == nil {
			return value, err
		}
	}
	return s.Value(ctx, k)
}
