package fakebitbucket

import (
	"errors"
	"net"
	"net/http"
	"net/url"
)

// Transport serves the requests of an http.Client in this process, without a port. Requests to api.bitbucket.org and
// bitbucket.org need https: plain http is redirected, as by the real hosts. Other hosts are served by path alone; that
// is how a client reaches Data Center.
func (s *Server) Transport() http.RoundTripper { return transport{s, inside} }

// ProxyTransport serves the requests of an http.Client as if they came through the proxy.
func (s *Server) ProxyTransport() http.RoundTripper { return transport{s, proxied} }

type transport struct {
	server *Server
	way    way
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		if r.Body != nil {
			r.Body.Close() //nolint:errcheck // RoundTrip must close the body, whatever the error
		}
		return nil, err
	}
	if t.way == proxied && r.URL.Scheme == "https" {
		return nil, t.connect(r)
	}
	a := t.server.serve(r, t.way)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return a.response(r)
}

// connect requests the tunnel that net/http would request, and fails as it would.
func (t transport) connect(r *http.Request) error {
	if r.Body != nil {
		r.Body.Close() //nolint:errcheck // as above
	}
	host := r.URL.Host
	if r.URL.Port() == "" {
		host = net.JoinHostPort(host, "443")
	}
	tunnel := &http.Request{Method: http.MethodConnect, URL: &url.URL{Host: host, Opaque: host}, Host: host, Header: http.Header{}}
	a := t.server.serve(tunnel.WithContext(r.Context()), proxied)
	return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New(http.StatusText(a.Status))}
}
