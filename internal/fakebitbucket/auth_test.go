package fakebitbucket_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	server, c := start(t, fakebitbucket.WithBearer("bearer-1"), fakebitbucket.WithBasic("me@example.com", "pass-1"))
	for name, test := range map[string]struct {
		authorization string
		status        int
	}{
		"none":           {"", 401},
		"bearer":         {"Bearer bearer-1", 404},
		"wrong-bearer":   {"Bearer bearer-2", 401},
		"empty-bearer":   {"Bearer ", 401},
		"basic":          {basic("me@example.com", "pass-1"), 404},
		"wrong-password": {basic("me@example.com", "pass-2"), 401},
		"bearer-as-pass": {basic("", "bearer-1"), 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			got := c.want(test.status, "GET", report, "", "Authorization", test.authorization)
			if test.status == 401 {
				require.Equal(t, "error", got.json(t)["type"])
				require.NotEmpty(t, got.json(t)["error"].(map[string]any)["message"])
				require.NotEmpty(t, got.header.Get("WWW-Authenticate"))
			}
		})
	}
	t.Cleanup(func() {
		for _, r := range server.Requests() {
			require.NotContains(t, string(r.Body)+r.String()+r.AuthScheme, "bearer-1")
		}
	})
}

func TestScopes(t *testing.T) {
	t.Parallel()
	write := fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{WriteScope: true})
	const comments = "/2.0/repositories/acme/shop/pullrequests/1/comments"
	for name, test := range map[string]struct {
		scopes       []string
		option       fakebitbucket.Option
		method, path string
		body         string
		status       int
	}{
		"no-scopes-means-all":      {nil, write, "PUT", report, goodReport, 200},
		"read-may-put":             {[]string{"repository"}, nil, "PUT", report, goodReport, 200},
		"read-may-not-put":         {[]string{"repository"}, write, "PUT", report, goodReport, 403},
		"write-implies-read":       {[]string{"repository:write"}, nil, "GET", reports, "", 200},
		"granular-write-no-read":   {[]string{"write:repository:bitbucket"}, nil, "GET", reports, "", 403},
		"granular-write-may-put":   {[]string{"write:repository:bitbucket"}, write, "PUT", report, goodReport, 200},
		"pullrequest-only":         {[]string{"pullrequest:write"}, nil, "GET", reports, "", 403},
		"repository-no-comment":    {[]string{"repository:write"}, nil, "POST", comments, `{"content":{"raw":"x"}}`, 403},
		"pullrequest-read-comment": {[]string{"pullrequest"}, nil, "POST", comments, `{"content":{"raw":"x"}}`, 403},
		"pullrequest-write":        {[]string{"pullrequest:write"}, nil, "POST", comments, `{"content":{"raw":"x"}}`, 201},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t, fakebitbucket.WithBearer("token", test.scopes...))
			if test.option != nil {
				server.Set(test.option)
			}
			c.want(test.status, test.method, test.path, test.body, "Authorization", "Bearer token")
		})
	}

	_, c := start(t, fakebitbucket.WithBearer("token", "pipeline"), write)
	require.JSONEq(t, `{"type":"error","error":{"message":"Your credentials lack one or more required privilege scopes.",
		"detail":{"required":["repository:write"],"granted":["pipeline"]}}}`,
		c.want(403, "PUT", report, goodReport, "Authorization", "Bearer token").body)
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	now := newClock()
	server, c := start(t, fakebitbucket.WithClock(now.read), fakebitbucket.WithOAuthConsumer("key-1", "word-1", 0, "repository"))
	const path, grant = "/site/oauth2/access_token", "grant_type=client_credentials"
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	issue := func() string {
		got := c.want(200, "POST", path, grant, append(form, "Authorization", basic("key-1", "word-1"))...).json(t)
		require.Equal(t, 7200.0, got["expires_in"])
		require.Equal(t, "bearer", got["token_type"])
		require.Equal(t, "repository", got["scopes"])
		return "Bearer " + got["access_token"].(string)
	}
	c.want(401, "GET", reports, "")
	token := issue()
	c.want(200, "GET", reports, "", "Authorization", token)
	c.want(403, "GET", "/2.0/repositories/acme/shop/pullrequests/1", "", "Authorization", token)

	now.now = now.now.Add(2*time.Hour - time.Second)
	c.want(200, "GET", reports, "", "Authorization", token)
	now.now = now.now.Add(time.Second)
	require.Contains(t, c.want(401, "GET", reports, "", "Authorization", token).body, "expired")

	second := issue()
	require.NotEqual(t, token, second)
	server.ExpireTokens()
	c.want(401, "GET", reports, "", "Authorization", second)
	require.Equal(t, 2, server.TokensIssued())

	c.want(200, "POST", path, grant+"&client_id=key-1&client_secret=word-1", form...)
	c.want(401, "POST", path, grant, append(form, "Authorization", basic("key-1", "word-2"))...)
	require.JSONEq(t, `{"error":"unsupported_grant_type","error_description":"Use client_credentials."}`, c.want(400, "POST", path, "grant_type=password", form...).body)
	c.want(400, "POST", path, grant)
	c.want(405, "GET", path, "")
	for _, r := range server.RequestsOf(fakebitbucket.KindToken) {
		require.NotContains(t, string(r.Body), "word-1")
	}
	require.Equal(t, grant, string(server.RequestsOf(fakebitbucket.KindToken)[2].Body))
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := newClock()
	server, c := start(t, fakebitbucket.WithClock(now.read), fakebitbucket.WithRateLimit(5, time.Hour), fakebitbucket.WithBearer("a"), fakebitbucket.WithBearer("b"))
	a := []string{"Authorization", "Bearer a"}
	for i := range 5 {
		got := c.want(200, "GET", reports, "", a...)
		require.Equal(t, "5", got.header.Get("X-RateLimit-Limit"))
		require.Equal(t, map[bool]string{true: "true", false: "false"}[i == 4], got.header.Get("X-RateLimit-NearLimit"))
		now.now = now.now.Add(time.Minute)
	}
	got := c.want(429, "GET", reports, "", a...)
	require.Equal(t, "Rate limit for this resource has been exceeded", got.json(t)["error"].(map[string]any)["message"])
	c.want(200, "GET", reports, "", "Authorization", "Bearer b")
	now.now = now.now.Add(56 * time.Minute)
	c.want(200, "GET", reports, "", a...)
	server.Set(fakebitbucket.WithRateLimit(0, 0))
	require.Empty(t, c.want(200, "GET", reports, "", a...).header.Get("X-RateLimit-Limit"))
}

