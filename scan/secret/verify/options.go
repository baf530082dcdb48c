package verify

import (
	"log/slog"
	"net/http"
	"time"
)

// Options adjust a verifier. The zero value is the real network and the default limits.
type Options struct {
	// Transport carries the calls; nil means one of its own, by way of the proxy that the environment names.
	Transport http.RoundTripper
	// Log is told each call by rule, host and outcome; nil means nobody.
	Log *slog.Logger
	// UserAgent names the program to the providers; empty means "sluice".
	UserAgent string
	// MaxSecrets and Budget replace the default limits when they are above zero.
	MaxSecrets int
	Budget     time.Duration
}
