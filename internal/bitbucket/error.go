package bitbucket

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan/display"
)

// The kinds of errors, for errors.Is.
var (
	ErrUnauthorized = errors.New("not authenticated")
	ErrForbidden    = errors.New("not permitted")
	ErrNotFound     = errors.New("not found")
	ErrRateLimited  = errors.New("rate limited")
	ErrInvalid      = errors.New("refused as invalid")
	ErrTooLarge     = errors.New("too large")
	ErrServer       = errors.New("server error")
	ErrNotJSON      = errors.New("not an answer of Bitbucket")
	// ErrUnreachable means that no response arrived at all.
	ErrUnreachable = errors.New("unreachable")
	// ErrUnclear means that it is not known whether a call that must not happen twice took effect.
	ErrUnclear = errors.New("it is not known whether the call took effect")
)

// The causes of errors, for errors.Is. An error has at most one of them beside its kind.
var (
	// ErrMoved is a redirect: what the path names has another name now, or another server answers.
	ErrMoved = errors.New("moved")
	// ErrRemoved is a 410: Bitbucket has removed this part of its API.
	ErrRemoved = errors.New("removed by Bitbucket")
	// ErrNotPermitted means that the credential is good and lacks a right. Data Center says so with 401 (its error then
	// names an AuthorisationException), both products with 403.
	ErrNotPermitted = errors.New("the credential lacks a right")
	// ErrNoCredential means that there was no credential for the call, which was not made.
	ErrNoCredential = errors.New("there is no credential now")
	// ErrCredential means that the credential is wrong, expired or revoked.
	ErrCredential = errors.New("the credential is not accepted")
)

// APIError is a response that reports an error.
type APIError struct {
	Status       int
	Method, Path string
	// Message is the server's own message, cleaned and truncated; empty if it sent none.
	Message string
	// Key is the report service's code for the problem ("report-service.report.not-found"), or empty.
	Key string
	// Required and Granted are the scopes that a 403 names.
	Required, Granted []string
	// RetryAfter is how long the server asks to wait; 0 if it does not say.
	RetryAfter time.Duration

	kind, cause error
	product     Product
	proxied     bool
	// exception is the class that Data Center names.
	exception string
	// page is true when the response was a web page.
	page bool
}

const subPathHint = "BITBUCKET_SERVER_URL may lack the sub path of the server (https://example.com/bitbucket): open the server in a browser and compare."

