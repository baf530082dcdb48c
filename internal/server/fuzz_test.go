package server_test

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// streams are the routes with endless answers.
var streams = []string{"/events"}

// FuzzRequests: whatever the path, the query and the body of any route contain, nothing breaks, and every refusal is an
// error that clients can read.
func FuzzRequests(f *testing.F) {
	st, err := store.Open(f.Context(), teststore.SQLite(f))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, st.Close()) })
	_, err = teststore.Sync(f, st).Apply(f.Context(), &connection.Project{Key: "PAY", Name: "Payments", Repositories: []connection.Repository{{
		Slug: "api", Name: "api", Location: "PAY/api", DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: "1", HeadAt: time.UnixMilli(1)}},
	}}})
	require.NoError(f, err)
	id, err := st.Accounts.Add(f.Context(), &accounts.Account{Name: "root", Admin: true})
	require.NoError(f, err)
	const token = access.TokenPrefix + "fuzz"
	_, err = st.Accounts.AddToken(f.Context(), &accounts.Token{AccountID: id, Name: "fuzz", Scopes: access.TokenScopes}, token)
	require.NoError(f, err)
	s := mustServe(f, st, server.Options{Log: slog.New(slog.DiscardHandler), Rate: -1, Keys: sealKeys, Level: &loglevel.Override{}, SBOMs: sboms{}, Connections: &folders{list: []connection.Live{{ID: "directory"}}}})
	handler, routes := s.Handler(), s.TestRoutes()
	for i := range routes {
		f.Add(i, "PAY", "api", "branch=main&name=main&scope=PAY&confirm=true", `{"name":"x","regexp":"x+","matchText":"x","members":["root"],"cron":"@daily","role":"READ","scope":"PAY","user":"root"}`)
		f.Add(i, "~x", "%00", "start=-1&limit=99999999999999999999&startDate=%ff&startDate=0001-01-01&rule=%00&scanKey=0", "\x00")
		f.Add(i, "..", "\xff", "name=%2F..%2F&email=a%0d%0ab&file=&confirm=TRUE&value=1e9", `[{"a":`+strings.Repeat("[", 300))
	}
	f.Fuzz(func(t *testing.T, at int, first, second, query, body string) {
		r := routes[uint(at)%uint(len(routes))]
		for _, stream := range streams {
			if strings.HasSuffix(r.Pattern, stream) {
				return
			}
		}
		path := strings.ReplaceAll(r.Pattern, "{$}", "")
		for n := 0; ; n++ {
			before, rest, ok := strings.Cut(path, "{")
			if !ok {
				break
			}
			_, after, _ := strings.Cut(rest, "}")
			value := first
			if n > 0 {
				value = second
			}
			path = before + url.PathEscape(value) + after
		}
		target, err := url.Parse(path)
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		target.RawQuery = query
		request := httptest.NewRequestWithContext(t.Context(), r.Method, "/", strings.NewReader(body))
		request.URL, request.RequestURI = target, target.RequestURI()
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		require.Less(t, answer.Code, 500, "%s %s\n%s", r.Method, target, answer.Body)
		if answer.Code < 400 || answer.Body.Len() == 0 {
			return
		}
		var refusal struct {
			Errors []struct{ Message, ExceptionName string }
		}
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &refusal), "%s", answer.Body)
		require.NotEmpty(t, refusal.Errors)
		require.NotEmpty(t, refusal.Errors[0].Message)
		require.True(t, strings.HasPrefix(refusal.Errors[0].ExceptionName, "com."), refusal.Errors[0].ExceptionName)
	})
}
