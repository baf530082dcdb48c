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

// Call is one request as a route's function sees it: the caller, and the place that the path names. It belongs to one
// goroutine.
type Call struct {
	// Caller is nil for a route that anyone may call.
	*access.Caller
	// Place holds the project and the repository that the path names.
	access.Place

	core *Core
	w    http.ResponseWriter
	r    *http.Request
	// id identifies the request in logs and answers.
	id string
	// details go into the entry of the audit log. They never contain a secret.
	details []string
	// recorded is set if the call gets no further entry, because the route's function wrote its own or because nothing
	// happened.
	recorded bool
}

// Context ends when the client disconnects, or when a route that does not stream takes too long.
func (c *Call) Context() context.Context { return c.r.Context() }

// ID identifies the request in logs and answers.
func (c *Call) ID() string { return c.id }

// PathValue returns a variable of the path; "" if the path does not have it.
func (c *Call) PathValue(name string) string { return c.r.PathValue(name) }

// Query returns a parameter of the query; "" if it is missing.
func (c *Call) Query(name string) string { return c.r.URL.Query().Get(name) }

// QueryAll returns all values of a parameter of the query.
func (c *Call) QueryAll(name string) []string { return c.r.URL.Query()[name] }

// Flag reads a parameter that is true or false; a missing one is false. Anything else is an error.
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

// Between reads startDate and endDate. A missing parameter leaves the value unchanged.
func (c *Call) Between(from, to *time.Time) error {
	for _, bound := range []struct {
		name string
		to   *time.Time
	}{{"startDate", from}, {"endDate", to}} {
		text := c.Query(bound.name)
		if text == "" {
			continue
		}
		// The plus sign of a time zone becomes a space if the client does not escape it.
		t, err := db.ParseDate(strings.ReplaceAll(text, " ", "+"))
		if err != nil {
			return BadRequest("%s: %q is not a date such as 2024-09-07T00:01:12Z", bound.name, access.Shortened(text))
		}
		*bound.to = t
	}
	return nil
}

// IsHead reports whether the client wants only the headers.
func (c *Call) IsHead() bool { return c.r.Method == http.MethodHead }

// May reports whether the caller has a permission at the place of the call.
func (c *Call) May(p access.Permission) bool { return c.Caller.May(p, c.Place) }

// Need returns nil if the caller has a permission at the place of the call, and otherwise an error that says what is
// missing.
func (c *Call) Need(p access.Permission) error {
	if c.May(p) {
		return nil
	}
	return Forbidden("%s may not do this: it needs %s", c.Account.Name, p)
}

// Find finds a project, or one of its repositories if slug is set. What the caller may not read does not exist.
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

// missing converts the error for an unknown place to an answer.
func missing(err error) error {
	var unknown *access.UnknownPlaceError
	if errors.As(err, &unknown) {
		return NotFound("%v", unknown)
	}
	return err
}

// Branch finds the branch of the repository that a parameter of the query names; the default branch if the parameter is
// missing.
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

// Header returns the headers of the answer.
func (c *Call) Header() http.Header { return c.w.Header() }

// Flush sends what a stream has written so far. It returns an error if the client has disconnected.
func (c *Call) Flush() error {
	if err := http.NewResponseController(c.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return c.Context().Err()
}

// Unbounded removes the server's time limit for the answer, for an endless stream.
func (c *Call) Unbounded() {
	// An error means that there is no limit to remove.
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Time{})
}

// Note adds details to the call's entry in the audit log.
func (c *Call) Note(text string) { c.details = append(c.details, text) }

// Unrecorded says that the call gets no entry in the audit log.
func (c *Call) Unrecorded() { c.recorded = true }

// Record writes an entry to the audit log instead of the one that the call would get. It can be written before the event
// itself: the log must have an entry before the text of a secret leaves the server.
func (c *Call) Record(action, object, detail string) error {
	c.recorded = true
	ctx, cancel := c.AuditContext()
	defer cancel()
	return c.core.Trail.Add(ctx, &audit.Event{Actor: c.Account.Name, Action: action, Object: object, Detail: detail})
}

// AuditContext is the context for writes to the audit log. It outlives the client's connection, for a limited time.
func (c *Call) AuditContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Context()), access.AuditTime)
}

// checkText refuses requests whose address or user no database could look up.
func checkText(r *http.Request) error {
	bad := func(where string) error {
		return BadRequest("%s contains a NUL character or bytes that are not UTF-8", where)
	}
	if !db.Plain(r.URL.Path) {
		return bad("the path")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return BadRequest("the query cannot be read: write special characters as percent signs with hex digits")
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
