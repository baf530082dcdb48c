package dashboard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan/format"
)

func TestMain(m *testing.M) {
	code := teststore.Run(m)
	endBrowser()
	os.Exit(code)
}

// service is a server with pages, over a database of its own.
type service struct {
	t     testing.TB
	store *store.Store
	// url has the base path behind it.
	url, base string
	// sources are the connections of a server from newDemo.
	sources *testdashboard.Sources
	// sample fills the names in braces of a path.
	sample *strings.Replacer
}

// newService gives a server over projects in a new SQLite database, with the options as the changes make them.
func newService(t testing.TB, base string, projects []testdashboard.Project, change ...func(o *testdashboard.Options)) *service {
	t.Helper()
	return newServiceOn(t, teststore.SQLite(t), base, projects, change...)
}

// newServiceOn is newService over an empty database.
func newServiceOn(t testing.TB, address, base string, projects []testdashboard.Project, change ...func(o *testdashboard.Options)) *service {
	t.Helper()
	st := withAccounts(t, address)
	require.NoError(t, testdashboard.Fill(t.Context(), st, projects))
	if len(projects) > 0 {
		require.NoError(t, testdashboard.AddConnection(t.Context(), st))
	}
	return serve(t, st, base, change...)
}

// newDemo gives a server over what `sluice serve --demo` shows: findings have their lines, there are decisions, schedules and stuck mails.
func newDemo(t testing.TB, base string) *service {
	t.Helper()
	st := withAccounts(t, teststore.SQLite(t))
	folder, err := testdashboard.Demo(t.Context(), st, t.TempDir())
	require.NoError(t, err)
	var sources *testdashboard.Sources
	s := serve(t, st, base, (*testdashboard.Options).Around, func(o *testdashboard.Options) {
		o.Source, sources = connection.NewReader(folder), o.Connections.(*testdashboard.Sources)
	})
	s.sources = sources
	return s
}

// withAccounts opens an empty database and adds the accounts.
func withAccounts(t testing.TB, address string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	require.NoError(t, testdashboard.AddAccounts(t.Context(), st))
	return st
}

// serve gives a server over a store.
func serve(t testing.TB, st *store.Store, base string, change ...func(o *testdashboard.Options)) *service {
	t.Helper()
	listener := httptest.NewUnstartedServer(nil)
	url := "http://" + listener.Listener.Addr().String() + base
	o := testdashboard.Options{BasePath: base, Folder: "/var/git", SBOMs: sboms{}, Link: url, Sleep: func(context.Context, time.Duration) error { return nil }}
	for _, f := range change {
		f(&o)
	}
	h, err := testdashboard.Serve(t.Context(), st, o)
	require.NoError(t, err)
	listener.Config.Handler = h
	listener.Start()
	t.Cleanup(listener.Close)
	sample, err := testdashboard.Sample(t.Context(), st)
	require.NoError(t, err)
	return &service{t: t, store: st, url: url, base: base, sample: sample}
}

// sboms makes SBOMs that say what they are about.
type sboms struct{}

func (sboms) SBOM(_ context.Context, r *catalog.Repository, branch string, name format.Name) (func(w io.Writer) error, error) {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join([]string{r.Slug, branch, string(name)}, " "))
		return err
	}, nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
}

// browser keeps cookies, and follows no redirect.
type browser struct {
	s      *service
	client *http.Client
}

// browser gives one that has signed in; "" is nobody.
func (s *service) browser(as string) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	b := &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if as != "" {
		a := b.post("/sign-in", url.Values{"name": {as}, "password": {testdashboard.Password(as)}})
		require.Equal(s.t, http.StatusSeeOther, a.status, a.text)
	}
	return b
}

func (b *browser) do(method, path string, form url.Values, change ...func(r *http.Request)) answer {
	t := b.s.t
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.s.url+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, f := range change {
		f(r)
	}
	return b.send(r)
}

// send sends a request.
func (b *browser) send(r *http.Request) answer {
	t := b.s.t
	t.Helper()
	response, err := b.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(text)}
}

// decoded reads JSON.
func decoded[T any](t testing.TB, text string) (value T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

func (b *browser) get(path string) answer { b.s.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values, change ...func(r *http.Request)) answer {
	b.s.t.Helper()
	return b.do(http.MethodPost, path, form, change...)
}

// decodedNumber writes a number of JSON.
func decodedNumber(value any) string { return strconv.FormatFloat(value.(float64), 'f', -1, 64) }

// upload sends a form with a file.
func (b *browser) upload(path string, form url.Values, file string) answer {
	b.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		require.NoError(b.s.t, w.WriteField(name, values[0]))
	}
	part, err := w.CreateFormFile("file", "reviewed.csv")
	require.NoError(b.s.t, err)
	_, err = part.Write([]byte(file))
	require.NoError(b.s.t, err)
	require.NoError(b.s.t, w.Close())
	return b.do(http.MethodPost, path, nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		r.Header.Set("Content-Type", w.FormDataContentType())
	})
}
