package bitbucket_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// turns are credentials of which one follows the other when it is refused.
type turns struct {
	list    []bitbucket.Auth
	asked   int
	refused int
}

func (c *turns) API(context.Context) (bitbucket.Auth, error) {
	c.asked++
	if len(c.list) == 0 {
		return bitbucket.Auth{}, errors.New("nobody gives a credential")
	}
	return c.list[0], nil
}

func (c *turns) Refused(a bitbucket.Auth) bool {
	c.refused++
	if len(c.list) < 2 || a != c.list[0] {
		return false
	}
	c.list = c.list[1:]
	return true
}

// TestEachCallAsksForItsCredential, and once more when that one is refused.
func TestEachCallAsksForItsCredential(t *testing.T) {
	t.Parallel()
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") != "Bearer third" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	c := &turns{list: []bitbucket.Auth{bitbucket.Bearer("first"), bitbucket.Bearer("second"), bitbucket.Bearer("third")}}
	client := newClient(t, bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: server.URL, Credentials: c})
	require.True(t, client.Authenticated())
	get := func() error {
		return client.Do(t.Context(), bitbucket.Request{Method: http.MethodGet, Path: "/rest/api/latest/projects"})
	}
	require.ErrorIs(t, get(), bitbucket.ErrCredential)
	require.Equal(t, []string{"Bearer first", "Bearer second"}, seen, "one more try, not many")
	require.NoError(t, get())
	require.NoError(t, get())
	require.Equal(t, []string{"Bearer first", "Bearer second", "Bearer second", "Bearer third", "Bearer third"}, seen)
	require.Equal(t, 2, c.refused)
	c.list = nil
	err := get()
	require.ErrorIs(t, err, bitbucket.ErrNoCredential)
	require.ErrorContains(t, err, "nobody gives a credential")
	require.NotErrorIs(t, err, bitbucket.ErrUnreachable)
	require.Len(t, seen, 5, "nothing is sent without one")
}

// TestNoErrorRepeatsTheCredential that a server sends back, in any form and with any status.
func TestNoErrorRepeatsTheCredential(t *testing.T) {
	t.Parallel()
	status, kind := 0, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, password, _ := r.BasicAuth()
		_, _ = io.WriteString(w, "<html>you sent "+r.Header.Get("Authorization")+" "+password)
	}))
	defer server.Close()
	for _, auth := range []bitbucket.Auth{bitbucket.Bearer("canary-of-a-token"), bitbucket.Basic("ada", "canary-of-a-token")} {
		client := newClient(t, bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: server.URL, Credentials: auth, Wait: (&waits{}).wait})
		for _, status = range []int{200, 302, 400, 401, 403, 404, 500} {
			for _, kind = range []string{"text/html", "text/plain", "application/json"} {
				var out struct{ A string }
				err := client.Do(t.Context(), bitbucket.Request{Method: http.MethodGet, Path: "/rest/api/latest/projects", Out: &out})
				require.Error(t, err)
				require.NotContains(t, err.Error(), "canary")
				require.NotContains(t, err.Error(), base64.StdEncoding.EncodeToString([]byte("ada:canary-of-a-token"))[:12])
			}
		}
	}
}
