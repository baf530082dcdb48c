package cli_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testissuer"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// visitor is a browser of somebody who signs in at a provider, on a server whose public address is another one.
type visitor struct {
	t      *testing.T
	client *http.Client
	n      *node
}

const publicAddress = "https://sluice.example.com"

func newVisitor(t *testing.T, n *node) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, n}
}

func (v *visitor) get(address string) (status int, location, text string) {
	v.t.Helper()
	address = strings.Replace(address, publicAddress, v.n.url, 1)
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address, nil)
	require.NoError(v.t, err)
	response, err := v.client.Do(r)
	require.NoError(v.t, err)
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	require.NoError(v.t, err)
	return response.StatusCode, response.Header.Get("Location"), string(b)
}

// TestServeSignsInByOpenIDConnect: it starts while the provider is down, says so, and signs in afterwards. Nothing that it writes holds the
// client's secret.
func TestServeSignsInByOpenIDConnect(t *testing.T) {
	t.Parallel()
	for _, secretInFile := range []bool{false, true} {
		i := testissuer.New(t)
		i.Do(func(b *testissuer.Behaviour) {
			b.Down = true
			b.Claims = map[string]any{"sub": "4711", "login": "jane", "teams": []string{"/teams/pay", "root"}, "email": "jane@example.com", "email_verified": true}
		})
		data := filepath.Join(t.TempDir(), "data")
		file := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(file, []byte(testissuer.ClientSecret()+"\n"), 0o600))
		env := []string{"SLUICE_OIDC_CLIENT_ID=" + testissuer.ClientID, "SLUICE_LINK=" + publicAddress + "/"}
		args := []string{"--repos", repositories(t, 1, 1), "--data", data, "--oidc-issuer", i.URL, "--oidc-title", "Example", "--oidc-name-claim", "login", "--oidc-groups-claim", "teams", "--oidc-admin-group", "root", "--oidc-domains", "example.com"}
		if secretInFile {
			args = append(args, "--oidc-client-secret-file", file)
		} else {
			env = append(env, "SLUICE_OIDC_CLIENT_SECRET="+testissuer.ClientSecret())
		}
		n := startNode(t, env, args...)
		v := newVisitor(t, n)
		_, _, page := v.get(n.url + "/sign-in")
		require.Contains(t, page, "Example does not answer at the moment")
		status, _, _ := v.get(n.url + "/sign-in/oidc")
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Zero(t, inProcess(t, nil, "user", "group", "payments", "--provider-group", "/teams/pay", "--data", data).code)
		require.NoError(t, n.cmd.Process.Kill())
		_ = n.cmd.Wait()

		// The provider answers now, and this process has not heard otherwise.
		i.Do(func(b *testissuer.Behaviour) { b.Down = false })
		again := startNode(t, env, args...)
		v = newVisitor(t, again)
		address := again.url + "/sign-in/oidc"
		for range 3 {
			status, next, text := v.get(address)
			require.Contains(t, []int{http.StatusSeeOther, http.StatusFound}, status, text)
			address = next
		}
		require.Equal(t, "/", address, "an administrator begins at the instance")
		_, _, page = v.get(again.url + "/")
		require.Contains(t, page, "Signed in as </span>jane<")
		require.NoError(t, again.cmd.Process.Kill())
		_ = again.cmd.Wait()

		list := inProcess(t, nil, "user", "list", "--data", data).stdout
		require.Regexp(t, `(?m)^jane +jane@example.com +administrator$`, list)
		require.Contains(t, list, "jane (of the provider's group /teams/pay)")
		require.Equal(t, i.URL+"  4711\n", inProcess(t, nil, "user", "link", "jane", "--data", data).stdout)
		for _, text := range []string{n.log.String(), again.log.String(), list} {
			require.NotContains(t, text, testissuer.ClientSecret())
			require.NotContains(t, text, url.QueryEscape(testissuer.ClientSecret()))
		}
		require.NotEmpty(t, again.log.String())
		require.NoError(t, filepath.WalkDir(data, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			require.NotContains(t, string(b), testissuer.ClientSecret(), path)
			return err
		}))
	}
}

