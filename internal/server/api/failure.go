package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
)

// Error is an unsuccessful answer. The message says what happened and what to do. Exception is the name that Bitbucket's
// clients look for, without its package.
type Error struct {
	Status    int
	Exception string
	Message   string
}

func (e *Error) Error() string { return e.Message }

// Failure returns an Error. Prefer the functions below.
func Failure(status int, exception, format string, args ...any) error {
	return &Error{Status: status, Exception: exception, Message: fmt.Sprintf(format, args...)}
}

// BadRequest says what is wrong with a request.
func BadRequest(format string, args ...any) error {
	return Failure(http.StatusBadRequest, "ArgumentValidationException", format, args...)
}

// NotFound says what does not exist or is not visible to the caller.
func NotFound(format string, args ...any) error {
	return Failure(http.StatusNotFound, "NoSuchResourceException", format, args...)
}

// Conflict says what prevents a change.
func Conflict(format string, args ...any) error {
	return Failure(http.StatusConflict, "DuplicateException", format, args...)
}

// Forbidden says what the caller lacks.
func Forbidden(format string, args ...any) error {
	return Failure(http.StatusForbidden, "AuthorisationException", format, args...)
}

// Unavailable says what this server cannot do, now or with its configuration.
func Unavailable(format string, args ...any) error {
	return Failure(http.StatusServiceUnavailable, "ServiceUnavailableException", format, args...)
}

// Problems collects everything that is wrong with a request, each with its field or row. The zero value is empty.
type Problems struct{ Entries []ErrorEntry }

func (p *Problems) Error() string { return "the request has several problems" }

// Add adds a problem of a field.
func (p *Problems) Add(field, format string, args ...any) {
	p.Entries = append(p.Entries, ErrorEntry{&field, field + ": " + fmt.Sprintf(format, args...), exceptions + "ArgumentValidationException"})
}

// Refuse returns an error with the problems of fields; nil if there is none.
func Refuse(bad access.Problems) error {
	p := &Problems{}
	for _, x := range bad {
		p.Add(x.Field, "%v", x.Err)
	}
	return p.Err()
}

// Err returns nil if there is no problem.
func (p *Problems) Err() error {
	if len(p.Entries) == 0 {
		return nil
	}
	return p
}

// exceptions is the package name of all exceptions.
const exceptions = "com.sluice.exception."

// ErrorBody is Bitbucket's format for errors.
type ErrorBody struct {
	Errors []ErrorEntry `json:"errors"`
}

// ErrorEntry is one error. Context is the field that it concerns; nil for no field.
type ErrorEntry struct {
	Context       *string `json:"context"`
	Message       string  `json:"message"`
	ExceptionName string  `json:"exceptionName"`
}

// IsNotFound reports whether an error is the answer that something does not exist.
func IsNotFound(err error) bool {
	var known *Error
	return errors.As(err, &known) && known.Status == http.StatusNotFound
}
