package bitbucket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// maxCommentPages limits the search for an earlier comment to 2,000 comments.
const maxCommentPages = 20

// errFound ends a walk early.
var errFound = errors.New("found")

// UpsertComment keeps one comment on a pull request: it replaces an earlier comment that contains marker, or adds a new
// one. text must contain marker. The auth proxy of Pipelines does not allow this call.
func (c *Client) UpsertComment(ctx context.Context, workspace, repository, pullRequest, marker, text string) error {
	if !strings.Contains(text, marker) {
		return fmt.Errorf("comment on pull request %s: the text lacks its own marker", pullRequest)
	}
	base := "/repositories" + Path(workspace, repository, "pullrequests", pullRequest)
	find, body := c.findCloudComment, func(int) any { return cloudComment{Content: cloudContent{Raw: text}} }
	if c.product == DataCenter {
		base = "/rest/api/latest/projects" + Path(workspace, "repos", repository, "pull-requests", pullRequest)
		find, body = c.findDataCenterComment, func(version int) any { return map[string]any{"text": text, "version": version} }
	}
	id, version, err := find(ctx, base, marker)
	if err != nil {
		return fmt.Errorf("look for the comment on pull request %s: %w", pullRequest, err)
	}
	if id != 0 {
		err := c.Do(ctx, Request{Method: http.MethodPut, Path: base + Path("comments", strconv.Itoa(id)), Body: body(version)})
		// We cannot edit another person's comment that quotes ours, and a comment may have been deleted meanwhile: add a new
		// one.
		if !errors.Is(err, ErrForbidden) && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	if c.product == DataCenter {
		return c.Do(ctx, Request{Method: http.MethodPost, Path: base + "/comments", Body: map[string]any{"text": text}})
	}
	return c.Do(ctx, Request{Method: http.MethodPost, Path: base + "/comments", Body: body(0)})
}

type cloudComment struct {
	ID      int          `json:"id,omitempty"`
	Deleted bool         `json:"deleted,omitempty"`
	Content cloudContent `json:"content"`
}

type cloudContent struct {
	Raw string `json:"raw"`
}

func (c *Client) findCloudComment(ctx context.Context, base, marker string) (id, version int, err error) {
	err = c.Pages(ctx, base+"/comments", nil, maxCommentPages, func(raw json.RawMessage) error {
		var comment cloudComment
		if json.Unmarshal(raw, &comment) == nil && !comment.Deleted && strings.Contains(comment.Content.Raw, marker) {
			id = comment.ID
			return errFound
		}
		return nil
	})
	return id, 0, ignoreFound(err)
}

// findDataCenterComment reads the activities, because Data Center lists comments only per file.
func (c *Client) findDataCenterComment(ctx context.Context, base, marker string) (id, version int, err error) {
	err = c.Pages(ctx, base+"/activities", nil, maxCommentPages, func(raw json.RawMessage) error {
		var activity struct {
			Action  string
			Comment struct {
				ID, Version int
				Text        string
			}
		}
		if json.Unmarshal(raw, &activity) == nil && activity.Action == "COMMENTED" && strings.Contains(activity.Comment.Text, marker) {
			id, version = activity.Comment.ID, activity.Comment.Version
			return errFound
		}
		return nil
	})
	return id, version, ignoreFound(err)
}

func ignoreFound(err error) error {
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}
