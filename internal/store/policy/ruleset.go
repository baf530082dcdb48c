package policy

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// RuleSet is what all scans run: the built-in rules that are on, and the added rules.
type RuleSet struct {
	// Rules are the added rules that run, by id.
	Rules []Rule
	// Disabled are the names of the built-in rules that are off.
	Disabled []string
	// RepositoryRules says whether a repository's soteri-security.yml counts.
	RepositoryRules bool
	// Hash is the first part of a scan's Config ([ConfigOf]). It changes whenever the rules change.
	Hash string
}

const (
	// engineVersion is part of every hash. Raise it when the built-in rules find so much more that every result is out of
	// date.
	engineVersion = 1
	// hashLength is the length of a hash of rules in hex digits.
	hashLength = 16
	// rulesSetting holds the hash of the current rules. It is empty until the rules change or a server starts for the first
	// time.
	rulesSetting = "rules.hash"
)

// EpochSetting counts the master keys that the database has had, from 0. It is part of the hash of the rules.
const EpochSetting = "rules.epoch"

// ConfigOf returns the Config of a scan: the hash of the rules, the hash of the repository's file of rules, the hash of
// the settings of all scans (16 hex digits each), and whatever else decides what is found.
func (r *RuleSet) ConfigOf(file, settings, more string) string {
	return r.Hash + "+" + file + "+" + settings + "+" + more
}

// settingsSetting holds the hash of the settings of all scans, as the server that started last has them.
const settingsSetting = "scan.hash"

// configDiffers is the condition under which a branch was scanned with other rules or settings. Its first argument is
// the hash of the rules. The second is the hash of the settings, empty if not known. The third says whether the files of
// repositories count.
const configDiffers = `(substr(scanned_config, 1, 16) <> $1 or $2 <> '' and substr(scanned_config, 35, 16) <> $2
	or $3 and substr(scanned_config, 18, 16) <> (select x.rules_file from repository x where x.id = branch.repository_id))`

// CompareRules marks the branches that match a condition on $4 and whose results come from other rules than the current
// ones. It does nothing while the current rules are not known.
func (s *Policy) CompareRules(ctx context.Context, tx *sql.Tx, condition string, id int64) error {
	hash, err := s.settings.SettingIn(ctx, tx, rulesSetting)
	if err != nil || hash == "" {
		return err
	}
	scanSettings, err := s.settings.SettingIn(ctx, tx, settingsSetting)
	if err != nil {
		return err
	}
	files, err := s.settings.ValueIn(ctx, tx, settings.RepositoryRules)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update branch set stale_config = "+configDiffers+" where "+condition, hash, scanSettings, files == "true", id)
	return err
}

// RuleSet returns the current rules.
func (s *Policy) RuleSet(ctx context.Context) (*RuleSet, error) { return s.ruleSet(ctx, s.db.Read) }

func (s *Policy) ruleSet(ctx context.Context, q db.Querier) (*RuleSet, error) {
	set := &RuleSet{}
	rules, err := s.rules(ctx, q)
	if err != nil {
		return nil, err
	}
	switches, err := s.builtinRules(ctx, q)
	if err != nil {
		return nil, err
	}
	repository, err := s.settings.SettingIn(ctx, q, settings.RepositoryRules.Name)
	if err != nil {
		return nil, err
	}
	set.RepositoryRules = repository == "true"
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "engine %d\nrepository %t\n", engineVersion, set.RepositoryRules) // a hash never fails
	epoch, err := s.settings.SettingIn(ctx, q, EpochSetting)
	if err != nil {
		return nil, err
	}
	if epoch != "" {
		_, _ = fmt.Fprintf(sum, "epoch %s\n", epoch)
	}
	for _, r := range rules {
		if r.Enabled {
			set.Rules = append(set.Rules, r)
			_, _ = fmt.Fprintf(sum, "rule %q %q\n", r.DetectorID, r.Regexp)
		}
	}
	for name, enabled := range switches {
		if !enabled {
			set.Disabled = append(set.Disabled, name)
		}
	}
	slices.Sort(set.Disabled)
	for _, name := range set.Disabled {
		_, _ = fmt.Fprintf(sum, "off %q\n", name)
	}
	set.Hash = hex.EncodeToString(sum.Sum(nil))[:hashLength]
	return set, nil
}

// ReviseRules compares the results of all branches with the current rules and the given hash of the settings of all
// scans. A server calls it at its start, because its version may have other rules than the one before.
func (s *Policy) ReviseRules(ctx context.Context, settings string) error {
	return s.ChangeRules(ctx, func(tx *sql.Tx) error { return s.settings.SetIn(ctx, tx, settingsSetting, settings) })
}

// ChangeRules runs a change of the rules and marks the branches whose results come from other rules, in one transaction.
func (s *Policy) ChangeRules(ctx context.Context, change func(tx *sql.Tx) error) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockPolicy(ctx, tx, true); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		return s.reviseRules(ctx, tx)
	})
}

// reviseRules updates the marks of all branches whose results come from other rules than the current ones.
func (s *Policy) reviseRules(ctx context.Context, tx *sql.Tx) error {
	set, err := s.ruleSet(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.settings.SetIn(ctx, tx, rulesSetting, set.Hash); err != nil {
		return err
	}
	settings, err := s.settings.SettingIn(ctx, tx, settingsSetting)
	if err != nil {
		return err
	}
	const where = `
		where scan_id is not null and stale_config <> ` + configDiffers
	touched, err := db.IDs(ctx, tx, `
		select distinct repository_id
		from branch`+where+`
		order by repository_id`, set.Hash, settings, set.RepositoryRules)
	if err != nil || len(touched) == 0 {
		return err
	}
	if err := db.Chunks(touched, db.ChunkSize, func(part []int64) error { return s.status.LockRepositories(ctx, tx, part) }); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "update branch set stale_config = "+configDiffers+where, set.Hash, settings, set.RepositoryRules); err != nil {
		return err
	}
	return s.status.RecountAll(ctx, tx, touched, false)
}
