package page

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

// Problem is a page that says what went wrong, and what to do.
type Problem struct {
	Status      int
	Title, Text string
}

func (p *Problem) Error() string { return p.Title + ": " + p.Text }

// NotFound says that something does not exist.
func NotFound(text string) error {
	return &Problem{http.StatusNotFound, "Not found", text}
}

// BadRequest says why the address or the form cannot be read.
func BadRequest(text string) error {
	return &Problem{http.StatusBadRequest, "This cannot be read", text}
}

// forbidden says what the caller lacks.
func forbidden(needs access.Permission, instance bool) error {
	if instance {
		return &Problem{http.StatusForbidden, "Not permitted", "This page shows the whole instance. It needs " + needs.String() + ". The projects that you may read are on a page of their own."}
	}
	return &Problem{http.StatusForbidden, "Not permitted", "This needs " + needs.String() + ". Ask an administrator of this server for it."}
}

// databaseWait is when a browser is to try again after the database did not answer.
const databaseWait = 5 * time.Second

// RetryAfter tells a browser when to try again.
func RetryAfter(w http.ResponseWriter, d time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(d.Seconds())))))
}

// problemOf says an error to people. What they cannot mend goes to the log.
func (v *Visit) problemOf(err error) *Problem {
	var known *Problem
	var unknown *access.UnknownPlaceError
	var wait *access.WaitError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &unknown), errors.Is(err, db.ErrNotFound):
		return &Problem{http.StatusNotFound, "Not found", "There is no such project, repository or branch, or you may not read it."}
	case errors.As(err, &wait):
		RetryAfter(v.Writer, wait.Wait)
		return &Problem{http.StatusTooManyRequests, "Too many requests", "Your account calls too often. Wait a few seconds, then load the page again."}
	}
	id := v.Writer.Header().Get("X-Request-Id")
	v.Core.Log.Error("page failed", "request", id, "method", v.Request.Method, "path", v.Request.URL.Path, "error", err)
	switch {
	case db.Full(err):
		return &Problem{http.StatusInsufficientStorage, "The disk is full", "Nothing was changed. Pages can be read; scans and changes go on once somebody has made space on the disk of the database."}
	case errors.Is(err, context.DeadlineExceeded), db.Unavailable(err):
		RetryAfter(v.Writer, databaseWait)
		return &Problem{http.StatusServiceUnavailable, "The database does not answer", "Nothing is lost. Load the page again in a few seconds."}
	}
	return &Problem{http.StatusInternalServerError, "Something went wrong here", "The server's log tells more under the request " + id + "."}
}

// fail answers with the page of an error, or with nothing when nobody waits for it.
func (v *Visit) fail(err error) {
	if errors.Is(v.Ctx().Err(), context.Canceled) {
		return
	}
	p := v.problemOf(err)
	if err := v.Show(p.Status, problemPage, p.Title, p); err != nil {
		v.Core.Log.Error("page of an error failed", "path", v.Request.URL.Path, "error", err)
		http.Error(v.Writer, p.Title, p.Status)
	}
}
