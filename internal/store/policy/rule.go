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

// Rule is one that an administrator has added, for all repositories.
type Rule struct {
	// ID is a small number from 1 on.
	ID   int64
	Name string
	// DetectorID is what the detector calls it: upper-case words, unique among all rules.
	DetectorID string
	Regexp     string
	Enabled    bool
	// Blocking says whether the hook refuses a push because of it, or only warns.
	Blocking bool
	// ValidationError says why it could not run, or took too long, somewhere; it runs all the same, and the scans in which it does not
	// come through say so.
	ValidationError string
}

// Rules lists the rules that were added, by id.
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

// BuiltinRules gives the built-in rules that somebody has switched: whether each is on. All others are.
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

// lastRuleSetting holds the largest id that a rule has had: scripts that know a rule by its id must not meet another one.
const lastRuleSetting = "rules.last"

// AddRule adds a rule and returns its id, one more than the largest there ever was; ErrExists when its name or the detector's name
// for it is taken.
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

// EditRule changes a rule that edit is given, but for its id and names; ErrNotFound when there is none.
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

// FailRule writes down why a rule could not run, or took too long, by the detector's name for it. One that failed before keeps its
// reason until that is cleared.
func (s *Policy) FailRule(ctx context.Context, detectorID, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, `
		update rule set validation_error = $2
		where detector_id = $1 and validation_error = ''`, detectorID, db.ValidText(reason))
	return err
}

// RemoveRule removes a rule; ErrNotFound when there is none.
func (s *Policy) RemoveRule(ctx context.Context, id int64) error {
	return s.ChangeRules(ctx, func(tx *sql.Tx) error {
		// Also of rules that were added before this was kept.
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
