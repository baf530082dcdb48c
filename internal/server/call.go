package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// call is one request, with who made it and what it speaks of.
type call struct {
	s *Server
	w http.ResponseWriter
	r *http.Request
	// id names the request in logs and answers.
	id string

	// account is nil for anonymous callers; grants and visible are its.
	account *accounts.Account
	// token is what the caller has signed in with, nil for a password.
	token *accounts.Token
	// claimed is the account whose password was given, empty for none; tried says how many were wrong and from where, empty for none.
	claimed, tried string
	grants         accounts.Grants
	visible        *scope.Visible
	// project and repository are those that the path names, nil for none.
	project    *catalog.Project
	repository *catalog.Repository

	// details is what a handler adds to the entry of the audit log; never a secret.
	details []string
	// recorded is set when the handler has written its own entry.
	recorded bool
}

func (c *call) context() context.Context { return c.r.Context() }

// reply is an answer: a body as JSON, or a stream.
type reply struct {
	status int
	body   any
	// stream writes the body itself, of contentType; nil for JSON.
	stream      func(w io.Writer) error
	contentType string
	// filename is what browsers save a stream as.
	filename string
}

// ok is an answer with a JSON body.
func ok(body any) (*reply, error) { return &reply{status: http.StatusOK, body: body}, nil }

// nothing is an answer without a body.
func nothing() (*reply, error) { return &reply{status: http.StatusNoContent}, nil }

// httpError is an answer that is no success. The message says what happened and what to do; exception is the name that
// Bitbucket's clients look for.
type httpError struct {
	status    int
	message   string
	exception string
}

func (e *httpError) Error() string { return e.message }

func badRequest(format string, args ...any) error {
	return &httpError{http.StatusBadRequest, fmt.Sprintf(format, args...), "ArgumentValidationException"}
}

func notFound(format string, args ...any) error {
	return &httpError{http.StatusNotFound, fmt.Sprintf(format, args...), "NoSuchResourceException"}
}

func conflict(format string, args ...any) error {
	return &httpError{http.StatusConflict, fmt.Sprintf(format, args...), "DuplicateException"}
}

func forbidden(format string, args ...any) error {
	return &httpError{http.StatusForbidden, fmt.Sprintf(format, args...), "AuthorisationException"}
}

// problems are several things that are wrong with a request, each with the field or the row that it is about.
type problems struct{ entries []errorEntry }

func (p *problems) Error() string { return "the request has several problems" }

// add adds a problem of a field.
func (p *problems) add(field, format string, args ...any) {
	p.entries = append(p.entries, errorEntry{&field, field + ": " + fmt.Sprintf(format, args...), "com.sluice.exception.ArgumentValidationException"})
}

// err is nil when there is no problem.
func (p *problems) err() error {
	if len(p.entries) == 0 {
		return nil
	}
	return p
}

// errorBody is Bitbucket's form of errors.
type errorBody struct {
	Errors []errorEntry `json:"errors"`
}

type errorEntry struct {
	Context       *string `json:"context"`
	Message       string  `json:"message"`
	ExceptionName string  `json:"exceptionName"`
}

