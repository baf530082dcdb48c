package preview_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/preview"
)

func ask(t *testing.T, h http.Handler, method, host, path string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(data)
}

func TestHandler(t *testing.T) {
	t.Parallel()
	page := samplePage(t)
	h := preview.Handler(func(context.Context) (*preview.Page, error) { return page, nil })
	for _, c := range []struct {
		name, method, host, path string
		status                   int
		want                     string
	}{
		{"page", "GET", "localhost:8080", "/", 200, "Checkout: publish releases"},
		{"page by address", "GET", "127.0.0.1:8080", "/", 200, "Checkout: publish releases"},
		{"page by IPv6 address", "GET", "[::1]:8080", "/?x=1", 200, "Checkout: publish releases"},
		{"page by a name for this machine", "GET", "sluice.localhost", "/", 200, "Checkout: publish releases"},
		{"without a host", "GET", "", "/", 200, "Checkout: publish releases"},
		{"another path", "GET", "localhost", "/favicon.ico", 404, "Open / instead."},
		{"a file of the machine", "GET", "localhost", "/../../etc/passwd", 404, "Open / instead."},
		{"post", "POST", "localhost", "/", 405, "can only be read"},
		{"foreign name", "GET", "evil.example:8080", "/", 421, "&#34;evil.example:8080&#34;"},
		{"name that looks local", "GET", "localhost.evil.example", "/", 421, "answers to this machine"},
		{"markup for a host", "GET", "<script>", "/", 421, "&lt;script&gt;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, h, c.method, c.host, c.path)
			require.Equal(t, c.status, r.StatusCode)
			got := text(t, r)
			require.Contains(t, got, c.want)
			require.Contains(t, got, "Nothing was sent to Bitbucket.")
			require.Equal(t, c.status == 200, strings.Contains(got, "orders.py"), "code is shown on the page only")
			require.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
			require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
			require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
			require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"))
			require.Equal(t, "DENY", r.Header.Get("X-Frame-Options"))
			require.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'none'")
			require.Contains(t, r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
			require.Equal(t, int64(len(got)), r.ContentLength)
			if c.status == http.StatusMethodNotAllowed {
				require.Equal(t, "GET, HEAD", r.Header.Get("Allow"))
			}
		})
	}
}

func TestHandlerHead(t *testing.T) {
	t.Parallel()
	page := samplePage(t)
	h := preview.Handler(func(context.Context) (*preview.Page, error) { return page, nil })
	r := ask(t, h, http.MethodHead, "localhost", "/")
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Empty(t, text(t, r))
	require.Equal(t, int64(len(written(t, page))), r.ContentLength)
}

func TestHandlerTellsWhatWentWrongAndTriesAgain(t *testing.T) {
	t.Parallel()
	fail := errors.Join(errors.New("read <reports>\x1b"), bitbucket.ErrUnreachable)
	page := samplePage(t)
	h := preview.Handler(func(context.Context) (*preview.Page, error) {
		if err := fail; err != nil {
			fail = errors.New("the repository is locked")
			return nil, err
		}
		return page, nil
	})
	r := ask(t, h, http.MethodGet, "localhost", "/")
	require.Equal(t, http.StatusInternalServerError, r.StatusCode)
	got := text(t, r)
	require.Contains(t, got, "The preview could not be made.")
	require.Contains(t, got, `read &lt;reports&gt;\x1b`)
	require.Contains(t, got, bitbucket.Hint(bitbucket.ErrUnreachable))
	got = text(t, ask(t, h, http.MethodGet, "localhost", "/"))
	require.Contains(t, got, "the repository is locked")
	require.Contains(t, got, "reload this page")
	fail = nil
	require.Equal(t, http.StatusOK, ask(t, h, http.MethodGet, "localhost", "/").StatusCode)
}

func TestHandlerSaysNothingToWhoHasGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := preview.Handler(func(ctx context.Context) (*preview.Page, error) {
		cancel()
		return nil, ctx.Err()
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/", nil))
	require.Empty(t, w.Body.String())
}

func TestWriteDir(t *testing.T) {
	t.Parallel()
	page := samplePage(t)
	dir := filepath.Join(t.TempDir(), "deep", "preview")
	for range 2 {
		require.NoError(t, preview.WriteDir(page, dir))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing but the page stays")
		data, err := os.ReadFile(filepath.Join(dir, "index.html"))
		require.NoError(t, err)
		require.Equal(t, written(t, page), string(data))
		info, err := entries[0].Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o644), info.Mode().Perm())
	}
}

func TestWriteDirErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o600))
	err := preview.WriteDir(samplePage(t), file)
	require.ErrorContains(t, err, "give --output a folder, not a file")
	require.ErrorContains(t, preview.WriteDir(samplePage(t), filepath.Join(file, "below")), "give --output a folder, not a file")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "mine", string(data))

	taken := filepath.Join(dir, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "index.html", "x"), 0o755))
	require.ErrorContains(t, preview.WriteDir(samplePage(t), taken), "write the preview")
	entries, err := os.ReadDir(taken)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")
}

func TestWriteTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, samplePage(t).Write(full{}), errFull)
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func BenchmarkPage(b *testing.B) {
	page := samplePage(b)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, page.Write(io.Discard))
	}
}
