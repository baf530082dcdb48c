package server

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxURL bounds the address of a request, in bytes.
const maxURL = 8 << 10

// observed is an answer on its way, whose status is remembered.
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

func (o *observed) Write(p []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	return o.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// observe logs and counts every request. What stands in queries is not logged: it may be text of a repository.
func (s *Server) observe(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		o := &observed{ResponseWriter: w}
		defer func() {
			took := time.Since(begun)
			if o.status == 0 {
				o.status = http.StatusOK
			}
			s.metrics.count(r.Method, r.Pattern, o.status, took)
			s.log.Info("request", "request", w.Header().Get("X-Request-Id"), "method", r.Method, "path", r.URL.Path, "status", o.status, "account", o.account, "ms", took.Milliseconds())
		}()
		if len(r.RequestURI) > maxURL {
			s.newCall(o, r).fail(&httpError{http.StatusRequestURITooLong, "the address is too long", "RequestURITooLongException"})
			return
		}
		mux.ServeHTTP(o, r)
	})
}

// elsewhere answers what no route takes: 405 where another method would do, else 404.
func (c *call) elsewhere(mux *http.ServeMux) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := c.r.Clone(c.context())
		other.Method = method
		if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, method+" ") || method == http.MethodHead && slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		c.fail(&httpError{http.StatusNotFound, "there is nothing at this address; openapi.json lists what there is", "NoSuchResourceException"})
		return
	}
	c.w.Header().Set("Allow", strings.Join(allowed, ", "))
	c.fail(&httpError{http.StatusMethodNotAllowed, "this address takes " + strings.Join(allowed, ", ") + " only", "MethodNotAllowedException"})
}
