package repotest

import (
	"archive/zip"
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// serviceManager stands for systemctl: it starts the program as the unit file says, and stops it by its process id. It is
// a shell script because the page calls it from a shell.
const serviceManager = `#!/bin/sh
set -eu
pid=$STATE/pid
stop() {
  [ -f "$pid" ] || return 0
  kill "$(cat "$pid")"
  while kill -0 "$(cat "$pid")" 2> /dev/null; do sleep 0.1; done
  rm "$pid"
}
start() {
  (
    [ ! -f "$ETC/environment" ] || { set -a; . "$ETC/environment"; }
    exec $(sed -n 's/^ExecStart=//p' "$UNIT") >> "$STATE/log" 2>&1
  ) &
  echo $! > "$pid"
}
case $1 in
  enable|start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  daemon-reload) ;;
  *) exit 64 ;;
esac
`

// TestEveryCommandOfTheAdministrationPage runs the page from top to bottom, with the real program, PostgreSQL and openssl.
// Users and the service manager are stand-ins, because they would change this machine; paths and ports are those of the
// test.
func TestEveryCommandOfTheAdministrationPage(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "openssl", "pg_dump"} {
		if _, err := exec.LookPath(tool); err != nil {
			require.Empty(t, os.Getenv("CI"), "the page needs "+tool)
			t.Skip("no " + tool)
		}
	}
	database := testpostgres.Database(t, os.Getenv(testpostgres.Variable))
	root := t.TempDir()
	stubs := filepath.Join(root, "stubs")
	for _, dir := range []string{"stubs", "usr/local/bin", "etc/systemd/system", "var/lib", "var/git/PAY/api.git", "var/backups", "tmp", "state"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	for name, text := range map[string]string{
		"systemctl": serviceManager, "useradd": "#!/bin/sh\n", "chown": "#!/bin/sh\n", "runuser": "#!/bin/sh\nshift 3\nexec \"$@\"\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(stubs, name), []byte(text), 0o755))
	}
	out, code := run(t, filepath.Join(root, "var/git/PAY/api.git"), os.Environ(), "git", "init", "-q", "--bare", ".")
	require.Zero(t, code, out)
	mirror := advisoryMirror(t)

	replaced := strings.NewReplacer("/usr/local/bin/", root+"/usr/local/bin/", "/var/", root+"/var/", "/etc/", root+"/etc/", "/tmp/", root+"/tmp/", "127.0.0.1:7080", freePort(t), "127.0.0.1:7443", freePort(t),
		"postgres://sluice:PASSWORD@db.example.com/sluice", database, "https://mirror.example.com/osv", mirror)
	work := filepath.Join(root, "work")
	require.NoError(t, os.MkdirAll(filepath.Join(work, "examples"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(work, "examples", "sluice.service"), []byte(replaced.Replace(readText(t, "examples/sluice.service"))), 0o600))
	require.NoError(t, os.Symlink(program(t), filepath.Join(work, "sluice")))

	page := readText(t, "docs/administration.md")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(page, -1)
	require.Greater(t, len(blocks), 8)
	script := "set -euo pipefail\ntrap 'systemctl stop; wait' EXIT\n"
	for i, b := range blocks {
		script += fmt.Sprintf("echo \"== block %d\"\n%s", i+1, replaced.Replace(b[1]))
	}
	script += "echo 'The page is through.'\n"
	path := strings.Join([]string{stubs, root + "/usr/local/bin", os.Getenv("PATH")}, string(os.PathListSeparator))
	out, code = run(t, work, []string{
		"PATH=" + path, "HOME=" + root, "TMPDIR=" + root + "/tmp", "STATE=" + root + "/state", "ETC=" + root + "/etc/sluice", "UNIT=" + root + "/etc/systemd/system/sluice.service",
		"DB_UPDATE=off", "ENGINES=secrets",
	}, "bash", "-c", script)
	log, _ := os.ReadFile(filepath.Join(root, "state", "log"))
	require.Zero(t, code, "%s\n%s", out, log)
	require.Contains(t, out, "The page is through.")
	require.Contains(t, out, "password: ", "the first administrator's")
	require.NotContains(t, string(log), "with the password", "the log of the service holds no password")
}

// TestTheServerBehindNginx runs nginx with the configuration of the examples: pages below a path, a cookie for TLS alone,
// forms of this site and not of another, and events that come at once.
func TestTheServerBehindNginx(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		require.Empty(t, os.Getenv("CI"), "the test needs nginx")
		t.Skip("no nginx")
	}
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "git"), 0o755))
	out, code := run(t, root, os.Environ(), "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sluice.example.com", "-keyout", "tls.key", "-out", "tls.crt")
	require.Zero(t, code, out)
	address, password := startServer(t, filepath.Join(root, "git"), "--base-path", "/sluice", "--trusted-proxies", "127.0.0.1")
	front := freePort(t)
	site := strings.NewReplacer("listen 443 ssl", "listen "+front+" ssl", "/etc/sluice/", root+"/", "http://127.0.0.1:7080", strings.TrimSuffix(address, "/sluice")).Replace(readText(t, "examples/nginx.conf"))
	config := filepath.Join(root, "nginx.conf")
	require.NoError(t, os.WriteFile(config, []byte("daemon off;\nmaster_process off;\npid "+root+"/pid;\nerror_log "+root+"/errors;\nevents {}\nhttp {\naccess_log off;\n"+
		"client_body_temp_path "+root+"/a;\nproxy_temp_path "+root+"/b;\nfastcgi_temp_path "+root+"/c;\nuwsgi_temp_path "+root+"/d;\nscgi_temp_path "+root+"/e;\n"+site+"}\n"), 0o600))
	proxy := exec.CommandContext(t.Context(), nginx, "-c", config, "-e", filepath.Join(root, "errors"))
	require.NoError(t, proxy.Start())
	t.Cleanup(func() {
		_ = proxy.Process.Kill()
		_ = proxy.Wait()
	})
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	do := func(method, path, origin string, form url.Values) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), method, "https://"+front+path, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		r.SetBasicAuth("admin", password)
		return client.Do(r)
	}
	testwait.Until(t, func() bool {
		response, err := do(http.MethodGet, "/sluice/sign-in", "", nil)
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode == http.StatusOK
	})
	form := url.Values{"name": {"admin"}, "password": {password}}
	response, err := do(http.MethodPost, "/sluice/sign-in", "https://"+front, form)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Equal(t, "/sluice/", response.Header.Get("Location"))
	require.Contains(t, response.Header.Get("Set-Cookie"), "; Path=/sluice; HttpOnly; Secure; SameSite=Lax")
	response, err = do(http.MethodPost, "/sluice/sign-in", "https://elsewhere.example", form)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	response, err = do(http.MethodGet, "/sluice/rest/security/latest/events", "", nil)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	first := make([]byte, 1)
	_, err = response.Body.Read(first)
	require.NoError(t, err, "the first event is there although the stream has no end")
}

// advisoryMirror serves an archive of one advisory for every ecosystem, and returns its address.
func advisoryMirror(t *testing.T) string {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	entry, err := w.Create("GHSA-left.json")
	require.NoError(t, err)
	_, err = entry.Write([]byte(`{"id":"GHSA-left","modified":"2026-11-20T00:00:00Z","affected":[` +
		`{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]},` +
		`{"package":{"ecosystem":"PyPI","name":"left"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive.Bytes()) }))
	t.Cleanup(server.Close)
	return server.URL
}

// freePort gives an address of this machine on which nothing listens now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}
