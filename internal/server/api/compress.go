package api

import (
	"compress/gzip"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressible are the media types whose answers are compressed. Events are missing on purpose: each of them must arrive by itself.
var compressible = []string{"application/json", "text/css", "text/csv", "text/html", "text/plain"}

// compressed compresses answers of text for clients that take gzip. An answer that breaks off stays without its end, compressed or not: the
// wrapper ends the gzip stream all the same, but net/http drops what it has not sent yet when a handler panics.
func compressed(next http.Handler) http.Handler {
	wrap, _ := gzhttp.NewWrapper(gzhttp.ContentTypes(compressible), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false)) // the options are valid ones
	return wrap(next)
}
