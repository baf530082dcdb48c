package verify

import (
	"log/slog"
	"net/http"
	"time"
)

// Options adjust a verifier. The zero value uses the real network and the default limits.
type Options struct {
	// Transport carries the calls; nil means a transport of its own that uses the proxy of the environment.
	Transport http.RoundTripper
	// Log gets each call with rule, host and outcome; nil means no log.
	Log *slog.Logger
	// UserAgent names the program to the providers; empty means "sluice".
	UserAgent string
	// MaxSecrets and Budget replace the default limits when they are above zero.
	MaxSecrets int
	Budget     time.Duration
}