// Error contains the call, the status and the server's message.
func (e *APIError) Error() string {
	text := fmt.Sprintf("%s %s: %d %s", e.Method, e.Path, e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is lets errors.Is match the kind and the cause.
func (e *APIError) Is(target error) bool {
	return target != nil && (target == e.kind || target == e.cause)
}

// Hint says in one line what to do about it; empty if there is no advice.
func (e *APIError) Hint() string {
	if e.page && e.product == DataCenter && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return "A page came instead of Bitbucket's API. " + subPathHint
	}
	switch e.kind {
	case ErrUnauthorized: //nolint:errorlint // the kinds are our own sentinels, never wrapped
		if e.product == DataCenter {
			return "Data Center answers 401 also when the token lacks permission on the repository, or when another user created the report. Check that the token is valid and may read the repository."
		}
		return "The credentials are not valid or have expired. App passwords stopped working on 28 July 2026: use a repository access token (BITBUCKET_ACCESS_TOKEN), or your Atlassian e-mail with an API token (BITBUCKET_USERNAME and BITBUCKET_API_TOKEN)."
	case ErrForbidden:
		if e.proxied {
			return "The pipelines proxy covers reports only. Give credentials (BITBUCKET_ACCESS_TOKEN) for anything else."
		}
		if len(e.Required) > 0 {
			return fmt.Sprintf("The token lacks scopes: wanted %s, granted %s.", listOr(e.Required, "none"), listOr(e.Granted, "none"))
		}
		return "Give the token read and write access to repositories: repository and repository:write, or read:repository:bitbucket and write:repository:bitbucket (write does not include read)."
	case ErrNotFound:
		if e.cause == ErrRemoved { //nolint:errorlint // the causes are our own sentinels, never wrapped
			return "Bitbucket has removed this part of its API: upgrade Sluice."
		}
		return "Check the workspace, the repository and the commit. A commit that is not pushed yet is not found either."
	case ErrRateLimited:
		return "Bitbucket counts calls over a rolling hour. Wait, or use a separate access token for this job; raise PUBLISH_TIMEOUT to wait longer."
	case ErrInvalid:
		return "Bitbucket refused a field. Run with DRY_RUN=true to see the payloads."
	case ErrServer:
		return "Bitbucket had an internal problem. See https://bitbucket.status.atlassian.com and run again."
	case ErrNotJSON:
		if e.product == DataCenter {
			return "A page came instead of Bitbucket's API. " + subPathHint + " Else something between here and Bitbucket answered, such as a login page or a company proxy: check HTTPS_PROXY."
		}
		return "Something between here and Bitbucket answered, such as a company proxy or a login page. Check PROXY_URL, BITBUCKET_SERVER_URL and HTTPS_PROXY."
	case ErrTooLarge:
		return "The server takes fewer annotations than were sent. Lower MAX_ANNOTATIONS to its limit."
	}
	return ""
}

func listOr(items []string, empty string) string {
	if len(items) == 0 {
		return empty
	}
	return strings.Join(items, ", ")
}

// Hint returns the advice of the first error in the chain that has some, or "".
func Hint(err error) string {
	var api *APIError
	if errors.As(err, &api) {
		return api.Hint()
	}
	if !errors.Is(err, ErrUnreachable) {
		return ""
	}
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return "The run was stopped from outside, by a signal or the end of its step, before Bitbucket had answered."
	case errors.Is(err, context.DeadlineExceeded):
		return "Bitbucket did not answer within the time limit: run again, or raise PUBLISH_TIMEOUT."
	case errors.As(err, &authority):
		return "The server's certificate is signed by an authority that is not known here: set SSL_CERT_FILE to a file with the certificate of your authority (PEM)."
	case errors.As(err, &name):
		return "The server's certificate was issued for another name: write BITBUCKET_SERVER_URL with the name in the certificate."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The server's certificate is not valid at this time: it has expired, or the clock of this machine is wrong."
	case errors.As(err, &invalid):
		return "The server's certificate cannot be used: its owner has to renew it."
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "The server speaks plain http at that address: check the scheme and the port of BITBUCKET_SERVER_URL."
	case errors.As(err, &dns) && dns.IsNotFound:
		return "The name of the host does not exist here: check BITBUCKET_SERVER_URL, PROXY_URL and HTTPS_PROXY."
	}
	return "No answer came. Inside a pipeline the auth proxy is at localhost:29418 (in a pipe: host.docker.internal:29418); elsewhere check the network and HTTPS_PROXY."
}

// maxErrorBody limits how much of an error's body is read.
const maxErrorBody = 64 << 10

// apiError reads an unsuccessful response. Cloud has four forms of error bodies (the report service's key and message,
// its older code and message, the envelope with type "error", plain text), and Data Center has one ("errors"). One pass
// over the existing fields reads all of them.
func (c *Client) apiError(method, shown string, got *reply) *APIError {
	e := &APIError{Status: got.status, Method: method, Path: shown, product: c.product, proxied: c.base == cloudProxyURL, page: looksHTML(got)}
	e.readBody(got.body[:min(len(got.body), maxErrorBody)])
	e.Message = got.hide(e.Message)
	if got.status >= 300 && got.status < 400 {
		e.kind, e.cause = ErrNotJSON, ErrMoved
		e.Message = "redirected to " + redirectHost(got.header.Get("Location")) + "; redirects are not followed, because credentials would go along"
		return e
	}
	e.kind = kindOf(got.status, e.Message)
	e.cause = e.causeOf()
	// Data Center wants a CAPTCHA after wrong passwords, and then refuses the right one too.
	if reason := cmp.Or(got.header.Get("X-Authentication-Denied-Reason"), got.header.Get("X-Seraph-LoginReason")); got.status == http.StatusUnauthorized && reason != "" && reason != "OK" {
		e.Message = strings.TrimPrefix(e.Message+"; the server says: "+clean(reason, 200), "; ")
	}
	if errors.Is(e.kind, ErrServer) && looksHTML(got) {
		e.Message = got.hide(excerpt(got.body))
	}
	return e
}

