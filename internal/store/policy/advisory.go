package policy

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"
)

// advisorySetting is the prefix of the settings that hold, for each ecosystem, the time of the newest advisories that
// any node has seen.
const advisorySetting = "advisories."

// SeeAdvisories records the time of a node's advisories, by ecosystem. It reports whether the results of branches must
// be compared with newer advisories: some were known before, and no node had these. If several nodes see the same
// advisories, only one gets true.
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
				return fmt.Errorf("the setting %s is not a time", key)
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
