package openid

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// callTime bounds one call of the issuer.
	callTime = 10 * time.Second
	// maxAnswer and maxHeader bound what the issuer may answer, in bytes. Key sets and tokens take some kilobytes.
	maxAnswer = 1 << 20
	maxHeader = 64 << 10
)

// newClient makes a client that follows no redirect: the issuer's documents have fixed addresses, and a redirect could lead a secret to
// another host.
func newClient(roots *x509.CertPool) *http.Client {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: callTime, MaxResponseHeaderBytes: maxHeader,
	}
	return &http.Client{
		Timeout: callTime, Transport: bounded{t},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the provider redirects this call to another address")
		},
	}
}

// bounded bounds the length of answers.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err == nil {
		response.Body = &limited{response.Body, maxAnswer}
	}
	return response, err
}

// limited fails at the end of what may be read.
type limited struct {
	io.ReadCloser
	left int
}

// Read implements [io.Reader].
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p[:min(len(p), l.left+1)])
	if l.left -= n; l.left < 0 {
		return 0, fmt.Errorf("the answer of the provider has more than %d bytes", maxAnswer)
	}
	return n, err
}