// fail answers with an error. What is not meant for callers is logged and not shown.
func (c *call) fail(err error) {
	var several *problems
	if errors.As(err, &several) {
		c.json(http.StatusBadRequest, errorBody{several.entries})
		return
	}
	var known *httpError
	if !errors.As(err, &known) {
		if c.context().Err() != nil {
			return // nobody waits for it
		}
		c.s.log.Error("request failed", "request", c.id, "method", c.r.Method, "path", c.r.URL.Path, "error", err)
		known = c.trouble(err)
	}
	if known.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Basic realm="Sluice", charset="UTF-8"`)
	}
	c.json(known.status, errorBody{[]errorEntry{{Message: known.message, ExceptionName: "com.sluice.exception." + known.exception}}})
}

// retryAfter is when a client is to try again that the database did not answer, in seconds.
const retryAfter = 5

// trouble is what a caller learns of an error that is not his.
func (c *call) trouble(err error) *httpError {
	switch {
	case db.Full(err):
		return &httpError{
			http.StatusInsufficientStorage, "nothing was changed: the disk of the database is full; reading goes on, and changes do once somebody has made space there", "InsufficientStorageException",
		}
	case errors.Is(err, context.DeadlineExceeded):
		c.w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		return &httpError{http.StatusServiceUnavailable, "the answer took too long: wait as long as Retry-After says and try again", "ServiceUnavailableException"}
	case db.Unavailable(err):
		c.w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		return &httpError{http.StatusServiceUnavailable, "the database does not answer: wait as long as Retry-After says and try again", "ServiceUnavailableException"}
	}
	return &httpError{http.StatusInternalServerError, "something went wrong here; the server's log tells more under the request id " + c.id, "InternalServerException"}
}

func (c *call) json(status int, body any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// All bodies are of this package: each can be written as JSON.
	_ = encoder.Encode(body)
	if status == http.StatusOK && (c.r.Method == http.MethodGet || c.r.Method == http.MethodHead) && c.unchanged(text.Bytes()) {
		c.w.WriteHeader(http.StatusNotModified)
		return
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	// Whoever does not listen any more gets nothing.
	_, _ = c.w.Write(text.Bytes())
}

// unchanged names what the answer says, and reports whether the client has the same already. The name is a weak one, for the
// answer may be compressed (RFC 9110, section 8.8.1).
func (c *call) unchanged(text []byte) bool {
	sum := sha256.Sum256(text)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	c.w.Header().Set("ETag", tag)
	// Nobody else may keep it, and who keeps it asks each time.
	c.w.Header().Set("Cache-Control", "private, no-cache")
	for part := range strings.SplitSeq(c.r.Header.Get("If-None-Match"), ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// answer writes a reply.
func (c *call) answer(r *reply) {
	switch {
	case r.stream != nil:
		c.w.Header().Set("Content-Type", r.contentType)
		if r.filename != "" {
			c.w.Header().Set("Content-Disposition", `attachment; filename="`+r.filename+`"`)
		}
		c.w.WriteHeader(r.status)
		if c.r.Method == http.MethodHead {
			return
		}
		if err := r.stream(c.w); err != nil && c.context().Err() == nil {
			// The status is out: the connection is cut, so that half a file does not pass for a whole one.
			c.s.log.Error("answer broke off", "request", c.id, "path", c.r.URL.Path, "error", err)
			panic(http.ErrAbortHandler)
		}
	case r.body == nil:
		c.w.WriteHeader(r.status)
	default:
		c.json(r.status, r.body)
	}
}

const (
	defaultLimit = 25
	maxLimit     = 1000
	maxBody      = 1 << 20
)

// page reads start and limit. A limit that is too large is lowered.
func (c *call) page() (db.Page, error) {
	p := db.Page{Limit: defaultLimit}
	for _, f := range []struct {
		name string
		to   *int
		min  int
	}{{"start", &p.Start, 0}, {"limit", &p.Limit, 1}} {
		text := c.query(f.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < f.min {
			return p, badRequest("%s: %q is not a whole number of at least %d", f.name, text, f.min)
		}
		*f.to = n
	}
	p.Limit = min(p.Limit, maxLimit)
	return p, nil
}

// pageBody is Bitbucket's form of a page.
type pageBody struct {
	Size          int  `json:"size"`
	Limit         int  `json:"limit"`
	IsLastPage    bool `json:"isLastPage"`
	Values        any  `json:"values"`
	Start         int  `json:"start"`
	NextPageStart *int `json:"nextPageStart"`
}

// paged answers with a page of a list. It asks for one entry more than the page holds, to know whether there is a next one.
func paged[T, W any](c *call, list func(page db.Page) ([]T, error), wire func(*T) W) (*reply, error) {
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	rows, err := list(db.Page{Start: page.Start, Limit: page.Limit + 1})
	if err != nil {
		return nil, err
	}
	body := pageBody{Limit: page.Limit, Start: page.Start, IsLastPage: len(rows) <= page.Limit}
	if !body.IsLastPage {
		rows = rows[:page.Limit]
		next := page.Start + page.Limit
		body.NextPageStart = &next
	}
	values := make([]W, len(rows))
	for i := range rows {
		values[i] = wire(&rows[i])
	}
	body.Size, body.Values = len(values), values
	return ok(body)
}

// query gives a parameter of the query; "" when it is not there.
func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// flag reads a parameter that is true or false; anything else is an error.
func (c *call) flag(name string) (bool, error) {
	switch text := c.query(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, badRequest("%s: %q is neither true nor false", name, text)
	}
}
