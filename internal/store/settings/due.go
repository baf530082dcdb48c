package settings

import (
	"context"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// dueSetting begins the settings that hold when something was last begun, in its periods.
const dueSetting = "due."

// Due reports whether something that is done once a period is to be done now: to one caller a period, of all nodes. Periods begin
// at 1970-01-01, UTC. A caller that is told so and fails leaves it to the next period.
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
