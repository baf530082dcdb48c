package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// retryAfter is the number of seconds after which a client should retry when the database did not answer.
const retryAfter = 5

// fail answers with an error. An error that is not meant for callers is logged.
func (x *exchange) fail(err error) {
	var several *Problems
	if errors.As(err, &several) {
		x.json(http.StatusBadRequest, ErrorBody{several.Entries})
		return
	}
	var known *Error
	if !errors.As(err, &known) {
		if x.Context().Err() != nil {
			return // nobody waits for the answer
		}
		x.core.Log.Error("request failed", "request", x.id, "method", x.r.Method, "path", x.r.URL.Path, "error", err)
		known = x.trouble(err)
	}
	if known.Status == http.StatusUnauthorized {
		x.Header().Set("WWW-Authenticate", `Basic realm="Sluice", charset="UTF-8"`)
	}
	x.json(known.Status, ErrorBody{[]ErrorEntry{{Message: known.Message, ExceptionName: exceptions + known.Exception}}})
}

// trouble converts an error that the caller did not cause to an answer.
func (x *exchange) trouble(err error) *Error {
	switch {
	case db.Full(err):
		return &Error{
			http.StatusInsufficientStorage, "InsufficientStorageException", "nothing was changed: the disk of the database is full; reading works, and changes will work once somebody has freed space there",
		}
	case errors.Is(err, context.DeadlineExceeded):
		x.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		return &Error{http.StatusServiceUnavailable, "ServiceUnavailableException", "the answer took too long: retry after the time in Retry-After"}
	case db.Unavailable(err):
		return x.Silent()
	}
	return &Error{http.StatusInternalServerError, "InternalServerException", "internal error; the server's log has details under the request id " + x.id}
}

// Silent is the answer while the database does not answer.
func (c *Call) Silent() *Error {
	c.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	return &Error{http.StatusServiceUnavailable, "ServiceUnavailableException", "the database does not answer: retry after the time in Retry-After"}
}

// json answers with a body.
func (x *exchange) json(status int, body any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// All bodies have our own types, which always marshal.
	_ = encoder.Encode(body)
	if status == http.StatusOK && (x.r.Method == http.MethodGet || x.IsHead()) && x.unchanged(text.Bytes()) {
		x.w.WriteHeader(http.StatusNotModified)
		return
	}
	x.Header().Set("Content-Type", JSONType)
	x.w.WriteHeader(status)
	// The error means that the client has disconnected.
	_, _ = x.w.Write(text.Bytes())
}

// unchanged sets the ETag of an answer, and reports whether the client already has the same answer. The tag is weak,
// because the answer may be compressed (RFC 9110, section 8.8.1).
func (x *exchange) unchanged(text []byte) bool {
	sum := sha256.Sum256(text)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	x.Header().Set("ETag", tag)
	// Only the client may cache the answer, and it must revalidate each time.
	x.Header().Set("Cache-Control", "private, no-cache")
	for part := range strings.SplitSeq(x.r.Header.Get("If-None-Match"), ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// answer writes a reply.
func (x *exchange) answer(r *Reply) {
	switch {
	case r.Stream != nil:
		x.Header().Set("Content-Type", r.ContentType)
		if r.Filename != "" {
			x.Header().Set("Content-Disposition", `attachment; filename="`+r.Filename+`"`)
		}
		x.w.WriteHeader(r.Status)
		if x.IsHead() {
			return
		}
		if err := r.Stream(x.w); err != nil && x.Context().Err() == nil {
			// The status has been sent. Close the connection, so that half a file does not look complete.
			x.core.Log.Error("answer interrupted", "request", x.id, "path", x.r.URL.Path, "error", err)
			panic(http.ErrAbortHandler)
		}
	case r.Body == nil:
		x.w.WriteHeader(r.Status)
	default:
		x.json(r.Status, r.Body)
	}
}

// isPage reports whether a path is one of pages: below the base path, and not of the API.
func (c *Core) isPage(path string) bool {
	path, below := strings.CutPrefix(path, c.BasePath)
	return below && !strings.HasPrefix(path+"/", "/rest/") && (path == "" || path[0] == '/')
}

// elsewhere answers a request without a route: 405 if the path has another method, else 404.
func (x *exchange) elsewhere(mux *http.ServeMux) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := x.r.Clone(x.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, method+" ") || method == http.MethodHead && slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 && x.core.Pages != nil && x.core.isPage(x.r.URL.Path) {
		x.core.Pages.ServeHTTP(x.w, x.r)
		return
	}
	if len(allowed) == 0 {
		x.fail(NotFound("there is nothing at this address; openapi.json lists what there is"))
		return
	}
	x.Header().Set("Allow", strings.Join(allowed, ", "))
	x.fail(Failure(http.StatusMethodNotAllowed, "MethodNotAllowedException", "this address takes %s only", strings.Join(allowed, ", ")))
}
