package datacenter

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/sluice-scan/sluice/internal/connection"
)

// eventBody is the part of the bodies that is read ("Event payload", confluence.atlassian.com/bitbucketserver).
type eventBody struct {
	Repository  *repositoryRow `json:"repository"`
	PullRequest *struct {
		FromRef refRow `json:"fromRef"`
		ToRef   refRow `json:"toRef"`
	} `json:"pullRequest"`
	Changes json.RawMessage `json:"changes"`
	Old     json.RawMessage `json:"old"`
	New     json.RawMessage `json:"new"`
}

// refRow is a side of a pull request.
type refRow struct {
	ID         string         `json:"id"`
	Repository *repositoryRow `json:"repository"`
}

// ping is the key of the test call.
const ping = "diagnostics:ping"

// errEvent means that a body is not one that Bitbucket sends.
var errEvent = errors.New("the body of the webhook is not one of an event")

// ParseEvent reads a delivery. key is the header X-Event-Key, name the name of the connection. A delivery is the test call
// only if its body names nothing.
func ParseEvent(key, name string, body []byte) (e connection.Event, err error) {
	var b eventBody
	if err := json.Unmarshal(body, &b); err != nil {
		// The error would quote the body.
		return e, errEvent
	}
	if b.Repository == nil && b.PullRequest == nil && b.Changes == nil && b.Old == nil && b.New == nil {
		e.Ping = key == "" || key == ping
		return e, nil
	}
	if key == "repo:modified" || key == "project:modified" {
		e.All = true
		return e, nil
	}
	row := b.Repository
	if b.PullRequest != nil {
		row = b.PullRequest.ToRef.Repository
	}
	switch {
	case row == nil:
		return e, nil
	case row.ID <= 0 || !connection.IsWord(row.Project.Key) || !connection.IsWord(row.Slug):
		return e, errEvent
	}
	if key == "pr:opened" || key == "pr:from_ref_updated" {
		if from := b.PullRequest; from != nil && from.FromRef.Repository != nil && from.FromRef.Repository.ID == row.ID {
			e.Branch, _ = connection.BranchName(from.FromRef.ID)
		}
	}
	e.Repository = &connection.Location{Connection: name, Project: row.Project.Key, Slug: row.Slug, ID: strconv.Itoa(row.ID)}
	return e, nil
}
