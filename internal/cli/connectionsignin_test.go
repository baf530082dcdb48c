package cli_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
)

// TestPeopleSignInAtBitbucket with the real program: what somebody may not read there is not shown here, and the password is at
// no door afterwards.
func TestPeopleSignInAtBitbucket(t *testing.T) {
	t.Parallel()
	for name, postgres := range map[string]bool{"SQLite": false, "PostgreSQL": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newConnectionTest(t, postgres)
			c.repository("api", "main.py", "print(1)\n")
			c.repository("web", "main.py", "print(2)\n")
			// The search of the canary looks for this text, of which the connection's own token is a part, too.
			password := canaryToken + "-of-ada"
			c.site.Allow(site.Credential{Secret: password, User: "ada", Password: true})
			c.site.Grant("ada", "PAY/web", site.Write)
			require.Zero(t, c.run(canaryToken+"\n", "connection", "add", "bitbucket", c.base, "--every", "1s", "--sign-in").code)
			n := startNode(t, c.env, "--data", c.data)
			c.scanned(n, "web", "main", c.site.Head("PAY", "web", "main"))
			c.scanned(n, "api", "main", c.site.Head("PAY", "api", "main"))
			jar, err := cookiejar.New(nil)
			require.NoError(t, err)
			client := &http.Client{Jar: jar}
			ask := func(method, path string, form url.Values) (int, string) {
				t.Helper()
				var a *http.Response
				if method == http.MethodPost {
					a, err = client.PostForm(n.url+path, form) //nolint:noctx // the program of the test answers
				} else {
					a, err = client.Get(n.url + path) //nolint:noctx // the program of the test answers
				}
				require.NoError(t, err)
				defer func() { _ = a.Body.Close() }()
				text, err := io.ReadAll(a.Body)
				require.NoError(t, err)
				return a.StatusCode, string(text)
			}
			status, _ := ask(http.MethodPost, "/sign-in/bitbucket-bitbucket", url.Values{"name": {"ada"}, "password": {"wrong"}})
			require.Equal(t, http.StatusUnauthorized, status)
			status, text := ask(http.MethodPost, "/sign-in/bitbucket-bitbucket", url.Values{"name": {"ada"}, "password": {password}, "keep": {"true"}, "next": {"/projects/PAY"}})
			require.Equal(t, http.StatusOK, status, text)
			require.Contains(t, text, "/projects/PAY/repos/web")
			require.NotContains(t, text, "/projects/PAY/repos/api")
			status, _ = ask(http.MethodGet, "/projects/PAY/repos/api", nil)
			require.Equal(t, http.StatusNotFound, status)
			require.NoError(t, n.cmd.Process.Signal(os.Interrupt))
			require.NoError(t, n.cmd.Wait())
			c.searchCanary(n)
		})
	}
}
