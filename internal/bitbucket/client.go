package bitbucket

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/sluice-scan/sluice/scan/jsonstream"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Product is the kind of Bitbucket that a client talks to.
type Product string

// The products.
const (
	Cloud      Product = "cloud"
	DataCenter Product = "datacenter"
)

const (
	// CloudURL is the base URL of the API of Bitbucket Cloud.
	CloudURL = "https://api.bitbucket.org/2.0"
	// cloudProxyURL is the same base URL through the auth proxy, which can add its header only to plain http. For https, Go
	// would open a tunnel (CONNECT) whose content the proxy cannot change.
	cloudProxyURL = "http://api.bitbucket.org/2.0"

	defaultCallTimeout = 30 * time.Second
	// maxBody limits a response: a thousand annotations are about 3 MB.
	maxBody = 32 << 20
)

// Options configure a client.
type Options struct {
	Product Product
	// ServerURL is the address of a Data Center server, including its sub path; empty for Cloud.
	ServerURL string
	// Proxy is the address of the auth proxy of Pipelines; empty means no proxy. With a proxy, Auth must be empty.
	Proxy string
	Auth  Auth
	// Credentials are asked for a credential before each call; nil means Auth.
	Credentials Credentials
	// UserAgent is sent with every call.
	UserAgent string
	// CallTimeout limits one attempt of one call; 0 means 30 s. The caller's context limits the total.
	CallTimeout time.Duration
	// Transport replaces the network; nil means a transport of this client, which ignores HTTP_PROXY and NO_PROXY when
	// there is an auth proxy.
	Transport http.RoundTripper
	// Authorities sign the server's certificate; nil means those of the system. It has no effect with a Transport.
	Authorities *x509.CertPool
	// Limits keep a long-lived client within what Bitbucket allows; nil limits nothing, as in a short run of the pipe.
	Limits *Limits
	// Log gets one debug line per attempt; nil means no log.
	Log *slog.Logger
	// Wait replaces the wait between attempts; nil means a timer. It returns early with ctx's error.
	Wait func(ctx context.Context, d time.Duration) error
	// Now replaces the clock; nil means time.Now.
	Now func() time.Time
}

// Client calls one Bitbucket. It is safe for concurrent use.
type Client struct {
	product Product
	base    string
	// credentials give the credential of each call. anonymous is true if there is none.
	credentials Credentials
	anonymous   bool
	http        *resty.Client
	log         *slog.Logger
	wait        func(context.Context, time.Duration) error
	now         func() time.Time
	agent       string
	timeout     time.Duration
	tokens      tokenCache
	limits      *limiter
}

// New checks the options. It does not use the network.
func New(o Options) (*Client, error) {
	c := &Client{product: o.Product, credentials: o.Credentials, anonymous: o.Auth.None() && o.Credentials == nil, log: o.Log, wait: o.Wait, now: o.Now, agent: o.UserAgent, timeout: o.CallTimeout}
	if c.credentials == nil {
		c.credentials = o.Auth
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.wait == nil {
		c.wait = pace.Wait
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.timeout <= 0 {
		c.timeout = defaultCallTimeout
	}
	var proxy *url.URL
	switch {
	case o.Product == DataCenter:
		u, err := parseServer(o.ServerURL)
		if err != nil {
			return nil, err
		}
		c.base = u
	case o.Product != Cloud:
		return nil, fmt.Errorf("%q is not a Bitbucket product: use cloud or datacenter", o.Product)
	case o.Proxy != "":
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" {
			return nil, errors.New("PROXY_URL is not the address of a proxy: write it as http://localhost:29418")
		}
		if !c.anonymous {
			return nil, errors.New("the auth proxy adds its own credentials: do not send others through it (unset PROXY_URL or the credentials)")
		}
		proxy = u
		c.base = cloudProxyURL
	default:
		c.base = CloudURL
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport(proxy, o.Authorities)
	}
	c.limits = newLimiter(o.Limits, o.Product)
	c.http = resty.New().SetTransport(transport).SetRedirectPolicy(resty.NoRedirectPolicy()).
		SetResponseBodyLimit(maxBody).SetLogger(quiet{}).SetDisableWarn(true)
	return c, nil
}

func newTransport(proxy *url.URL, authorities *x509.CertPool) *http.Transport {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 4,
	}
	if authorities != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}
	}
	if proxy != nil {
		t.Proxy = http.ProxyURL(proxy)
	} else {
		t.Proxy = http.ProxyFromEnvironment
	}
	return t
}

