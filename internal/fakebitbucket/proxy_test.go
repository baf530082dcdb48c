package fakebitbucket_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// startProxy returns a client that sends every request through the proxy.
func startProxy(t *testing.T, handler http.Handler) client {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(listener.Close)
	address, err := url.Parse(listener.URL)
	require.NoError(t, err)
	return client{t, "http://api.bitbucket.org", httpClient(&http.Transport{Proxy: http.ProxyURL(address), DisableKeepAlives: true})}
}

func TestProxyPublishes(t *testing.T) {
	t.Parallel()
	// The proxy itself authorises, even where direct requests need a credential.
	server := fakebitbucket.New(fakebitbucket.WithBearer("secret"))
	c := startProxy(t, server)
	c.want(200, "PUT", report, goodReport)
	c.want(200, "POST", annots, bulk(0, 2))
	require.Equal(t, "https://api.bitbucket.org"+annots+"?page=2&pagelen=1", c.want(200, "GET", annots+"?pagelen=1", "").json(t)["next"])
	c.want(204, "DELETE", annots+"/id-0000", "")
	c.want(404, "GET", "/2.0/nowhere", "")

	for _, r := range server.Requests() {
		require.True(t, r.Absolute)
		require.True(t, r.Proxied)
		require.Equal(t, "api.bitbucket.org", r.Host)
		require.Equal(t, "http", r.Scheme)
		require.False(t, r.Authorized)
	}
}

func TestProxyRefusals(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := startProxy(t, server.ProxyHandler())
	for name, test := range map[string]struct {
		status            int
		method, url, body string
		header            []string
	}{
		"authorization":   {400, "GET", report, "", []string{"Authorization", "Bearer x"}},
		"other-host":      {403, "GET", "http://example.com/2.0/repositories", "", nil},
		"other-port":      {403, "GET", "http://api.bitbucket.org:8080" + report, "", nil},
		"token":           {403, "POST", "http://bitbucket.org/site/oauth2/access_token", "grant_type=client_credentials", nil},
		"build-status":    {403, "POST", cloudBase + "/statuses/build", `{"key":"k","state":"FAILED","url":"https://example.com"}`, nil},
		"comment":         {403, "POST", "/2.0/repositories/acme/shop/pullrequests/1/comments", `{"content":{"raw":"x"}}`, nil},
		"pull-request":    {403, "GET", "/2.0/repositories/acme/shop/pullrequests/1", "", nil},
		"auth-host-paths": {404, "GET", "http://bitbucket.org" + report, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			c.want(test.status, test.method, test.url, test.body, test.header...)
		})
	}
}

func TestProxyRefusesTunnels(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := startProxy(t, server)
	_, err := c.try("GET", "https://api.bitbucket.org"+report, "")
	require.ErrorContains(t, err, "Method Not Allowed")
	require.Equal(t, 1, server.Count(fakebitbucket.KindConnect))
	require.Equal(t, "api.bitbucket.org:443", server.Requests()[0].Host)
}

func TestProxyHandlerRefusesDirectRequests(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	listener := httptest.NewServer(server.ProxyHandler())
	t.Cleanup(listener.Close)
	c := client{t, listener.URL, httpClient(http.DefaultTransport)}
	require.Contains(t, c.want(400, "GET", report, "").header.Get("Content-Type"), "text/plain")
}

func TestRawRequestLines(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	for name, test := range map[string]struct {
		line   string
		status int
	}{
		"braces-not-encoded":  {"GET " + reports + "/{00000000-0000-5000-8000-000000000000} HTTP/1.1", 400},
		"braces-encoded":      {"GET " + reports + "/%7B00000000-0000-5000-8000-000000000000%7D HTTP/1.1", 404},
		"https-absolute-form": {"GET https://api.bitbucket.org" + report + " HTTP/1.1", 400},
		"http-absolute-form":  {"GET http://api.bitbucket.org" + report + " HTTP/1.1", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(listener.URL, "http://"))
			require.NoError(t, err)
			defer conn.Close()
			fmt.Fprintf(conn, "%s\r\nHost: api.bitbucket.org\r\nConnection: close\r\n\r\n", test.line)
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, test.status, response.StatusCode)
		})
	}
}
