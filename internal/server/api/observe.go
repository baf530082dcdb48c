package api

import (
	"net/http"
	"strings"
	"time"
)

// maxURL limits the address of a request, in bytes.
const maxURL = 8 << 10

// observed is an answer in progress. It records the status and the caller.
type observed struct {
	http.ResponseWriter
	status  int
	account string
}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// CalledBy notes who called, for the log.
func (o *observed) CalledBy(account string) { o.account = account }

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// observe logs and counts every request. It does not log queries, because they may contain text of a repository.
func (c *Core) observe(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		o := &observed{ResponseWriter: w}
		defer func() {
			took := time.Since(begun)
			if o.status == 0 {
				o.status = http.StatusOK
			}
			c.Count(r.Method, r.Pattern, o.status, took)
			c.Log.Info("request", "request", w.Header().Get("X-Request-Id"), "method", r.Method, "path", r.URL.Path, "status", o.status, "account", o.account, "ms", took.Milliseconds())
		}()
		if len(r.RequestURI) > maxURL {
			c.newExchange(o, r).fail(Failure(http.StatusRequestURITooLong, "RequestURITooLongException", "the address is too long"))
			return
		}
		c.route(mux, o, r)
	})
}

// route serves a request. It ignores slashes at the end of the path.
func (c *Core) route(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	if other := trimmed(r); other != nil && other.URL.Path != c.BasePath {
		if _, pattern := mux.Handler(r); pattern == "/" {
			mux.ServeHTTP(w, other)
			r.Pattern = other.Pattern
			return
		}
	}
	mux.ServeHTTP(w, r)
}

// trimmed returns a request without the slashes at the end of its path; nil if there are none.
func trimmed(r *http.Request) *http.Request {
	path := strings.TrimRight(r.URL.Path, "/")
	if path == "" || path == r.URL.Path {
		return nil
	}
	other := r.Clone(r.Context())
	other.URL.Path, other.URL.RawPath = path, strings.TrimRight(r.URL.RawPath, "/")
	return other
}