// pages are the path segments that follow the server's address in addresses of web pages and of the API.
var pages = []string{"projects", "users", "repos", "scm", "rest", "plugins", "login", "dashboard", "admin", "account", "mvc"}

func parseServer(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return "", errNoServer
	}
	if host := strings.ToLower(u.Hostname()); host == "bitbucket.org" || strings.HasSuffix(host, ".bitbucket.org") {
		return "", errors.New("BITBUCKET_SERVER_URL is the address of Bitbucket Cloud: leave it empty, it is for a Data Center only")
	}
	server := &url.URL{Scheme: u.Scheme, Host: u.Host}
	for segment := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if slices.Contains(pages, strings.ToLower(segment)) {
			return "", fmt.Errorf("BITBUCKET_SERVER_URL is the address of a page or of the API: write the address of the server itself, %s", server)
		}
		server.Path += "/" + segment
	}
	if u.RawQuery != "" {
		return "", errNoServer
	}
	return strings.TrimRight(server.String(), "/"), nil
}

var errNoServer = errors.New("BITBUCKET_SERVER_URL is not the address of a server: write it as https://bitbucket.example.com or https://example.com/bitbucket, without a user")

// Product returns the kind of Bitbucket that the client talks to.
func (c *Client) Product() Product { return c.product }

// Authenticated reports whether the client itself sends credentials (false behind the auth proxy).
func (c *Client) Authenticated() bool { return !c.anonymous }

// Request is one call.
type Request struct {
	Method string
	// Path begins with "/" and is appended to the base URL ("/repositories/..." on Cloud, "/rest/..." on Data Center). Its
	// segments must already be escaped: see [Path].
	Path  string
	Query url.Values
	// Body is encoded as JSON; nil sends no body.
	Body any
	// Out receives the JSON answer; nil ignores it.
	Out any
	// Header receives the headers of a successful answer; nil ignores them.
	Header *http.Header
	// Once is set on a call that must not happen twice, such as creating a webhook. It is not repeated when it is unclear
	// whether it took effect: after a broken connection or an error of the server. The error is then [ErrUnclear] too.
	Once bool
}

// Path joins segments to a path and escapes each of them ("{uuid}" and "feature/x" too).
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// Base returns the address of the server, without a slash at the end.
func (c *Client) Base() string { return c.base }

// Do makes one call, and retries while a retry can help and ctx allows it. Retries are safe, because the calls of this
// client are idempotent by id, or marked as Once. The error is an [*APIError] if the server answered, a [*ParkedError] if
// the client's limits allow no call now; otherwise it wraps [ErrUnreachable].
func (c *Client) Do(ctx context.Context, r Request) error {
	return c.do(ctx, r, c.base+r.Path, r.Path)
}

func (c *Client) do(ctx context.Context, r Request, address, shown string) error {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = jsonstream.Line(r.Body); err != nil {
			return fmt.Errorf("encode the body of %s %s: %w", r.Method, shown, err)
		}
	}
	answer, err := c.retry(ctx, attempt{r.Method, shown, r.Once}, func(ctx context.Context) (*reply, error) {
		p, err := c.authorise(ctx)
		if err != nil {
			return nil, err
		}
		got, err := c.send(ctx, outgoing{method: r.Method, url: address, header: p.header, query: r.Query, body: body})
		if err == nil && got.status == http.StatusUnauthorized && c.refused(p) {
			if p, err = c.authorise(ctx); err == nil {
				got, err = c.send(ctx, outgoing{method: r.Method, url: address, header: p.header, query: r.Query, body: body})
			}
		}
		return got, err
	})
	if err != nil {
		return err
	}
	if r.Header != nil {
		*r.Header = answer.header
	}
	if r.Out == nil || len(bytes.TrimSpace(answer.body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.body, r.Out); err != nil {
		return &APIError{Method: r.Method, Path: shown, Status: http.StatusOK, kind: ErrNotJSON,
			Message: "the answer is not the JSON that Bitbucket sends: " + answer.hide(excerpt(answer.body))}
	}
	return nil
}

