package fault

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// RetryForm is how an answer tells the client when to retry.
type RetryForm int

// The forms of RetryForm.
const (
	RetrySeconds RetryForm = iota // Retry-After with seconds
	RetryDate                     // Retry-After with an HTTP date, which has whole seconds
	RetryNone                     // no Retry-After
)

// Throttle answers 429 without serving the request.
type Throttle struct {
	// After is the value of Retry-After, rounded down to seconds. The zero value means 0 seconds.
	After time.Duration
	Form  RetryForm
	// Reset, if positive, adds X-RateLimit-Reset with the seconds that remain.
	Reset time.Duration
	// Text answers in plain text instead of JSON.
	Text bool
	// Forbidden answers 403 with the throttle's message instead of 429.
	Forbidden bool
}

func (e Throttle) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	status := http.StatusTooManyRequests
	if e.Forbidden {
		status = http.StatusForbidden
	}
	a := x.Refuse(status, fakebitbucket.ThrottleText)
	if e.Text {
		a = text(status, fakebitbucket.ThrottleText)
	}
	switch e.Form {
	case RetrySeconds:
		a.Header.Set("Retry-After", strconv.Itoa(int(e.After.Seconds())))
	case RetryDate:
		a.Header.Set("Retry-After", x.Now().Add(e.After).UTC().Format(http.TimeFormat))
	}
	if e.Reset > 0 {
		a.Header.Set("X-RateLimit-Reset", strconv.Itoa(int(e.Reset.Seconds())))
	}
	return a
}

// Status answers with a status without serving the request. Without a Body it is an error in the product's form.
type Status struct {
	Code        int
	Body        string
	ContentType string // of Body; empty means application/json
	Header      http.Header
}

func (e Status) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	a := x.Refuse(e.Code, cmp.Or(http.StatusText(e.Code), "Error"))
	if e.Body != "" {
		a = fakebitbucket.NewAnswer(e.Code, cmp.Or(e.ContentType, "application/json"), []byte(e.Body))
	}
	for header, values := range e.Header {
		a.Header[http.CanonicalHeaderKey(header)] = values
	}
	return a
}

// Slow serves the request late: after Delay, when Until is closed, or never if both are zero. It does not serve the
// request at all if the client gives up before that; see Late for the opposite.
type Slow struct {
	Delay time.Duration
	Until <-chan struct{}
}

func (e Slow) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	var over <-chan time.Time
	if e.Delay > 0 {
		timer := time.NewTimer(e.Delay)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-x.HTTP().Context().Done():
		return fakebitbucket.Answer{Broken: x.HTTP().Context().Err()}
	case <-over:
	case <-e.Until:
	}
	return x.Serve()
}

// Reset resets the connection without serving the request.
type Reset struct{}

func (Reset) apply(*fakebitbucket.Exchange) fakebitbucket.Answer {
	return fakebitbucket.Answer{Broken: fakebitbucket.ErrReset}
}

// CutBody serves the request and breaks the connection in the middle of the answer's body.
type CutBody struct{}

func (CutBody) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	a := x.Serve()
	a.Cut = true
	if len(a.Body) == 0 {
		a.Broken = fakebitbucket.ErrReset
	}
	return a
}

// HTML answers with a page, as a captive portal (200) or a gateway (502) does, without serving the request.
type HTML struct {
	Code int // 0 means 200
}

func (e HTML) apply(*fakebitbucket.Exchange) fakebitbucket.Answer {
	status := cmp.Or(e.Code, http.StatusOK)
	return page(status, "<!doctype html><html><head><title>"+strconv.Itoa(status)+"</title></head><body><h1>Please sign in</h1></body></html>")
}

// Redirect answers 301 without serving the request.
type Redirect struct {
	To string // empty means the same URL with https
}

func (e Redirect) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	target := *x.HTTP().URL
	target.Scheme, target.Host = "https", cmp.Or(x.HTTP().URL.Host, x.HTTP().Host)
	a := empty(http.StatusMovedPermanently)
	a.Header.Set("Location", cmp.Or(e.To, target.String()))
	return a
}

// Vanish deletes the report in the path and then serves the request.
type Vanish struct{}

func (Vanish) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	x.DropReport()
	return x.Serve()
}

// RejectAnnotations answers 400 to every bulk or single annotation for which Match is true, and ignores all other
// requests. It simulates a service that rejects something its documentation does not mention.
type RejectAnnotations struct {
	Match func(fakebitbucket.Annotation) bool
}

// choose selects the requests with a rejected annotation.
func (e RejectAnnotations) choose(x *fakebitbucket.Exchange) Effect {
	for _, a := range x.Record().Annotations() {
		if e.Match(a) {
			return e
		}
	}
	return nil
}

func (e RejectAnnotations) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	return x.Reject("annotations", "The annotation cannot be processed.")
}

// EmptyBody serves the request and answers with its status (or Code, unless 0) and nothing else.
type EmptyBody struct {
	Code int
}

func (e EmptyBody) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	return empty(cmp.Or(e.Code, x.Serve().Status))
}

// MissingScopes answers 403 with the scopes in its detail, without serving the request.
type MissingScopes struct {
	Required, Granted []string
}

func (e MissingScopes) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	return x.LackScopes(e.Required, e.Granted)
}

// Hook calls Func and then serves the request: use it to let a second client in, to cancel a context or to kill a
// process. Func may call methods of the Server.
type Hook struct {
	Func func()
}

func (e Hook) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	e.Func()
	return x.Serve()
}

// Late serves the request first and applies the effect to its answer: the work is done, but the client does not learn of
// it.
type Late struct {
	Effect Effect
}

func (e Late) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	x.Serve()
	return e.Effect.apply(x)
}

func empty(status int) fakebitbucket.Answer { return fakebitbucket.NewAnswer(status, "", nil) }

func text(status int, words string) fakebitbucket.Answer {
	return fakebitbucket.NewAnswer(status, "text/plain; charset=utf-8", []byte(words))
}

func page(status int, html string) fakebitbucket.Answer {
	return fakebitbucket.NewAnswer(status, "text/html; charset=utf-8", []byte(html))
}
