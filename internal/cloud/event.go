package cloud

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/sluice-scan/sluice/internal/connection"
)

// eventBody is the part of the bodies that is read ("Event payloads", support.atlassian.com). Branches and commits in it
// are not: there may be several changes, or none, and an old event may come at any time.
type eventBody struct {
	Repository *struct {
		UUID     string     `json:"uuid"`
		FullName string     `json:"full_name"`
		Project  projectRow `json:"project"`
	} `json:"repository"`
	PullRequest *struct {
		Source sideRow `json:"source"`
	} `json:"pullrequest"`
}

type sideRow struct {
	Branch struct {
		Name string `json:"name"`
	} `json:"branch"`
	Repository *struct {
		UUID string `json:"uuid"`
	} `json:"repository"`
}

// errEvent means that a body is not one that Bitbucket sends.
var errEvent = errors.New("the body of the webhook is not one of an event")

// ParseEvent reads a delivery. key is the header X-Event-Key, name the name of the connection. Cloud has no test call.
func ParseEvent(key, name string, body []byte) (e connection.Event, err error) {
	var b eventBody
	if err := json.Unmarshal(body, &b); err != nil {
		// The error would quote the body.
		return e, errEvent
	}
	kind, _, _ := strings.Cut(key, ":")
	if kind == "project" || kind == "repo" && key != "repo:push" && !strings.HasPrefix(key, "repo:commit") {
		e.All = true
		return e, nil
	}
	r := b.Repository
	if r == nil {
		return e, nil
	}
	_, slug, _ := strings.Cut(r.FullName, "/")
	if !isUUID(r.UUID) || !connection.IsWord(r.Project.Key) || !connection.IsWord(slug) {
		return e, errEvent
	}
	if from := b.PullRequest; from != nil && from.Source.Repository != nil && from.Source.Repository.UUID == r.UUID {
		switch key {
		case "pullrequest:created", "pullrequest:updated", "pullrequest:push":
			e.Branch, _ = connection.BranchName("refs/heads/" + from.Source.Branch.Name)
		}
	}
	e.Repository = &connection.Location{Connection: name, Project: r.Project.Key, Slug: slug, ID: r.UUID}
	return e, nil
}
