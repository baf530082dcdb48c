package api

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is an answer that is no success. The message says what happened and what to do. Exception is the name that Bitbucket's clients look
// for, without its package.
type Error struct {
	Status    int
	Exception string
	Message   string
}

func (e *Error) Error() string { return e.Message }

// Failure makes an Error. Use the functions below where one of them fits.
func Failure(status int, exception, format string, args ...any) error {
	return &Error{Status: status, Exception: exception, Message: fmt.Sprintf(format, args...)}
}

// BadRequest says what is wrong with a request.
func BadRequest(format string, args ...any) error {
	return Failure(http.StatusBadRequest, "ArgumentValidationException", format, args...)
}

// NotFound says what does not exist, or is not for this caller.
func NotFound(format string, args ...any) error {
	return Failure(http.StatusNotFound, "NoSuchResourceException", format, args...)
}

// Conflict says what stands in the way of a change.
func Conflict(format string, args ...any) error {
	return Failure(http.StatusConflict, "DuplicateException", format, args...)
}

// Forbidden says what the caller lacks.
func Forbidden(format string, args ...any) error {
	return Failure(http.StatusForbidden, "AuthorisationException", format, args...)
}

// Unavailable says what this server cannot do, now or as it is set up.
func Unavailable(format string, args ...any) error {
	return Failure(http.StatusServiceUnavailable, "ServiceUnavailableException", format, args...)
}

// Problems are several things that are wrong with a request, each with its field or row. The zero value has none.
type Problems struct{ Entries []ErrorEntry }

func (p *Problems) Error() string { return "the request has several problems" }

// Add adds a problem of a field.
func (p *Problems) Add(field, format string, args ...any) {
	p.Entries = append(p.Entries, ErrorEntry{&field, field + ": " + fmt.Sprintf(format, args...), exceptions + "ArgumentValidationException"})
}

// Err is nil when there is no problem.
func (p *Problems) Err() error {
	if len(p.Entries) == 0 {
		return nil
	}
	return p
}

// exceptions is the package of all exceptions.
const exceptions = "com.sluice.exception."

// ErrorBody is Bitbucket's form of errors.
type ErrorBody struct {
	Errors []ErrorEntry `json:"errors"`
}

// ErrorEntry is one error. Context is the field that it is about, nil for none.
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
