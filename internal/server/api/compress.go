package api

import (
	"compress/gzip"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressible are the media types of answers that are compressed. Events are not among them, because each event must
// arrive at once.
var compressible = []string{"application/json", "text/css", "text/csv", "text/html", "text/javascript", "text/plain"}

// compressed compresses text for clients that accept gzip. An answer that fails halfway must arrive without its end,
// also if it is compressed. The wrapper would end the gzip stream, but net/http drops unsent data when a handler panics.
func compressed(next http.Handler) http.Handler {
	wrap, _ := gzhttp.NewWrapper(gzhttp.ContentTypes(compressible), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false)) // the options are valid
	return wrap(next)
}
