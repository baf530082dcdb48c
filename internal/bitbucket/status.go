package bitbucket

import (
	"context"
	"net/http"
)

// BuildState is the state of a build status.
type BuildState string

// The states, in Cloud's terms.
const (
	BuildSuccessful BuildState = "SUCCESSFUL"
	BuildFailed     BuildState = "FAILED"
	BuildInProgress BuildState = "INPROGRESS"
)

// MaxBuildKey is the maximum length of a build status' key on Cloud, which refuses a longer one.
const MaxBuildKey = 40

// BuildStatus is a status of a commit that merge checks can require.
type BuildStatus struct {
	// Key names the status on the commit, at most MaxBuildKey characters; another status with the same key replaces it.
	Key         string
	State       BuildState
	Name        string
	Description string
	// Both products require URL.
	URL string
	// Branch is the name of the branch, or empty.
	Branch string
}

// SetBuildStatus creates or replaces a build status. The auth proxy of Pipelines does not allow this call.
func (c *Client) SetBuildStatus(ctx context.Context, workspace, repository, commit string, s BuildStatus) error {
	body := map[string]string{"key": s.Key, "state": string(s.State), "name": s.Name, "description": s.Description, "url": s.URL}
	path := "/repositories" + Path(workspace, repository, "commit", commit, "statuses", "build")
	branch := "refname"
	if c.product == DataCenter {
		path = "/rest/api/latest/projects" + Path(workspace, "repos", repository, "commits", commit, "builds")
		branch = "ref"
		if s.Branch != "" {
			s.Branch = "refs/heads/" + s.Branch
		}
	}
	if s.Branch != "" {
		body[branch] = s.Branch
	}
	return c.Do(ctx, Request{Method: http.MethodPost, Path: path, Body: body})
}
