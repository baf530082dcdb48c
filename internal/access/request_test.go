package access_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
)

// TestOnlyATrustedProxySaysThatTheBrowserSpeaksTLS.
func TestOnlyATrustedProxySaysThatTheBrowserSpeaksTLS(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, x := range map[string]struct {
		peer, scheme string
		tls, want    bool
	}{
		"plain":                           {peer: "10.0.0.1:5"},
		"our own TLS":                     {peer: "192.0.2.1:5", tls: true, want: true},
		"our own TLS, a liar":             {peer: "192.0.2.1:5", scheme: "http", tls: true, want: true},
		"a stranger says so":              {peer: "192.0.2.1:5", scheme: "https"},
		"a proxy says so":                 {peer: "10.0.0.1:5", scheme: "HTTPS", want: true},
		"a proxy says so, mapped":         {peer: "[::ffff:10.0.0.1]:5", scheme: "https", want: true},
		"a proxy on this machine":         {peer: "[::1]:5", scheme: "https", want: true},
		"a proxy speaks plain HTTP":       {peer: "10.0.0.1:5", scheme: "http"},
		"two proxies, the outer with TLS": {peer: "10.0.0.1:5", scheme: "https, http", want: true},
		"two proxies, the inner with TLS": {peer: "10.0.0.1:5", scheme: "http,https"},
		"no scheme at all":                {peer: "10.0.0.1:5", scheme: "httpsx"},
		"a peer without an address":       {peer: "@", scheme: "https"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = x.peer
		if x.scheme != "" {
			r.Header.Set("X-Forwarded-Proto", x.scheme)
		}
		if x.tls {
			r.TLS = &tls.ConnectionState{}
		}
		require.Equal(t, x.want, access.Encrypted(r, proxies), name)
		if !x.tls {
			require.False(t, access.Encrypted(r, nil), name)
		}
	}
}