// permit is what authorises one call: its headers, the credential in them, and the OAuth token, if there is one.
type permit struct {
	header http.Header
	auth   Auth
	token  string
}

func (c *Client) authorise(ctx context.Context) (p permit, err error) {
	p.header = http.Header{}
	if p.auth, err = c.credentials.API(ctx); err != nil {
		return p, fmt.Errorf("%w: %w", ErrNoCredential, err)
	}
	switch p.auth.kind {
	case authBearer:
		p.header.Set("Authorization", "Bearer "+p.auth.secret)
	case authBasic:
		p.header.Set("Authorization", basicHeader(p.auth.user, p.auth.secret))
	case authClient:
		if p.token, err = c.accessToken(ctx, p.auth); err != nil {
			return p, err
		}
		p.header.Set("Authorization", "Bearer "+p.token)
	}
	// Data Center refuses deletes and some posts without it ("XSRF check failed"); Cloud ignores it.
	if c.product == DataCenter {
		p.header.Set("X-Atlassian-Token", "no-check")
	}
	return p, nil
}

// refused forgets what Bitbucket refused. It returns true if another try has another credential.
func (c *Client) refused(p permit) bool {
	if p.token != "" {
		c.tokens.drop(p.token)
		return true
	}
	return c.credentials.Refused(p.auth)
}

type outgoing struct {
	method, url string
	header      http.Header
	query       url.Values
	body        []byte
	form        map[string]string
}

// secrets are the credential in the headers, as a server could repeat it.
func (o *outgoing) secrets() (list []string) {
	scheme, value, _ := strings.Cut(o.header.Get("Authorization"), " ")
	if value == "" {
		return nil
	}
	list = append(list, value)
	if raw, err := base64.StdEncoding.DecodeString(value); err == nil && scheme == "Basic" {
		if _, secret, _ := strings.Cut(string(raw), ":"); secret != "" {
			list = append(list, secret)
		}
	}
	return list
}

// reply is a response with any status.
type reply struct {
	status int
	header http.Header
	body   []byte
	// secrets are those of the request, which a server may repeat.
	secrets []string
}

// hide removes the secrets of the request from a text of the server.
func (r *reply) hide(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, "[redacted]")
	}
	return text
}

// send makes one attempt. An error means that no complete response arrived.
func (c *Client) send(ctx context.Context, o outgoing) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r := c.http.R().SetContext(ctx).SetHeader("Accept", "application/json")
	if c.agent != "" {
		r.SetHeader("User-Agent", c.agent)
	}
	r.SetHeaderMultiValues(o.header)
	if len(o.query) > 0 {
		r.SetQueryParamsFromValues(o.query)
	}
	switch {
	case o.form != nil:
		r.SetFormData(o.form)
	case o.body != nil:
		r.SetHeader("Content-Type", "application/json").SetBody(o.body)
	}
	started := time.Now()
	answer, err := r.Execute(o.method, o.url)
	status := 0
	if answer != nil {
		status = answer.StatusCode()
	}
	c.log.Debug("bitbucket call", "method", o.method, "url", withoutQuery(o.url), "status", status,
		"sent", len(o.body), "took", time.Since(started).Round(time.Millisecond))
	// When the redirect policy stops a call, both a response and an error come back. The response says more.
	if err != nil && (status < 300 || status > 399) {
		return nil, err
	}
	return &reply{status: status, header: answer.Header(), body: answer.Body(), secrets: o.secrets()}, nil
}

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

// quiet discards resty's own log, which would write to stderr.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}
