package fakebitbucket_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
)

func httpClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New(fakebitbucket.WithDataCenter("/bitbucket"))
	c := client{t, "https://api.bitbucket.org", httpClient(server.Transport())}
	c.want(200, "PUT", report, goodReport)
	c.want(200, "GET", report, "")
	c.want(404, "GET", "https://bitbucket.org"+report, "")
	c.want(404, "POST", "https://api.bitbucket.org/site/oauth2/access_token", "grant_type=client_credentials")
	c.want(200, "PUT", "https://git.example.com"+dcReport, goodDC)

	plain := c.want(301, "GET", "http://api.bitbucket.org"+report, "", "Authorization", "Bearer x")
	require.Equal(t, "https://api.bitbucket.org"+report, plain.header.Get("Location"))

	last := server.Requests()[5]
	require.Equal(t, "http", last.Scheme)
	require.True(t, last.Authorized)
	require.False(t, last.Absolute, "this was no proxy request")
}

func TestTransportHonoursContext(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	ctx, cancel := context.WithCancel(t.Context())
	fault.Inject(server,
		fault.Fault{Kind: fakebitbucket.KindReportGet, Effect: fault.Hook{Func: cancel}},
		fault.Fault{Kind: fakebitbucket.KindReportList, Effect: fault.Slow{}},
	)
	for _, path := range []string{report, reports} {
		r, err := http.NewRequestWithContext(ctx, "GET", "https://api.bitbucket.org"+path, strings.NewReader(""))
		require.NoError(t, err)
		_, err = server.Transport().RoundTrip(r) //nolint:bodyclose // there is no response
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, 1, server.Count(""), "a request that is over before it began is not sent")
}

func TestProxyTransport(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New(fakebitbucket.WithBearer("secret"))
	c := client{t, "http://api.bitbucket.org", httpClient(server.ProxyTransport())}
	c.want(200, "PUT", report, goodReport)
	_, err := c.try("GET", "https://api.bitbucket.org"+report, "")
	require.ErrorContains(t, err, "proxyconnect tcp: Method Not Allowed")
	require.Equal(t, []string{"PUT report.put.pending 200", "CONNECT connect 405"}, server.Trail())
	require.Equal(t, "api.bitbucket.org:443", server.Requests()[1].Host)
}