// causeOf returns the cause of an error with a kind; nil if it has none.
func (e *APIError) causeOf() error {
	switch {
	case e.Status == http.StatusGone:
		return ErrRemoved
	case errors.Is(e.kind, ErrForbidden), e.Status == http.StatusUnauthorized && strings.HasSuffix(e.exception, ".AuthorisationException"):
		return ErrNotPermitted
	case e.Status == http.StatusUnauthorized:
		return ErrCredential
	}
	return nil
}

func kindOf(status int, message string) error {
	limited := strings.Contains(strings.ToLower(message), "rate limit")
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusForbidden && limited:
		return ErrRateLimited
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return ErrNotFound
	case status == http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	case status >= 500:
		return ErrServer
	}
	return ErrInvalid
}

func (e *APIError) readBody(body []byte) {
	var shape struct {
		Key     string          `json:"key"`
		Message string          `json:"message"`
		Error   json.RawMessage `json:"error"`
		// Description is the field of OAuth (RFC 6749, 5.2).
		Description string `json:"error_description"`
		Errors      []struct {
			Context, Message, ExceptionName string
		} `json:"errors"`
	}
	if json.Unmarshal(body, &shape) != nil {
		if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
			e.Message = excerpt(body)
		} else {
			e.Message = "a web page came instead of Bitbucket's answer: " + excerpt(body)
		}
		return
	}
	e.Key = clean(shape.Key, 200)
	messages := []string{shape.Message}
	for _, item := range shape.Errors {
		text := item.Message
		if item.Context != "" {
			text = item.Context + ": " + text
		}
		messages = append(messages, text)
		e.exception = cmp.Or(e.exception, item.ExceptionName)
	}
	messages = append(messages, e.readEnvelope(shape.Error)...)
	messages = append(messages, shape.Description)
	messages = slices.DeleteFunc(messages, func(s string) bool { return strings.TrimSpace(s) == "" })
	e.Message = clean(strings.Join(messages, "; "), 500)
}

// readEnvelope reads Cloud's "error" object. Its detail is a string, or an object with the scopes of a 403.
func (e *APIError) readEnvelope(raw json.RawMessage) []string {
	var envelope struct {
		Message string              `json:"message"`
		Detail  json.RawMessage     `json:"detail"`
		Fields  map[string][]string `json:"fields"`
	}
	if json.Unmarshal(raw, &envelope) != nil {
		var word string
		_ = json.Unmarshal(raw, &word)
		return []string{word}
	}
	messages := []string{envelope.Message}
	var text string
	var scopes struct{ Required, Granted []string }
	switch {
	case json.Unmarshal(envelope.Detail, &text) == nil:
		messages = append(messages, text)
	case json.Unmarshal(envelope.Detail, &scopes) == nil:
		e.Required, e.Granted = scopes.Required, scopes.Granted
	}
	fields := make([]string, 0, len(envelope.Fields))
	for name, problems := range envelope.Fields {
		fields = append(fields, name+": "+strings.Join(problems, ", "))
	}
	slices.Sort(fields)
	return append(messages, fields...)
}

func (c *Client) unreachable(method, shown string, err error) error {
	// net/url's error repeats the whole address, whose query could contain a secret.
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%s %s: %w: %w", method, shown, ErrUnreachable, err)
}

func looksHTML(got *reply) bool {
	return strings.Contains(got.header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(got.body), []byte("<"))
}

func redirectHost(location string) string {
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return "another address"
}

// excerpt returns the beginning of a body as one line.
func excerpt(body []byte) string {
	return clean(strings.Join(strings.Fields(string(body[:min(len(body), 1000)])), " "), 200)
}

// clean makes foreign text safe for a terminal and a log: one line of at most so many columns.
func clean(text string, columns int) string {
	return display.CutEnd(strings.TrimSpace(display.Line(text)), columns)
}

// Page reports whether a web page came instead of an answer of Bitbucket's API.
func (e *APIError) Page() bool { return e.page }
