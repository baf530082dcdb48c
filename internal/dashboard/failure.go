package dashboard

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// problem is a page that says what went wrong, and what to do.
type problem struct {
	Status      int
	Title, Text string
}

func (p *problem) Error() string { return p.Title + ": " + p.Text }

func notFound(text string) error {
	return &problem{http.StatusNotFound, "Not found", text}
}

func badRequest(text string) error {
	return &problem{http.StatusBadRequest, "This cannot be read", text}
}

// forbidden says what the caller lacks.
func forbidden(needs access.Permission, instance bool) error {
	if instance {
		return &problem{http.StatusForbidden, "Not permitted", "This page shows the whole instance. It needs " + needs.String() + ". The projects that you may read are on a page of their own."}
	}
	return &problem{http.StatusForbidden, "Not permitted", "This needs " + needs.String() + ". Ask an administrator of this server for it."}
}

// databaseWait is when a browser is to try again after the database did not answer.
const databaseWait = 5 * time.Second

func retryAfter(w http.ResponseWriter, d time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(d.Seconds())))))
}

// problemOf says an error to people. What they cannot mend goes to the log.
func (v *visit) problemOf(err error) *problem {
	var known *problem
	var unknown *access.UnknownPlaceError
	var wait *access.WaitError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &unknown), errors.Is(err, db.ErrNotFound):
		return &problem{http.StatusNotFound, "Not found", "There is no such project, repository or branch, or you may not read it."}
	case errors.As(err, &wait):
		retryAfter(v.w, wait.Wait)
		return &problem{http.StatusTooManyRequests, "Too many requests", "Your account calls too often. Wait a few seconds, then load the page again."}
	}
	id := v.w.Header().Get("X-Request-Id")
	v.d.Log.Error("page failed", "request", id, "method", v.r.Method, "path", v.r.URL.Path, "error", err)
	switch {
	case db.Full(err):
		return &problem{http.StatusInsufficientStorage, "The disk is full", "Nothing was changed. Pages can be read; scans and changes go on once somebody has made space on the disk of the database."}
	case errors.Is(err, context.DeadlineExceeded), db.Unavailable(err):
		retryAfter(v.w, databaseWait)
		return &problem{http.StatusServiceUnavailable, "The database does not answer", "Nothing is lost. Load the page again in a few seconds."}
	}
	return &problem{http.StatusInternalServerError, "Something went wrong here", "The server's log tells more under the request " + id + "."}
}

// fail answers with the page of an error, or with nothing when nobody waits for it.
func (v *visit) fail(err error) {
	if errors.Is(v.ctx().Err(), context.Canceled) {
		return
	}
	p := v.problemOf(err)
	if err := v.page(p.Status, "problem", p.Title, p); err != nil {
		v.d.Log.Error("page of an error failed", "path", v.r.URL.Path, "error", err)
		http.Error(v.w, p.Title, p.Status)
	}
}
