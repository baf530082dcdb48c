package fakebitbucket_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

const (
	commit      = "0123456789abcdef0123456789abcdef01234567"
	otherCommit = "89abcdef0123456789abcdef0123456789abcdef"

	cloudBase  = "/2.0/repositories/acme/shop/commit/" + commit
	reports    = cloudBase + "/reports"
	report     = reports + "/sluice-security"
	annots     = report + "/annotations"
	dcBase     = "/bitbucket/rest/insights/latest/projects/SHOP/repos/web/commits/" + commit
	dcReport   = dcBase + "/reports/io.sluice"
	dcAnnots   = dcReport + "/annotations"
	goodReport = `{"title":"Sluice","details":"Two findings","report_type":"SECURITY","result":"PENDING"}`
	doneReport = `{"title":"Sluice","details":"Two findings","report_type":"SECURITY","result":"FAILED"}`
	goodDC     = `{"title":"Sluice","result":"FAIL"}`
)

// client talks to a server over a real connection.
type client struct {
	t    testing.TB
	base string
	http *http.Client
}

type reply struct {
	status int
	header http.Header
	body   string
}

func start(t *testing.T, options ...fakebitbucket.Option) (*fakebitbucket.Server, client) {
	t.Helper()
	server := fakebitbucket.New(options...)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	noRedirects := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return server, client{t, listener.URL, noRedirects}
}

// try sends a request; header is a list of names and values.
func (c client) try(method, path, body string, header ...string) (reply, error) {
	c.t.Helper()
	target := path
	if !strings.HasPrefix(path, "http") {
		target = c.base + path
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, target, strings.NewReader(body))
	require.NoError(c.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(read)}, err
}

func (c client) do(method, path, body string, header ...string) reply {
	c.t.Helper()
	r, err := c.try(method, path, body, header...)
	require.NoError(c.t, err)
	return r
}

// want sends a request and requires a status.
func (c client) want(status int, method, path, body string, header ...string) reply {
	c.t.Helper()
	r := c.do(method, path, body, header...)
	require.Equal(c.t, status, r.status, "%s %s: %s", method, path, r.body)
	return r
}

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var value map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &value), r.body)
	return value
}

// annotation returns a valid Cloud annotation with some fields replaced; fields is JSON like `"line":3`.
func annotation(id, fields string) string {
	base := fmt.Sprintf(`"external_id":%q,"annotation_type":"VULNERABILITY","summary":"A secret"`, id)
	if fields != "" {
		base += "," + fields
	}
	return "{" + base + "}"
}

// bulk returns n valid annotations whose ids begin at from.
func bulk(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = annotation(fmt.Sprintf("id-%04d", from+i), "")
	}
	return "[" + strings.Join(all, ",") + "]"
}

func dcBulk(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"externalId":"id-%04d","message":"A secret","severity":"HIGH"}`, from+i)
	}
	return `{"annotations":[` + strings.Join(all, ",") + `]}`
}

// clock stands still until a test moves it.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 8, 1, 12, 0, 0, 123456789, time.UTC)} }