func TestKnownPlaces(t *testing.T) {
	t.Parallel()
	shop := fakebitbucket.Repository{Workspace: "acme", Slug: "shop", WorkspaceUUID: "{11111111-2222-4333-8444-555555555555}", UUID: "{66666666-2222-4333-8444-555555555555}"}
	server, c := start(t, fakebitbucket.WithRepositories(shop), fakebitbucket.WithKnownCommits(commit, otherCommit, commit[:39]+"8"))
	path := func(workspace, slug, commit string) string {
		return "/2.0/repositories/" + workspace + "/" + slug + "/commit/" + commit + "/reports/sluice"
	}
	for name, test := range map[string]struct {
		path   string
		status int
	}{
		"slugs":            {path("acme", "shop", commit), 200},
		"uuids":            {path("%7B11111111-2222-4333-8444-555555555555%7D", "%7B66666666-2222-4333-8444-555555555555%7D", commit), 200},
		"upper-case":       {path("acme", "shop", "89ABCDEF0123456789ABCDEF0123456789ABCDEF"), 200},
		"prefix":           {path("acme", "shop", otherCommit[:12]), 200},
		"short-prefix":     {path("acme", "shop", otherCommit[:6]), 404},
		"ambiguous-prefix": {path("acme", "shop", commit[:12]), 404},
		"unknown-commit":   {path("acme", "shop", "ffffffffffff"), 404},
		"wrong-workspace":  {path("acne", "shop", commit), 404},
		"wrong-slug":       {path("acme", "shopp", commit), 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			got := c.want(test.status, "PUT", test.path, goodReport)
			if test.status == 404 {
				require.Equal(t, "error", got.json(t)["type"])
			}
		})
	}
	t.Cleanup(func() {
		all := server.Reports("")
		require.Len(t, all, 2, "every spelling of a place is one place")
		require.Equal(t, "acme/shop", all[0].Repository)
		require.Equal(t, otherCommit, all[1].Commit)
	})
	require.Equal(t, otherCommit, c.want(200, "GET", "/2.0/repositories/acme/shop/commit/"+otherCommit[:12], "").json(t)["hash"])

	_, anyone := start(t)
	anyone.want(404, "PUT", path("acme", "shop", "main"), goodReport)
	anyone.want(200, "PUT", path("acme", "shop", commit[:12]), goodReport)
	require.Equal(t, "Resource not found", anyone.want(404, "GET", "/2.0/repositories/acme/shop/commits/"+commit+"/reports", "").json(t)["error"].(map[string]any)["message"])
}
