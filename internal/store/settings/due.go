package settings

import (
	"context"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// dueSetting is the prefix of the settings that record in which period something was last begun.
const dueSetting = "due."

// Due reports whether a task that runs once per period is due. It returns true to one caller per period, among all
// nodes. Periods start at 1970-01-01 UTC. If that caller fails, the task waits for the next period.
func (s *Settings) Due(ctx context.Context, what string, period time.Duration, now time.Time) (bool, error) {
	done, err := s.db.Write.ExecContext(ctx, `
		insert into setting (key, value)
		values ($1, $2)
		on conflict (key) do update set value = excluded.value
		where setting.value <> excluded.value`,
		dueSetting+what, strconv.FormatInt(now.Unix()/int64(period.Seconds()), 10))
	if err != nil {
		return false, err
	}
	n, err := db.Affected(done)
	return n == 1, err
}
