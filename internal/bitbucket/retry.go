package bitbucket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstWait = 500 * time.Millisecond
	maxWait   = 60 * time.Second
	// maxTries limits a call whose context has no deadline.
	maxTries = 10
	// maxRefused limits the attempts to reach a host that refuses the connection or has no address.
	maxRefused = 4
	// epochFrom tells a time (Unix seconds) from a number of seconds to wait: servers send both in X-RateLimit-Reset.
	epochFrom = 1_000_000_000
)

// attempt names a call for its errors. once is [Request.Once].
type attempt struct {
	method, shown string
	once          bool
}

// retry runs one call until it succeeds, cannot succeed, or the next wait would pass ctx's deadline.
func (c *Client) retry(ctx context.Context, a attempt, call func(context.Context) (*reply, error)) (*reply, error) {
	var conflicts, refused int
	method, shown := a.method, a.shown
	for try := 1; ; try++ {
		if err := c.limits.take(ctx, c.now, c.wait, shown); err != nil {
			return nil, err
		}
		got, err := call(ctx)
		var failure error
		var asked time.Duration
		again := false
		switch {
		case err != nil:
			var api *APIError
			var parked *ParkedError
			// What gives the credential has already made its own retries, as the nested call for an OAuth token.
			if errors.Is(err, ErrNoCredential) || errors.As(err, &api) || errors.As(err, &parked) || errors.Is(err, ErrUnreachable) {
				return nil, err
			}
			failure = c.unreachable(method, shown, err)
			again = ctx.Err() == nil && !permanent(err)
			// A connection that did not come about carried no call.
			if a.once && !isRefused(err) {
				return nil, fmt.Errorf("%w: %w", ErrUnclear, failure)
			}
			if isRefused(err) {
				refused++
				again = again && refused < maxRefused
			}
		case got.status >= 200 && got.status < 300:
			if looksHTML(got) {
				return nil, &APIError{Method: method, Path: shown, Status: got.status, kind: ErrNotJSON, product: c.product, page: true,
					Message: "a web page came instead of Bitbucket's answer: " + got.hide(excerpt(got.body))}
			}
			c.limits.answered()
			return got, nil
		default:
			long := askedWait(got.header, c.now())
			asked = min(long, maxWait)
			api := c.apiError(method, shown, got)
			api.RetryAfter = asked
			failure = api
			if errors.Is(api, ErrRateLimited) && c.limits != nil {
				// The next turn of this loop waits, or gives up because the wait is long.
				c.limits.refused(c.now(), long)
				if try < maxTries {
					continue
				}
			}
			if a.once && got.status >= 500 && got.status != http.StatusNotImplemented {
				return nil, fmt.Errorf("%w: %w", ErrUnclear, failure)
			}
			switch {
			case errors.Is(api, ErrRateLimited), got.status >= 500, got.status == http.StatusRequestTimeout:
				again = got.status != http.StatusNotImplemented
			case got.status == http.StatusConflict:
				// Undocumented: two runs that write the same report at once might conflict here, and a retry resolves that.
				conflicts++
				again = conflicts <= 1
			}
		}
		if !again || try >= maxTries {
			return nil, failure
		}
		wait := max(asked, backoff(try))
		if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
			return nil, fmt.Errorf("%w (gave up after %d tries: the next one would come after the time limit)", failure, try)
		}
		c.log.Info("bitbucket call is retried", "method", method, "path", shown, "try", try, "wait", wait.Round(time.Millisecond), "reason", failure.Error())
		if err := c.wait(ctx, wait); err != nil {
			return nil, failure
		}
	}
}

// backoff doubles from firstWait to maxWait. Half of it is random, so that the runs of a busy workspace spread out.
func backoff(try int) time.Duration {
	d := maxWait
	if try < 8 {
		d = min(firstWait<<(try-1), maxWait)
	}
	return d/2 + rand.N(d/2) //nolint:gosec // a pause is not a secret
}

// askedWait returns how long the server asks to wait: Retry-After as seconds or as a date (RFC 9110, 10.2.3), else
// X-RateLimit-Reset as seconds from now or as a time. It returns 0 if the server asks for nothing, and never more than
// an hour, which is the longest window of Bitbucket. A call that waits in place waits at most maxWait: a retry then shows
// whether the server still insists.
func askedWait(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		text = strings.TrimSpace(header.Get("X-RateLimit-Reset"))
	}
	if text == "" {
		return 0
	}
	var wait time.Duration
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if n != n || n < 0 {
			return 0
		}
		if n >= epochFrom {
			wait = time.Unix(int64(min(n, 1<<40)), 0).Sub(now)
		} else {
			wait = time.Duration(n * float64(time.Second))
		}
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), time.Hour)
}

// permanent reports whether a transport error will repeat on every retry.
func permanent(err error) bool {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") ||
		errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &host) ||
		strings.Contains(err.Error(), "unsupported protocol scheme") ||
		strings.Contains(err.Error(), "response body too large") ||
		// A proxy that refuses to open a tunnel will refuse again.
		strings.Contains(err.Error(), "Method Not Allowed")
}

// isRefused reports whether the host does not exist or refuses the connection.
func isRefused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" || strings.Contains(err.Error(), "proxyconnect")
}
