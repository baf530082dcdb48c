package bitbucket_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

func TestHintNamesTheTrueCause(t *testing.T) {
	t.Parallel()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<html>no such page</html>"))
	})
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}))
	t.Cleanup(refuses.Close)
	secure, plain := httptest.NewTLSServer(page), httptest.NewServer(page)
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	ask := func(ctx context.Context, address string) error {
		c, err := bitbucket.New(bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: address, Auth: bitbucket.Bearer("x"), Wait: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			return err
		}
		return c.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: "/rest/x"})
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for name, c := range map[string]struct {
		within        func() context.Context
		address, hint string
	}{
		"an authority of one's own":  {t.Context, secure.URL, "SSL_CERT_FILE"},
		"plain http":                 {t.Context, "https" + plain.URL[len("http"):], "speaks plain http"},
		"no such host":               {t.Context, "https://bitbucket.invalid", "name of the host does not exist"},
		"a sub path is missing":      {t.Context, plain.URL, "may lack the sub path"},
		"stopped":                    {func() context.Context { return stopped }, plain.URL, "stopped from outside"},
		"too late":                   {func() context.Context { return late }, plain.URL, "PUBLISH_TIMEOUT"},
		"nobody there":               {t.Context, "http://127.0.0.1:1", "No answer came"},
		"a page with another method": {t.Context, refuses.URL, "may lack the sub path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ask(c.within(), c.address)
			require.Error(t, err)
			require.Contains(t, bitbucket.Hint(err), c.hint, err.Error())
		})
	}
	for address, says := range map[string]string{
		"https://example.com/bitbucket/projects/PAY/repos/shop/browse?at=main": "write the address of the server itself, https://example.com/bitbucket",
		"https://example.com/rest/api/latest":                                  "write the address of the server itself, https://example.com",
		"https://example.com/scm/pay/shop.git":                                 "the address of a page",
		"https://example.com/login?next=/x":                                    "the address of a page",
		"https://bitbucket.org/acme":                                           "address of Bitbucket Cloud",
		"https://api.bitbucket.org/2.0":                                        "address of Bitbucket Cloud",
		"https://example.com?x=1":                                              "is not the address of a server",
		"example.com":                                                          "is not the address of a server",
	} {
		require.ErrorContains(t, ask(t.Context(), address), says, address)
	}
	for _, address := range []string{"https://example.com/", "https://example.com/bitbucket/", "http://10.0.0.7:7990/git/here"} {
		_, err := bitbucket.New(bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: address, Auth: bitbucket.Bearer("x")})
		require.NoError(t, err, address)
	}
}
