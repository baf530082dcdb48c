package bitbucket_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// script is a transport that gives one answer after the other, and repeats the last one.
type script struct {
	mu    sync.Mutex
	list  []step
	calls int
}

func (a *script) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := a.list[min(a.calls, len(a.list)-1)]
	a.calls++
	return next(r)
}

// step is a transport as a function.
type step func(*http.Request) (*http.Response, error)

// reply is a response with headers, as names and values.
func reply(status int, body string, header ...string) step {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
	}
}

func broken(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection reset by peer")
}

func limited(t *testing.T, a *script, w *waits, now func() time.Time, l *bitbucket.Limits) *bitbucket.Client {
	return newClient(t, bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: "https://bitbucket.example.com/ctx", Auth: bitbucket.Bearer("tok-canary"), Transport: a, Wait: w.wait, Now: now, Limits: l})
}

var get = bitbucket.Request{Method: http.MethodGet, Path: "/rest/api/latest/projects"}

func TestACallThatMustNotHappenTwiceIsNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first   step
		calls   int
		unclear bool
	}{
		"the connection broke":   {broken, 1, true},
		"the server had trouble": {reply(500, `{}`), 1, true},
		"a gateway gave up":      {reply(504, `{}`), 1, true},
		"too many calls":         {reply(429, ``), 2, false},
		"done":                   {reply(200, `{}`), 1, false},
		"refused as invalid":     {reply(400, `{}`), 1, false},
		"not implemented":        {reply(501, `{}`), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &script{list: []step{c.first, reply(200, `{}`)}}
			err := limited(t, a, &waits{}, nil, nil).Do(t.Context(), bitbucket.Request{Method: http.MethodPost, Path: "/rest/api/latest/projects/A/webhooks", Once: true})
			require.Equal(t, c.unclear, errors.Is(err, bitbucket.ErrUnclear), "%v", err)
			require.Equal(t, c.calls, a.calls)
		})
	}
}

func TestCausesOfErrors(t *testing.T) {
	t.Parallel()
	all := map[string]error{"moved": bitbucket.ErrMoved, "removed": bitbucket.ErrRemoved, "not permitted": bitbucket.ErrNotPermitted, "credential": bitbucket.ErrCredential}
	authorisation := `{"errors":[{"context":null,"message":"no","exceptionName":"com.atlassian.bitbucket.AuthorisationException"}]}`
	for name, c := range map[string]struct {
		reply func(*http.Request) (*http.Response, error)
		cause string
		says  string
	}{
		"a 401 without a right":        {reply(401, authorisation), "not permitted", "no"},
		"a 401 with a wrong password":  {reply(401, `{"errors":[{"message":"no","exceptionName":"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"}]}`), "credential", "no"},
		"a 401 of another server":      {reply(401, `{}`), "credential", ""},
		"a 401 that wants a CAPTCHA":   {reply(401, `{}`, "X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=x"), "credential", "CAPTCHA_CHALLENGE"},
		"a 403":                        {reply(403, `{}`), "not permitted", ""},
		"a 410":                        {reply(410, `{"type":"error","error":{"message":"CHANGE-2770 - gone"}}`), "removed", "CHANGE-2770"},
		"a redirect":                   {reply(301, ``, "Location", "https://other.example.com/x"), "moved", "other.example.com"},
		"a redirect on the same host":  {reply(308, ``, "Location", "/rest/other"), "moved", ""},
		"a 404":                        {reply(404, `{}`), "", ""},
		"too many calls, told by 403":  {reply(403, `{"errors":[{"message":"Rate limit exceeded"}]}`), "", ""},
		"an error of the server's own": {reply(501, `{}`), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &script{list: []step{c.reply}}
			err := limited(t, a, &waits{}, nil, &bitbucket.Limits{}).Do(t.Context(), get)
			require.Error(t, err)
			for word, cause := range all {
				require.Equal(t, c.cause == word, errors.Is(err, cause), "%s: %v", word, err)
			}
			require.Contains(t, err.Error(), c.says)
			require.Equal(t, 1, a.calls, "a refusal is not repeated")
		})
	}
}

