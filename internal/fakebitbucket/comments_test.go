package fakebitbucket_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

var pull = fakebitbucket.PullRequest{
	ID: 7, SourceCommit: commit, SourceBranch: "feature/x", DestinationCommit: otherCommit, DestinationBranch: "main",
}

func TestCloudComments(t *testing.T) {
	t.Parallel()
	server, c := start(t, fakebitbucket.WithBearer("me"), fakebitbucket.WithBearer("you"))
	const comments = "/2.0/repositories/acme/shop/pullrequests/7/comments"
	me, you := []string{"Authorization", "Bearer me"}, []string{"Authorization", "Bearer you"}
	raw := func(text string) string { return `{"content":{"raw":"` + text + `"}}` }

	first := c.want(201, "POST", comments, raw("one"), me...).json(t)
	require.Equal(t, 1.0, first["id"])
	require.Equal(t, "one", first["content"].(map[string]any)["raw"])
	for range 11 {
		c.want(201, "POST", comments, raw("more"), you...)
	}
	page := c.want(200, "GET", comments, "", me...).json(t)
	require.Equal(t, 12.0, page["size"])
	require.Contains(t, page["next"], "page=2")

	c.want(200, "PUT", comments+"/1", raw("changed"), me...)
	c.want(403, "PUT", comments+"/1", raw("stolen"), you...)
	require.Equal(t, "changed", c.want(200, "GET", comments+"/1", "", you...).json(t)["content"].(map[string]any)["raw"])
	c.want(400, "PUT", comments+"/1", `{"content":{}}`, me...)
	c.want(400, "POST", comments, `{"text":"x"}`, me...)
	c.want(400, "POST", comments, `{`, me...)
	c.want(404, "PUT", comments+"/99", raw("x"), me...)
	c.want(404, "GET", comments+"/99", "", me...)
	c.want(404, "DELETE", comments+"/99", "", me...)
	c.want(404, "POST", "/2.0/repositories/acme/shop/pullrequests/x/comments", raw("x"), me...)

	c.want(204, "DELETE", comments+"/1", "", me...)
	c.want(404, "PUT", comments+"/1", raw("x"), me...)
	row := c.want(200, "GET", comments, "", me...).json(t)["values"].([]any)[0].(map[string]any)
	require.Equal(t, true, row["deleted"])

	all := server.Comments(7)
	require.Len(t, all, 12)
	require.Equal(t, "more", all[11].Text)
	require.Len(t, server.Comments(0), 12)
	require.Empty(t, server.Comments(8))
}

func TestCloudPullRequest(t *testing.T) {
	t.Parallel()
	_, c := start(t, fakebitbucket.WithPullRequests(pull))
	const pulls = "/2.0/repositories/acme/shop/pullrequests"
	got := c.want(200, "GET", pulls+"/7", "").json(t)
	require.Equal(t, map[string]any{
		"branch":     map[string]any{"name": "feature/x"},
		"commit":     map[string]any{"type": "commit", "hash": "0123456789ab"},
		"repository": map[string]any{"type": "repository", "full_name": "acme/shop"},
	}, got["source"])
	require.Equal(t, "main", got["destination"].(map[string]any)["branch"].(map[string]any)["name"])
	c.want(404, "GET", pulls+"/8", "")
	c.want(404, "POST", pulls+"/8/comments", `{"content":{"raw":"x"}}`)
	c.want(201, "POST", pulls+"/7/comments", `{"content":{"raw":"x"}}`)
}
