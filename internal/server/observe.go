package server

import (
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxURL bounds the address of a request, in bytes.
const maxURL = 8 << 10

// observed is an answer on its way: its status is remembered, and its text is compressed for those who take that.
type observed struct {
	http.ResponseWriter
	status  int
	account string
	// compress is true when the client takes gzip; packed is set once the answer is found to be worth it.
	compress bool
	packed   *gzip.Writer
}

// packers are spare ones, for each has buffers of some hundred kilobytes.
var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a valid one
	return w
}}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
		o.choose()
	}
	o.ResponseWriter.WriteHeader(status)
}

// choose compresses whole answers of text. A stream of events is none: each of them has to arrive by itself.
func (o *observed) choose() {
	kind, _, _ := strings.Cut(o.Header().Get("Content-Type"), ";")
	switch kind {
	case "application/json", "text/csv", "text/html", "text/plain":
		o.Header().Add("Vary", "Accept-Encoding")
		if o.compress && o.status == http.StatusOK {
			o.Header().Set("Content-Encoding", "gzip")
			o.packed = packers.Get().(*gzip.Writer)
			o.packed.Reset(o.ResponseWriter)
		}
	}
}

func (o *observed) Write(p []byte) (int, error) {
	if o.status == 0 {
		o.WriteHeader(http.StatusOK)
	}
	if o.packed != nil {
		return o.packed.Write(p)
	}
	return o.ResponseWriter.Write(p)
}

// FlushError sends what was written so far.
func (o *observed) FlushError() error {
	if o.packed != nil {
		if err := o.packed.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(o.ResponseWriter).Flush()
}

// finish ends a compressed answer. One that broke off is not ended, so that half of it does not pass for a whole one.
func (o *observed) finish() {
	if o.packed != nil {
		// Whoever does not listen any more gets nothing.
		_ = o.packed.Close()
		packers.Put(o.packed)
		o.packed = nil
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// observe logs and counts every request. What stands in queries is not logged: it may be text of a repository.
func (s *Server) observe(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		o := &observed{ResponseWriter: w, compress: r.Method != http.MethodHead && takesGzip(r)}
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
		s.route(mux, o, r)
		o.finish()
	})
}

// route serves a request; one whose path ends with a slash too many, as the same without it.
func (s *Server) route(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	if other := trimmed(r); other != nil {
		if _, pattern := mux.Handler(r); pattern == "/" {
			mux.ServeHTTP(w, other)
			r.Pattern = other.Pattern
			return
		}
	}
	mux.ServeHTTP(w, r)
}

// takesGzip reports whether a client names gzip and does not give it the weight 0.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && strings.Trim(weight, "0") != "q=0."
		}
	}
	return false
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
