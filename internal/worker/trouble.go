package worker

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// remindEvery is how often a lasting error is logged.
const remindEvery = time.Minute

// trouble logs a recurring error: when it begins, every minute, and when it is over.
type trouble struct {
	what, over string
	log        *slog.Logger
	logged     time.Time
}

// note records the result of an attempt; fine reports that there was no error.
func (t *trouble) note(err error, fine bool) {
	switch {
	case err == nil || fine:
		if !t.logged.IsZero() {
			t.logged = time.Time{}
			t.log.Info(t.over)
		}
	case t.logged.IsZero() || time.Since(t.logged) >= remindEvery:
		t.logged = time.Now()
		t.log.Error(t.what, "error", explained(err))
	}
}

// explained adds to the error of a full disk what to do, because the database's message does not say it.
func explained(err error) error {
	if db.Full(err) {
		return fmt.Errorf("the disk of the database is full; free space there: %w", err)
	}
	return err
}
