package page

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Problem is a page that says what went wrong, and what to do.
type Problem struct {
	Status      int
	Title, Text string
	// Again is the path of the page that is worth another try; empty for none. Wait says when, in words; empty for now.
	Again, Wait string
	// AgainWord is on the link to Again; empty for one that loads the page again.
	AgainWord string
}

func (p *Problem) Error() string { return p.Title + ": " + p.Text }

// NotFound says that something does not exist.
func NotFound(text string) error {
	return &Problem{Status: http.StatusNotFound, Title: "Not found", Text: text}
}

// BadRequest says why the address or the form cannot be read.
func BadRequest(text string) error {
	return &Problem{Status: http.StatusBadRequest, Title: "This cannot be read", Text: text}
}

// forbidden says what the caller lacks.
func forbidden(needs access.Permission, instance bool) error {
	if instance {
		return &Problem{Status: http.StatusForbidden, Title: "Not permitted", Text: "This page shows the whole instance. It needs " + needs.String() + ". The projects that you may read are on a page of their own."}
	}
	return &Problem{Status: http.StatusForbidden, Title: "Not permitted", Text: "This needs " + needs.String() + ". Ask an administrator of this server for it."}
}

// signInAgain says that what somebody may see is not known any longer.
func (v *Visit) signInAgain(stale *access.StaleError) error {
	p := &Problem{
		Status: http.StatusServiceUnavailable, Title: "Sign in again",
		Text: "What " + stale.Title + " lets you see was asked too long ago, so nothing is shown. It is asked when you sign in.", Again: Address(v.Core.BasePath+"/sign-in/"+stale.Way, url.Values{"next": {v.Request.URL.RequestURI()}}), AgainWord: "Sign in",
	}
	if stale.Problem != "" {
		p.Text += " It could not be asked again: " + stale.Problem + "."
	}
	if v.sends() {
		p.Text += " Nothing was changed."
		p.Again = v.Core.BasePath + "/sign-in/" + stale.Way
	}
	return p
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
		return &Problem{Status: http.StatusNotFound, Title: "Not found", Text: "There is no such project, repository or branch, or you may not read it."}
	case errors.As(err, &wait):
		return v.busy(wait.Wait)
	}
	id := v.Writer.Header().Get("X-Request-Id")
	v.Core.Log.Error("page failed", "request", id, "method", v.Request.Method, "path", v.Request.URL.Path, "error", err)
	switch {
	case db.Full(err):
		return &Problem{Status: http.StatusInsufficientStorage, Title: "The disk is full", Text: "Nothing was changed. Pages can be read; scans and changes go on once somebody has made space on the disk of the database."}
	case errors.Is(err, context.DeadlineExceeded), db.Unavailable(err):
		RetryAfter(v.Writer, databaseWait)
		return v.again(&Problem{Status: http.StatusServiceUnavailable, Title: "The database does not answer", Text: "Nothing is lost.", Wait: waitWords(databaseWait)})
	}
	return &Problem{Status: http.StatusInternalServerError, Title: "Something went wrong here", Text: "The server's log tells more under the request " + id + "."}
}

// busy says that the account calls too often, and when it may call again.
func (v *Visit) busy(wait time.Duration) *Problem {
	RetryAfter(v.Writer, wait)
	return v.again(&Problem{
		Status: http.StatusTooManyRequests, Title: "Too many requests", Wait: waitWords(wait),
		Text: "Your account asks for more than this server gives to one account at once. Pages in other tabs count, and so do scripts that sign in as you.",
	})
}

// again offers another try. A form is not sent again by a link.
func (v *Visit) again(p *Problem) *Problem {
	if v.sends() {
		p.Text += " Nothing was changed: go back, and send the form again."
		return p
	}
	p.Again = v.Request.URL.RequestURI()
	return p
}

// waitWords says how long a wait is, rounded up.
func waitWords(d time.Duration) string {
	if d > 2*time.Minute {
		return figure.Count(int(math.Ceil(d.Minutes())), "minute", "minutes")
	}
	return figure.Count(max(1, int(math.Ceil(d.Seconds()))), "second", "seconds")
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
