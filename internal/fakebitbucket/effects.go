package fakebitbucket

import (
	"net/http"
	"strconv"
	"time"
)

// RetryForm is how an answer tells the client when to retry.
type RetryForm int

// The forms.
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

func (e Throttle) apply(x *exchange) answer {
	status := http.StatusTooManyRequests
	if e.Forbidden {
		status = http.StatusForbidden
	}
	a := errorAnswer(x.call.route.dialect, status, throttleText)
	if e.Text {
		a = textAnswer(status, throttleText)
	}
	switch e.Form {
	case RetrySeconds:
		a.header.Set("Retry-After", strconv.Itoa(int(e.After.Seconds())))
	case RetryDate:
		a.header.Set("Retry-After", x.server.clock().Add(e.After).UTC().Format(http.TimeFormat))
	}
	if e.Reset > 0 {
		a.header.Set("X-RateLimit-Reset", strconv.Itoa(int(e.Reset.Seconds())))
	}
	return a
}

func (s *Server) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config.now()
}

// Status answers with a status without serving the request. Without a Body it is an error in the product's form.
type Status struct {
	Code        int
	Body        string
	ContentType string // of Body; empty means application/json
	Header      http.Header
}

func (e Status) apply(x *exchange) answer {
	a := errorAnswer(x.call.route.dialect, e.Code, orElse(http.StatusText(e.Code), "Error"))
	if e.Body != "" {
		a = newAnswer(e.Code, orElse(e.ContentType, "application/json"), []byte(e.Body))
	}
	for header, values := range e.Header {
		a.header[http.CanonicalHeaderKey(header)] = values
	}
	return a
}

// Slow serves the request late: after Delay, when Until is closed, or never if both are zero. It does not serve the
// request at all if the client gives up before that; see Late for the opposite.
type Slow struct {
	Delay time.Duration
	Until <-chan struct{}
}

func (e Slow) apply(x *exchange) answer {
	var over <-chan time.Time
	if e.Delay > 0 {
		timer := time.NewTimer(e.Delay)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-x.call.Context().Done():
		return answer{broken: x.call.Context().Err()}
	case <-over:
	case <-e.Until:
	}
	return x.next()
}

// Reset resets the connection without serving the request.
type Reset struct{}

func (Reset) apply(*exchange) answer { return answer{broken: errReset} }

// CutBody serves the request and breaks the connection in the middle of the answer's body.
type CutBody struct{}

func (CutBody) apply(x *exchange) answer {
	a := x.next()
	a.cut = true
	if len(a.body) == 0 {
		a.broken = errReset
	}
	return a
}

// HTML answers with a page, as a captive portal (200) or a gateway (502) does, without serving the request.
type HTML struct {
	Code int // 0 means 200
}

func (e HTML) apply(*exchange) answer {
	status := orElse(e.Code, http.StatusOK)
	return htmlAnswer(status, "<!doctype html><html><head><title>"+strconv.Itoa(status)+"</title></head><body><h1>Please sign in</h1></body></html>")
}

// Redirect answers 301 without serving the request.
type Redirect struct {
	To string // empty means the same URL with https
}

func (e Redirect) apply(x *exchange) answer {
	target := *x.call.URL
	target.Scheme, target.Host = "https", orElse(x.call.URL.Host, x.call.Host)
	a := emptyAnswer(http.StatusMovedPermanently)
	a.header.Set("Location", orElse(e.To, target.String()))
	return a
}

// Vanish deletes the report in the path and then serves the request.
type Vanish struct{}

func (Vanish) apply(x *exchange) answer {
	s, c := x.server, x.call
	s.mu.Lock()
	// If the call is refused, serving the request refuses it again.
	if _, ok := s.locate(c); ok {
		if _, key, ok := s.report(c); ok {
			delete(s.state.reports, key)
			s.note(key, EventVanish, c.record.Number)
		}
	}
	s.mu.Unlock()
	return x.next()
}

// RejectAnnotations answers 400 to every bulk or single annotation for which Match is true, and ignores all other
// requests. It simulates a service that rejects something its documentation does not mention.
type RejectAnnotations struct {
	Match func(Annotation) bool
}

// choose selects the requests with a rejected annotation.
func (e RejectAnnotations) choose(c *call) Effect {
	for _, a := range c.record.Annotations() {
		if e.Match(a) {
			return e
		}
	}
	return nil
}

func (e RejectAnnotations) apply(x *exchange) answer {
	const message = "The annotation cannot be processed."
	if x.call.route.dialect == DataCenter {
		return dataCenterError(http.StatusBadRequest, "annotations", message)
	}
	return badRequest(message)
}

// EmptyBody serves the request and answers with its status (or Code, unless 0) and nothing else.
type EmptyBody struct {
	Code int
}

func (e EmptyBody) apply(x *exchange) answer { return emptyAnswer(orElse(e.Code, x.next().status)) }

// MissingScopes answers 403 with the scopes in its detail, without serving the request.
type MissingScopes struct {
	Required, Granted []string
}

func (e MissingScopes) apply(*exchange) answer { return missingScopes(e.Required, e.Granted) }

// Hook calls Func and then serves the request: use it to let a second client in, to cancel a context or to kill a
// process. Func may call methods of the Server.
type Hook struct {
	Func func()
}

func (e Hook) apply(x *exchange) answer {
	e.Func()
	return x.next()
}

// Late serves the request first and applies the effect to its answer: the work is done, but the client does not learn of
// it.
type Late struct {
	Effect Effect
}

func (e Late) apply(x *exchange) answer {
	x.next()
	return e.Effect.apply(x)
}
