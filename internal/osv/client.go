package osv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/pace"
)

// DefaultDownloadURL is where OSV publishes its databases, as ECOSYSTEM/all.zip
// (https://google.github.io/osv.dev/data/#data-dumps). DefaultAPIURL is its API (https://google.github.io/osv.dev/api/).
const (
	DefaultDownloadURL = "https://osv-vulnerabilities.storage.googleapis.com"
	DefaultAPIURL      = "https://api.osv.dev"
)

const (
	// maxDownload limits one all.zip; the largest, npm's, has a few hundred MB.
	maxDownload = 4 << 30
	// maxAnswer limits one response of the API (its documentation says 32 MiB over HTTP/1.1).
	maxAnswer = 64 << 20
	// connectTime limits the time until a response begins, so that a network without internet access costs little.
	connectTime = 20 * time.Second
	// attempts is the number of times a call is made in total. The first wait is firstWait; each further wait is twice as
	// long.
	attempts  = 3
	firstWait = 500 * time.Millisecond
	maxWait   = 30 * time.Second
)

// Client makes the calls. It is safe for concurrent use.
type Client struct {
	// Download and API are addresses without a trailing slash; empty means the defaults.
	Download, API string
	// HTTP makes the calls; nil means the network.
	HTTP http.RoundTripper
	// Agent is the User-Agent header.
	Agent string
	// Wait waits between attempts; nil means a real wait. It returns early with the context's error when the context ends.
	Wait func(ctx context.Context, d time.Duration) error
}

// StatusError is an unsuccessful response.
type StatusError struct {
	Status int
	// Path is the path of the call.
	Path string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answered %d %s", e.Path, e.Status, strings.ToLower(http.StatusText(e.Status)))
}

// errNotModified means that the server has nothing newer than the given ETag.
var errNotModified = errors.New("not modified")

// fetch downloads the database of an ecosystem to a file and returns its ETag. etag is the tag of the existing data; if
// the server has nothing newer, the error is errNotModified.
func (c *Client) fetch(ctx context.Context, e scan.Ecosystem, etag string, to io.Writer) (newTag string, err error) {
	address := c.base(c.Download, DefaultDownloadURL) + "/" + url.PathEscape(string(e)) + "/all.zip"
	header := http.Header{}
	if etag != "" {
		header.Set("If-None-Match", etag)
	}
	response, err := c.send(ctx, http.MethodGet, address, header, "")
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	n, err := io.Copy(to, io.LimitReader(response.Body, maxDownload+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("download of %s broke off after %d bytes: %w", e, n, withoutAddress(err))
	case n > maxDownload:
		return "", fmt.Errorf("download of %s is larger than %s", e, scan.Megabytes(maxDownload))
	case response.ContentLength >= 0 && n != response.ContentLength:
		return "", fmt.Errorf("download of %s broke off: %d of %d bytes", e, n, response.ContentLength)
	}
	return response.Header.Get("ETag"), nil
}

// call calls the API and returns the body of the response.
func (c *Client) call(ctx context.Context, method, path, body string) ([]byte, error) {
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	response, err := c.send(ctx, method, c.base(c.API, DefaultAPIURL)+path, header, body)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = errors.New("the answer is larger than the API promises")
	}
	if err != nil {
		return nil, fmt.Errorf("read the answer to %s: %w", path, withoutAddress(err))
	}
	return data, nil
}

func (c *Client) base(given, standard string) string {
	if given == "" {
		return standard
	}
	return strings.TrimRight(given, "/")
}

// send makes a call and retries it if the server asks for that or fails. It returns a response with status 200, whose
// body the caller must close.
func (c *Client) send(ctx context.Context, method, address string, header http.Header, body string) (*http.Response, error) {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		response, err := c.try(ctx, method, address, header, body)
		if err == nil {
			return response, nil
		}
		if attempt == attempts || !retryable(err) || ctx.Err() != nil {
			return nil, err
		}
		if response != nil {
			if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
				wait = min(max(wait, time.Duration(seconds)*time.Second), maxWait)
			}
		}
		if err := c.wait(ctx, wait); err != nil {
			return nil, err
		}
		wait *= 2
	}
}

// retryable reports whether a retry may succeed. A host that cannot be dialled will still be unreachable: a machine
// without internet access must not wait for it.
func retryable(err error) bool {
	var status *StatusError
	var dial *net.OpError
	switch {
	case errors.Is(err, errNotModified):
		return false
	case errors.As(err, &status):
		return status.Status == http.StatusTooManyRequests || status.Status >= 500
	case errors.As(err, &dial):
		return dial.Op != "dial"
	}
	return true
}

// try makes one call. With a StatusError it also returns the response, closed.
func (c *Client) try(ctx context.Context, method, address string, header http.Header, body string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the address of the advisories is not valid: %w", withoutAddress(err))
	}
	request.Header = header.Clone()
	request.Header.Set("User-Agent", c.Agent)
	response, err := c.client().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", request.URL.Host, withoutAddress(err))
	}
	switch response.StatusCode {
	case http.StatusOK:
		return response, nil
	case http.StatusNotModified:
		err = errNotModified
	default:
		err = &StatusError{response.StatusCode, request.URL.Host + request.URL.Path}
	}
	_ = response.Body.Close()
	return response, err
}

func (c *Client) client() *http.Client {
	transport := c.HTTP
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = connectTime
		transport = own
	}
	return &http.Client{Transport: transport, CheckRedirect: func(request *http.Request, via []*http.Request) error {
		if len(via) > 3 || request.URL.Host != via[0].URL.Host || request.URL.Scheme != via[0].URL.Scheme {
			return errors.New("it leads to another host")
		}
		return nil
	}}
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	return pace.Wait(ctx, d)
}

// withoutAddress removes the address from an error of net/http: the address of a mirror can contain a password.
func withoutAddress(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
