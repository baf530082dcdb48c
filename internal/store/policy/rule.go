package policy

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Rule is a rule that an administrator added for all repositories.
type Rule struct {
	// ID is a small number that starts at 1.
	ID   int64
	Name string
	// DetectorID is the detector's name for the rule: upper-case words, unique among all rules.
	DetectorID string
	Regexp     string
	Enabled    bool
	// Blocking says whether the hook refuses a push because of the rule; otherwise it only warns.
	Blocking bool
	// ValidationError says why the rule failed or took too long somewhere. The rule keeps running, and scans in which it
	// does not finish say so.
	ValidationError string
}

// Rules lists the added rules by id.
func (s *Policy) Rules(ctx context.Context) ([]Rule, error) { return s.rules(ctx, s.db.Read) }

func (s *Policy) rules(ctx context.Context, q db.Querier) ([]Rule, error) {
	var list []Rule
	err := db.Each(ctx, q, `
		select id, name, detector_id, regexp, enabled, blocking, validation_error
		from rule
		order by id`, nil, func(row *sql.Rows) error {
		var r Rule
		err := row.Scan(&r.ID, &r.Name, &r.DetectorID, &r.Regexp, &r.Enabled, &r.Blocking, &r.ValidationError)
		list = append(list, r)
		return err
	})
	return list, err
}

// BuiltinRules returns the built-in rules that somebody has switched on or off. All others are on.
func (s *Policy) BuiltinRules(ctx context.Context) (map[string]bool, error) {
	return s.builtinRules(ctx, s.db.Read)
}

func (s *Policy) builtinRules(ctx context.Context, q db.Querier) (map[string]bool, error) {
	switches := map[string]bool{}
	err := db.Each(ctx, q, "select name, enabled from builtin_rule", nil, func(row *sql.Rows) error {
		var name string
		var enabled bool
		err := row.Scan(&name, &enabled)
		switches[name] = enabled
		return err
	})
	return switches, err
}

// lastRuleSetting holds the largest id that a rule ever had. Ids are not reused, because scripts refer to rules by id.
const lastRuleSetting = "rules.last"

// AddRule adds a rule and returns its id, one more than the largest ever used. It returns ErrExists if its name or its
// DetectorID is taken.
func (s *Policy) AddRule(ctx context.Context, r *Rule) (id int64, err error) {
	err = s.ChangeRules(ctx, func(tx *sql.Tx) error {
		taken := 0
		if err := tx.QueryRowContext(ctx, "select count(*) from rule where lower(name) = $1 or detector_id = $2", strings.ToLower(r.Name), r.DetectorID).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return db.ErrExists
		}
		if err := tx.QueryRowContext(ctx, "select coalesce(max(id), 0) + 1 from rule").Scan(&id); err != nil {
			return err
		}
		last, err := s.settings.SettingIn(ctx, tx, lastRuleSetting)
		if err != nil {
			return err
		}
		if n, err := strconv.ParseInt(last, 10, 64); err == nil {
			id = max(id, n+1)
		}
		if err := s.settings.SetIn(ctx, tx, lastRuleSetting, strconv.FormatInt(id, 10)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			insert into rule (id, name, detector_id, regexp, enabled, blocking)
			values ($1, $2, $3, $4, $5, $6)`, id, r.Name, r.DetectorID, r.Regexp, r.Enabled, r.Blocking)
		return err
	})
	return id, err
}

// EditRule lets edit change a rule, except for its id and names; ErrNotFound if the rule does not exist.
func (s *Policy) EditRule(ctx context.Context, id int64, edit func(r *Rule) error) error {
	return s.ChangeRules(ctx, func(tx *sql.Tx) error {
		rules, err := s.rules(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
		if i < 0 {
			return db.ErrNotFound
		}
		r := rules[i]
		if err := edit(&r); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update rule set
				regexp = $2,
				enabled = $3,
				blocking = $4,
				validation_error = $5
			where id = $1`, id, r.Regexp, r.Enabled, r.Blocking, db.ValidText(r.ValidationError))
		return err
	})
}

// FailRule records why a rule failed or took too long, by its DetectorID. An earlier reason stays until somebody clears
// it.
func (s *Policy) FailRule(ctx context.Context, detectorID, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, `
		update rule set validation_error = $2
		where detector_id = $1 and validation_error = ''`, detectorID, db.ValidText(reason))
	return err
}

// RemoveRule removes a rule; ErrNotFound if it does not exist.
func (s *Policy) RemoveRule(ctx context.Context, id int64) error {
	return s.ChangeRules(ctx, func(tx *sql.Tx) error {
		// The setting does not know rules that were added before it existed.
		largest := int64(0)
		if err := tx.QueryRowContext(ctx, "select coalesce(max(id), 0) from rule").Scan(&largest); err != nil {
			return err
		}
		last, err := s.settings.SettingIn(ctx, tx, lastRuleSetting)
		if err != nil {
			return err
		}
		if n, err := strconv.ParseInt(last, 10, 64); err != nil || n < largest {
			if err := s.settings.SetIn(ctx, tx, lastRuleSetting, strconv.FormatInt(largest, 10)); err != nil {
				return err
			}
		}
		done, err := tx.ExecContext(ctx, "delete from rule where id = $1", id)
		if err != nil {
			return err
		}
		if n, err := db.Affected(done); err != nil || n == 0 {
			return errors.Join(err, db.ErrNotFound)
		}
		return nil
	})
}

// SwitchBuiltin switches built-in rules on or off.
func (s *Policy) SwitchBuiltin(ctx context.Context, names []string, enabled bool) error {
	return s.ChangeRules(ctx, func(tx *sql.Tx) error {
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, `
				insert into builtin_rule (name, enabled)
				values ($1, $2)
				on conflict (name) do update set enabled = excluded.enabled`, name, enabled); err != nil {
				return err
			}
		}
		return nil
	})
}
