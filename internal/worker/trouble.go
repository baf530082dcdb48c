package worker

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// remindEvery is how often a trouble that lasts is logged.
const remindEvery = time.Minute

// trouble logs an error that comes again and again: when it begins, every minute, and when it is over.
type trouble struct {
	what, over string
	log        *slog.Logger
	logged     time.Time
}

// note notes how an attempt ended; fine says that its error is none.
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

// explained adds to an error of a full disk what to do, which the database's own words do not tell.
func explained(err error) error {
	if db.Full(err) {
		return fmt.Errorf("the disk of the database is full; make space there: %w", err)
	}
	return err
}
