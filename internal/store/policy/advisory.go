package policy

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"
)

// advisorySetting begins the setting that holds of when the newest advisories of an ecosystem are that anybody has seen.
const advisorySetting = "advisories."

// SeeAdvisories takes down of when the advisories are that a node has, by ecosystem, and reports whether results of branches are
// to be compared with newer ones: some were known before, and nobody had these. Of nodes that see the same, one is told so.
func (s *Policy) SeeAdvisories(ctx context.Context, modified map[string]time.Time) (newer bool, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		newer = false
		if err := s.status.LockPolicy(ctx, tx, true); err != nil {
			return err
		}
		for ecosystem, when := range modified {
			key := advisorySetting + ecosystem
			text, err := s.settings.SettingIn(ctx, tx, key)
			if err != nil {
				return err
			}
			before, err := strconv.ParseInt(text, 10, 64)
			if text != "" && err != nil {
				return fmt.Errorf("the setting %s is no time", key)
			}
			if when.UnixMilli() <= before {
				continue
			}
			newer = newer || text != ""
			if err := s.settings.SetIn(ctx, tx, key, strconv.FormatInt(when.UnixMilli(), 10)); err != nil {
				return err
			}
		}
		return nil
	})
	return newer, err
}
