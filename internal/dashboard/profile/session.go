package profile

import (
	"errors"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// endSession ends one session of the caller, by its id.
func (s *Pages) endSession(v *page.Visit) error {
	id, ok := db.ParseKey(v.Request.PostForm.Get("session"))
	if !ok {
		return page.BadRequest("The form does not say which session.")
	}
	// One that has ended already is as the caller wants it.
	if err := v.EndSession(id); err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	return v.Done(v.Core.BasePath+path, "session-ended")
}

func (s *Pages) endOthers(v *page.Visit) error {
	if _, err := v.EndOtherSessions(); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+path, "sessions-ended")
}
