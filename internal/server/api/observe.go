package api

import (
	"compress/gzip"
	"io"
	"net/http"
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
func (c *Core) observe(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		o := &observed{ResponseWriter: w, compress: r.Method != http.MethodHead && takesGzip(r)}
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
		o.finish()
	})
}

// route serves a request; one whose path ends with a slash too many, as the same without it.
func (c *Core) route(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
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

// trimmed gives a request without the slashes at the end of its path, and nil for one that has none.
func trimmed(r *http.Request) *http.Request {
	path := strings.TrimRight(r.URL.Path, "/")
	if path == "" || path == r.URL.Path {
		return nil
	}
	other := r.Clone(r.Context())
	other.URL.Path, other.URL.RawPath = path, strings.TrimRight(r.URL.RawPath, "/")
	return other
}