// One refusal makes every call of the connection wait, and a long one parks them all without another call.
func TestOneRefusalStopsAllCalls(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	a := &script{list: []step{reply(429, `slow down`, "Retry-After", "1800"), reply(200, `{}`)}}
	w := &waits{}
	c := limited(t, a, w, clock, &bitbucket.Limits{Park: 30 * time.Second})
	for range 3 {
		err := c.Do(t.Context(), get)
		var parked *bitbucket.ParkedError
		require.ErrorAs(t, err, &parked)
		require.ErrorIs(t, err, bitbucket.ErrRateLimited)
		require.Equal(t, now.Add(30*time.Minute), parked.Until)
	}
	require.Equal(t, 1, a.calls, "nobody asks while the server wants quiet")
	require.Empty(t, w.list, "nobody waits half an hour in place")
	now = now.Add(31 * time.Minute)
	require.NoError(t, c.Do(t.Context(), get))
}

func TestRefusalsWithoutATimeDouble(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var waited []time.Duration
	a := &script{list: []step{reply(429, ``), reply(429, ``), reply(429, ``), reply(200, `{}`), reply(429, ``), reply(200, `{}`)}}
	c := newClient(t, bitbucket.Options{
		Product: bitbucket.DataCenter, ServerURL: "https://bitbucket.example.com", Transport: a, Now: func() time.Time { return now }, Limits: &bitbucket.Limits{Park: time.Minute},
		Wait: func(_ context.Context, d time.Duration) error {
			waited = append(waited, d)
			now = now.Add(d)
			return nil
		},
	})
	require.NoError(t, c.Do(t.Context(), get))
	require.NoError(t, c.Do(t.Context(), get))
	require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, time.Second}, waited, "an answer ends the series")
}

func TestCallsAreSpreadOut(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a := &script{list: []step{reply(200, `{}`)}}
	w := &waits{}
	c := limited(t, a, w, func() time.Time { return now }, &bitbucket.Limits{Rate: 4, Burst: 3})
	for range 5 {
		require.NoError(t, c.Do(t.Context(), get))
	}
	require.Equal(t, []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}, w.list)
}

// hour is a ledger with a fixed number of calls.
type hour struct {
	spent int
	free  time.Time
}

func (h *hour) Spend(_ context.Context, _ string, _, most int) (bool, time.Time, error) {
	if h.spent >= most {
		return false, h.free, nil
	}
	h.spent++
	return true, time.Time{}, nil
}

func TestBackgroundWorkLeavesCallsToPeople(t *testing.T) {
	t.Parallel()
	free := time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)
	h := &hour{spent: 79, free: free}
	a := &script{list: []step{reply(200, `{}`)}}
	c := newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Auth: bitbucket.Bearer("tok-canary"), Transport: a, Wait: (&waits{}).wait, Limits: &bitbucket.Limits{Ledger: h, Hourly: map[string]int{bitbucket.GroupRepositories: 100}}})
	list := bitbucket.Request{Method: http.MethodGet, Path: "/repositories/acme"}
	background := bitbucket.Background(t.Context())
	require.NoError(t, c.Do(background, list))
	var parked *bitbucket.ParkedError
	require.ErrorAs(t, c.Do(background, list), &parked)
	require.Equal(t, free, parked.Until)
	for range 20 {
		require.NoError(t, c.Do(t.Context(), list))
	}
	require.ErrorAs(t, c.Do(t.Context(), list), &parked)
	require.NoError(t, c.Do(background, bitbucket.Request{Method: http.MethodGet, Path: "/workspaces/acme/hooks"}), "another group")
	require.Equal(t, 22, a.calls)
}

func TestAListThatGoesBackwardsEnds(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"the same page":      `{"values":[1],"isLastPage":false,"nextPageStart":0}`,
		"a page before":      `{"values":[1],"isLastPage":false,"nextPageStart":-3}`,
		"the second for two": `{"values":[1],"isLastPage":false,"nextPageStart":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &script{list: []step{reply(200, body)}}
			err := limited(t, a, &waits{}, nil, nil).Pages(t.Context(), "/rest/api/latest/projects", nil, 1000, func(json.RawMessage) error { return nil })
			require.ErrorContains(t, err, "begins at row")
			require.LessOrEqual(t, a.calls, 2)
		})
	}
}
