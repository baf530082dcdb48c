package forge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
)

// Event is what an event of the app said: where to look. It is never believed any further.
type Event struct {
	// Kind is the type of the event.
	Kind string
	// Repository is the uuid of a repository, with braces; empty if only a listing can tell what changed.
	Repository string
	// Branch is the source of a pull request within the repository; empty for none.
	Branch string
	// Nothing is true for an event that concerns nobody: a tag, or a kind that is not known.
	Nothing bool
	// Installer is the account that installed the app; empty for another kind.
	Installer string
}

// errEvent means that a body is not one of an event.
var errEvent = errors.New("the body is not one of an event")

// eventBody is the part of the bodies that is read
// (https://developer.atlassian.com/platform/forge/events-reference/bitbucket/).
type eventBody struct {
	EventType  string  `json:"eventType"`
	Installer  string  `json:"installerAccountId"`
	Repository *idRow  `json:"repository"`
	Workspace  *idRow  `json:"workspace"`
	Push       *pushed `json:"push"`
	Pull       *struct {
		Source struct {
			Branch     string `json:"branch"`
			Repository *idRow `json:"repository"`
		} `json:"source"`
	} `json:"pullrequest"`
}

type idRow struct {
	UUID string `json:"uuid"`
}

type pushed struct {
	// MainBranch is missing in the push of a tag.
	MainBranch *string `json:"mainbranch"`
	Ref        string  `json:"ref"`
}

// The kinds of events.
const (
	eventInstalled = "avi:forge:installed:app"
	eventUpgraded  = "avi:forge:upgraded:app"
	eventPush      = "avi:bitbucket:push:repository"
	pullPrefix     = "avi:bitbucket:"
	pullSuffix     = ":pullrequest"
	listSuffix     = ":repository"
)

// maxBranch limits the name of a branch, in bytes.
const maxBranch = 250

// ParseEvent reads the body of an event in a workspace. The error is one that quotes nothing of the body.
func ParseEvent(body []byte, workspace string) (e Event, err error) {
	var b eventBody
	if err := json.Unmarshal(body, &b); err != nil {
		return e, errEvent
	}
	e.Kind = b.EventType
	if b.EventType == eventInstalled || b.EventType == eventUpgraded {
		if len(b.Installer) <= maxName {
			e.Installer = b.Installer
		}
		return e, nil
	}
	if b.Workspace != nil && bare(b.Workspace.UUID) != workspace {
		return e, errEvent
	}
	pull := strings.HasPrefix(b.EventType, pullPrefix) && strings.HasSuffix(b.EventType, pullSuffix)
	switch {
	case b.EventType == eventPush && b.Push == nil, !pull && !strings.HasPrefix(b.EventType, pullPrefix):
		return e, errEvent
	case b.EventType == eventPush && b.Push.MainBranch == nil:
		// A tag is no branch; nothing else tells it apart.
		e.Nothing = true
		return e, nil
	case b.EventType != eventPush && !pull:
		// Something was created, renamed or deleted, which only a listing can tell.
		e.Nothing = !strings.HasSuffix(b.EventType, listSuffix)
		return e, nil
	}
	if b.Repository == nil || !workspaceID.MatchString(bare(b.Repository.UUID)) {
		return e, errEvent
	}
	e.Repository = "{" + bare(b.Repository.UUID) + "}"
	if pull && b.Pull != nil && b.Pull.Source.Repository != nil && bare(b.Pull.Source.Repository.UUID) == bare(b.Repository.UUID) && len(b.Pull.Source.Branch) <= maxBranch {
		e.Branch = b.Pull.Source.Branch
	}
	return e, nil
}

// deliveryOf is the id of an event. A repeated event comes with another token, so its content counts.
func deliveryOf(t *Token, body []byte) string {
	sum := sha256.Sum256(append([]byte(t.Installation+"\n"), withoutRetry(body)...))
	return "forge " + hex.EncodeToString(sum[:])
}

// withoutRetry removes what Forge adds when it repeats an event.
func withoutRetry(body []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	delete(fields, "retryContext")
	text, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return text
}
