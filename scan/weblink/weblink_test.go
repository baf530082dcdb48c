package weblink_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/weblink"
)

func TestSafe(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"https://example.com", "http://example.com/a?b=c#d", "https://example.com:8443/a%20b", "https://[2001:db8::1]/", "https://bücher.example/日本", "HTTPS://EXAMPLE.com/",
		"https://example.com/" + strings.Repeat("a", 2000), "http://localhost:7080/x", "https://example.com/~user/(a)[b]*'!$&+,;=:@",
	} {
		require.Equal(t, good, weblink.Safe(good))
	}
	for _, bad := range []string{
		"", "example.com", "/a", "//example.com", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.com", "https://", "https:///a", "https://:443/", "https://user@example.com",
		"https://user:pw@example.com/", "https://example.com/a b", "https://example.com/a\nb", "https://example.com/\x1b[31m", "https://example.com/\u202egpj", "https://example.com/\u200b", "https://example.com/<script>",
		"https://example.com/\"", "https://example.com/`", "https://example.com/\xff", "https://example.com/%zz", " https://example.com", "https://example.com/\u2028", "https://exa mple.com", "https://example.com/" + strings.Repeat("a", 2048),
	} {
		require.Empty(t, weblink.Safe(bad), "%q", bad)
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	for want, addresses := range map[weblink.Reach][]string{
		weblink.Nowhere:   {"", "javascript:x", "https://user@example.com"},
		weblink.Machine:   {"http://localhost", "https://LOCALHOST.:80/", "http://a.localhost", "http://127.0.0.1:8080/", "http://127.9.9.9", "http://[::1]/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/"},
		weblink.Network:   {"https://jenkins/", "https://ci.local/", "https://x.INTERNAL./", "http://10.0.0.1", "http://192.168.1.1", "http://172.16.0.1", "http://169.254.169.254", "http://[fe80::1]", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]", "http://224.0.0.1"},
		weblink.Everybody: {"https://example.com", "https://8.8.8.8/", "https://[2001:db8::1]/", "https://internal.example.com", "https://localhost.example.com"},
	} {
		for _, address := range addresses {
			require.Equal(t, want, weblink.ReachOf(address), address)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, seed := range []string{"https://example.com/a?b#c", "http://[::1%25eth0]/", "https://a@b", "https://\u202e/", "https://%41"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got := weblink.Safe(address)
		require.Equal(t, got == "", weblink.ReachOf(address) == weblink.Nowhere)
		if got == "" {
			return
		}
		require.Equal(t, address, got)
		u, err := url.Parse(got)
		require.NoError(t, err)
		require.Nil(t, u.User)
		require.NotEmpty(t, u.Hostname())
	})
}