// TestBadSignInSettingsAreToldAllAtOnce, and none of them holds the secret.
func TestBadSignInSettingsAreToldAllAtOnce(t *testing.T) {
	t.Parallel()
	root, empty := repositories(t, 1, 1), filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	env := []string{"SLUICE_OIDC_CLIENT_SECRET=" + testissuer.ClientSecret()}
	run := func(args ...string) string {
		t.Helper()
		r := inProcess(t, env, append([]string{"serve", "--repos", root, "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, args...)...)
		require.Equal(t, 2, r.code, r.stderr)
		require.NotContains(t, r.stderr+r.stdout, testissuer.ClientSecret())
		return r.stderr
	}
	text := run("--oidc-issuer", "http://login.example.com", "--oidc-ca", empty, "--oidc-client-secret-file", empty, "--oidc-accounts", "some", "--oidc-domains", "@example.com", "--passwords", "nobody")
	for _, words := range []string{"--oidc-issuer", "https://", "--oidc-ca", "no certificate", "--oidc-client-secret-file", "SLUICE_OIDC_CLIENT_SECRET is set too", "--oidc-accounts", "--oidc-domains", "--passwords", "--link"} {
		require.Contains(t, text, words)
	}
	require.Contains(t, run("--passwords", "administrators"), "without --oidc-issuer")
	require.Contains(t, run("--oidc-issuer", "https://login.example.com", "--link", publicAddress), "client id")
	for link, words := range map[string]string{publicAddress: "--base-path", "sluice.example.com/sluice": "is not an address", publicAddress + "/sluice?x=1": "is not an address"} {
		require.Contains(t, run("--oidc-issuer", "https://login.example.com", "--oidc-client-id", "x", "--base-path", "/sluice", "--link", link), words, link)
	}
	env = nil
	require.Contains(t, run("--oidc-issuer", "https://login.example.com", "--oidc-client-id", "x", "--link", publicAddress, "--oidc-client-secret-file", empty), "the file is empty")
}

// TestServeTrustsTheGivenAuthority for the provider's certificate.
func TestServeTrustsTheGivenAuthority(t *testing.T) {
	t.Parallel()
	i := testissuer.NewTLS(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Certificate()}), 0o600))
	env := []string{"SLUICE_OIDC_CLIENT_ID=" + testissuer.ClientID, "SLUICE_LINK=" + publicAddress, "SLUICE_OIDC_ISSUER=" + i.URL}
	for _, ca := range []string{"", file} {
		n := startNode(t, append(env, "SLUICE_OIDC_CA="+ca), "--repos", repositories(t, 1, 1), "--data", t.TempDir())
		status, _, _ := newVisitor(t, n).get(n.url + "/sign-in/oidc")
		if ca == "" {
			require.Equal(t, http.StatusServiceUnavailable, status)
			testwait.Until(t, func() bool { return strings.Contains(n.log.String(), "certificate") }, "the log says why: %s", n.log)
		} else {
			require.Equal(t, http.StatusSeeOther, status)
		}
	}
}

// TestAccountsAreLinkedByACommand, and the audit log records it.
func TestAccountsAreLinkedByACommand(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	run := func(code int, env []string, args ...string) ran {
		t.Helper()
		r := inProcess(t, env, append(args, "--data", data)...)
		require.Equal(t, code, r.code, r.stderr)
		return r
	}
	issuer := []string{"SLUICE_OIDC_ISSUER=https://login.example.com"}
	run(0, nil, "user", "add", "ada")
	run(0, nil, "user", "add", "bob")
	require.Contains(t, run(2, nil, "user", "link", "ada", "s1").stderr, "--oidc-issuer")
	require.Contains(t, run(2, issuer, "user", "link", "eve", "s1").stderr, "no account eve")
	require.Contains(t, run(2, issuer, "user", "link", "ada", "").stderr, "subject")
	run(0, issuer, "user", "link", "ada", "s1")
	require.Contains(t, run(2, nil, "user", "link", "bob", "s1", "--oidc-issuer", "https://login.example.com").stderr, "another account")
	require.Equal(t, "https://login.example.com  s1\n", run(0, nil, "user", "link", "ada").stdout)
	require.Contains(t, run(2, nil, "user", "link", "ada", "s1", "--remove").stderr, "takes no subject")
	run(0, nil, "user", "link", "ada", "--remove")
	require.Empty(t, run(0, nil, "user", "link", "ada").stdout)
	require.Contains(t, run(2, nil, "user", "group", "devs", "ada", "--provider-group", "x").stderr, "take no members")
	require.Contains(t, run(2, nil, "user", "group", "devs", "--remove", "--provider-group", "x").stderr, "exclude each other")
	run(0, nil, "user", "group", "devs", "--provider-group", "x")
	st, err := store.Open(t.Context(), filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	events, err := st.Audit.List(t.Context(), audit.Filter{Actor: "command line"}, db.Page{Limit: 3})
	require.NoError(t, err)
	var entries []string
	for _, e := range events {
		entries = append(entries, e.Action+" "+e.Object+" "+e.Detail)
	}
	require.Equal(t, []string{"group.changed devs provider group x", "account.unlinked ada links removed: 1", "account.linked ada subject s1 of https://login.example.com"}, entries)
}
