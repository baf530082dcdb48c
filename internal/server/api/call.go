package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Call is one request as the function of a route sees it: who calls, and which place the path names. It belongs to one goroutine.
type Call struct {
	// Caller is nil for a route that anyone may call.
	*access.Caller
	// Place holds the project and the repository that the path names.
	access.Place

	core *Core
	w    http.ResponseWriter
	r    *http.Request
	// id names the request in logs and answers.
	id string
	// details is what goes into the entry of the audit log; never a secret.
	details []string
	// recorded is set when no entry is to be written for the call: the route's function wrote its own, or there is nothing to tell.
	recorded bool
}

// Context ends when the caller leaves, or when a route that does not stream takes too long.
func (c *Call) Context() context.Context { return c.r.Context() }

// ID names the request in logs and answers.
func (c *Call) ID() string { return c.id }

// PathValue gives a variable of the path; "" when the path has none of that name.
func (c *Call) PathValue(name string) string { return c.r.PathValue(name) }

// Query gives a parameter of the query; "" when it is not there.
func (c *Call) Query(name string) string { return c.r.URL.Query().Get(name) }

// QueryAll gives all values of a parameter of the query.
func (c *Call) QueryAll(name string) []string { return c.r.URL.Query()[name] }

// Flag reads a parameter that is true or false, false when it is not there. Anything else is an error.
func (c *Call) Flag(name string) (bool, error) {
	switch text := c.Query(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, BadRequest("%s: %q is neither true nor false", name, text)
	}
}

// Between reads startDate and endDate. What is not given stays.
func (c *Call) Between(from, to *time.Time) error {
	for _, bound := range []struct {
		name string
		to   *time.Time
	}{{"startDate", from}, {"endDate", to}} {
		text := c.Query(bound.name)
		if text == "" {
			continue
		}
		// The plus of a zone is a blank in a query that was not escaped.
		t, err := ParseDate(strings.ReplaceAll(text, " ", "+"))
		if err != nil {
			return BadRequest("%s: %q is not a date such as 2024-09-07T00:01:12Z", bound.name, access.Shortened(text))
		}
		*bound.to = t
	}
	return nil
}

// IsHead reports whether the caller wants the headers alone.
func (c *Call) IsHead() bool { return c.r.Method == http.MethodHead }

// May reports whether the caller has a permission at the place of the call.
func (c *Call) May(p access.Permission) bool { return c.Caller.May(p, c.Place) }

// Need is nil when the caller has a permission at the place of the call, and otherwise says what is missing.
func (c *Call) Need(p access.Permission) error {
	if c.May(p) {
		return nil
	}
	return Forbidden("%s may not do this: it needs %s", c.Account.Name, p)
}

// Find finds a project, or a repository of it unless slug is empty. What the caller may not read does not exist.
func (c *Call) Find(key, slug string) (access.Place, error) {
	at, err := c.core.Places.Find(c.Context(), c.Visible, key, slug)
	return at, missing(err)
}

// Move makes a repository the place of the call, as the path of another route would.
func (c *Call) Move(key, slug string) (err error) {
	at, err := c.Find(key, slug)
	if err == nil {
		c.Place = at
	}
	return err
}

// missing turns the error for an unknown place into the answer for it.
func missing(err error) error {
	var unknown *access.UnknownPlaceError
	if errors.As(err, &unknown) {
		return NotFound("%v", unknown)
	}
	return err
}

// Branch finds the branch of the repository that a parameter of the query names, or the default branch when it is not there.
func (c *Call) Branch(parameter string) (*catalog.Branch, error) {
	name := c.Query(parameter)
	b, err := c.core.Branches.Branch(c.Context(), c.Repository.ID, name)
	if errors.Is(err, db.ErrNotFound) {
		if name == "" {
			return nil, NotFound("%s has no default branch", c.PlaceName())
		}
		return nil, NotFound("%s has no branch %q", c.PlaceName(), name)
	}
	return b, err
}

// Header is that of the answer.
func (c *Call) Header() http.Header { return c.w.Header() }

// Flush sends what a stream has written so far, and returns why nobody reads it any more.
func (c *Call) Flush() error {
	if err := http.NewResponseController(c.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return c.Context().Err()
}

// Unbounded lifts the server's time limit for answers, for a stream without an end.
func (c *Call) Unbounded() {
	// Where there is no limit to lift, nothing is lost.
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Time{})
}

// Note adds to the entry of the audit log that the call gets.
func (c *Call) Note(text string) { c.details = append(c.details, text) }

// Unrecorded says that the call gets no entry in the audit log.
func (c *Call) Unrecorded() { c.recorded = true }

// Record writes an entry into the audit log, in place of the one that the call would get. Unlike that one, it can come before what it tells
// of: no text of a secret leaves before the log has it.
func (c *Call) Record(action, object, detail string) error {
	c.recorded = true
	ctx, cancel := c.AuditContext()
	defer cancel()
	return c.core.Trail.Add(ctx, &audit.Event{Actor: c.Account.Name, Action: action, Object: object, Detail: detail})
}

// AuditContext is for writing the audit log: it outlives the caller, for a bounded time.
func (c *Call) AuditContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Context()), access.AuditTime)
}

// checkText refuses requests whose address or user could not be looked up in any database, before anybody tries.
func checkText(r *http.Request) error {
	bad := func(where string) error {
		return BadRequest("%s holds a NUL character, or bytes that are no UTF-8", where)
	}
	if !db.Plain(r.URL.Path) {
		return bad("the path")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return BadRequest("the query cannot be read: write what is special in it with percent signs")
	}
	for name, values := range query {
		for _, value := range values {
			if !db.Plain(name) || !db.Plain(value) {
				return bad("the query")
			}
		}
	}
	if user, password, ok := r.BasicAuth(); ok && (!db.Plain(user) || !db.Plain(password)) {
		return bad("the user or the password")
	}
	return nil
}
