package fakebitbucket_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func TestCloudBuildStatus(t *testing.T) {
	t.Parallel()
	now := newClock()
	server, c := start(t, fakebitbucket.WithClock(now.read))
	const build = cloudBase + "/statuses/build"
	status := func(key, state, url string) string {
		return `{"key":"` + key + `","state":"` + state + `","url":"` + url + `","name":"Sluice","description":"d","refname":"main"}`
	}
	c.want(404, "PUT", build+"/sluice", status("sluice", "FAILED", "https://example.com"))
	c.want(201, "POST", build, status("sluice", "INPROGRESS", "https://example.com"))
	c.want(200, "POST", build, status("sluice", "FAILED", "https://example.com"))
	c.want(200, "PUT", build+"/sluice", status("ignored", "SUCCESSFUL", "https://example.com"))
	require.Equal(t, "SUCCESSFUL", c.want(200, "GET", build+"/sluice", "").json(t)["state"])
	require.Equal(t, 1.0, c.want(200, "GET", cloudBase+"/statuses", "").json(t)["size"])
	c.want(404, "GET", build+"/other", "")
	require.Equal(t, []fakebitbucket.BuildStatus{{
		Dialect: fakebitbucket.Cloud, Repository: "acme/shop", Commit: commit, Key: "sluice", State: "SUCCESSFUL", Name: "Sluice",
		Description: "d", URL: "https://example.com", Ref: "main", CreatedOn: now.now, UpdatedOn: now.now,
	}}, server.Statuses(commit))
	require.Empty(t, server.Statuses(otherCommit))

	c.want(201, "POST", build, status(strings.Repeat("k", 40), "STOPPED", "https://example.com"))
	for name, test := range map[string]struct{ field, body string }{
		"long-key":  {"key", status(strings.Repeat("k", 41), "FAILED", "https://example.com")},
		"no-key":    {"key", `{"state":"FAILED","url":"https://example.com"}`},
		"dc-state":  {"state", status("k", "CANCELLED", "https://example.com")},
		"no-state":  {"state", `{"key":"k","url":"https://example.com"}`},
		"no-url":    {"url", `{"key":"k","state":"FAILED"}`},
		"local-url": {"url", status("k", "FAILED", "http://localhost")},
		"bad-json":  {"", `{`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			got := c.want(400, "POST", build, test.body).json(t)["error"].(map[string]any)
			require.Contains(t, got["fields"], test.field)
		})
	}
}
