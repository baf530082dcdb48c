package fakebitbucket

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type dataCenterCommentInput struct {
	Text    *string `json:"text"`
	Version *int    `json:"version"`
}

func viewDataCenterComment(comment *Comment) map[string]any {
	return map[string]any{
		"id": comment.ID, "version": comment.Version, "text": comment.Text,
		"author":      map[string]any{"name": comment.Author, "slug": comment.Author},
		"createdDate": comment.CreatedOn.UnixMilli(), "updatedDate": comment.UpdatedOn.UnixMilli(),
	}
}

func readDataCenterComment(c *call) (dataCenterCommentInput, Answer, bool) {
	var in dataCenterCommentInput
	if refusal, ok := demandJSON(c); !ok {
		return in, refusal, false
	}
	p := decodeBody(c.body, &in)
	if p == nil && (in.Text == nil || strings.TrimSpace(*in.Text) == "") {
		p = &problem{"text", "The text field is required and cannot be empty."}
	}
	if p != nil {
		return in, dataCenterProblem(p), false
	}
	return in, Answer{}, true
}

func (s *Server) createDataCenterComment(c *call) Answer {
	number, ok := s.pullRequestNumber(c)
	if !ok {
		return pullRequestNotFound(c)
	}
	in, refusal, ok := readDataCenterComment(c)
	if !ok {
		return refusal
	}
	return jsonAnswer(http.StatusCreated, viewDataCenterComment(s.addComment(c, number, *in.Text)))
}

func (s *Server) getDataCenterComment(c *call) Answer {
	comment, ok := s.comment(c)
	if !ok {
		return commentNotFound(c)
	}
	return jsonAnswer(http.StatusOK, viewDataCenterComment(comment))
}

// updateDataCenterComment requires the current version of the comment, so that nobody overwrites a version that they
// have not read.
func (s *Server) updateDataCenterComment(c *call) Answer {
	comment, ok := s.comment(c)
	if !ok {
		return commentNotFound(c)
	}
	in, refusal, ok := readDataCenterComment(c)
	switch {
	case !ok:
		return refusal
	case in.Version == nil || *in.Version != comment.Version:
		return versionConflict(comment)
	case comment.Author != c.who.name:
		return dataCenterError(http.StatusUnauthorized, "", "Only the author of a comment may change it.")
	}
	comment.Text, comment.UpdatedOn = *in.Text, s.config.now().UTC()
	comment.Version++
	return jsonAnswer(http.StatusOK, viewDataCenterComment(comment))
}

func versionConflict(comment *Comment) Answer {
	return dataCenterError(http.StatusConflict, "", "The comment has been changed: its version is "+strconv.Itoa(comment.Version)+".")
}

func (s *Server) deleteDataCenterComment(c *call) Answer {
	if refusal, ok := demandNoCheck(c); !ok {
		return refusal
	}
	comment, ok := s.comment(c)
	switch {
	case !ok:
		return commentNotFound(c)
	case c.URL.Query().Get("version") != strconv.Itoa(comment.Version):
		return versionConflict(comment)
	}
	comment.Deleted, comment.Text = true, ""
	return emptyAnswer(http.StatusNoContent)
}

// listActivities is the only list in which Data Center shows general comments; it omits deleted ones.
func (s *Server) listActivities(c *call) Answer {
	number, ok := s.pullRequestNumber(c)
	if !ok {
		return pullRequestNotFound(c)
	}
	rows := []any{}
	for _, comment := range slices.Backward(s.commentsOf(c, number)) {
		if !comment.Deleted {
			rows = append(rows, map[string]any{
				"id": comment.ID, "action": "COMMENTED", "commentAction": "ADDED", "comment": viewDataCenterComment(comment),
			})
		}
	}
	return dataCenterPage(c, rows)
}

func (s *Server) getDataCenterPullRequest(c *call) Answer {
	number, _ := s.pullRequestNumber(c)
	pr, known := s.config.pullRequests[number]
	if !known {
		return pullRequestNotFound(c)
	}
	ref := func(branch, commit string) map[string]any {
		return map[string]any{"id": "refs/heads/" + branch, "displayId": branch, "latestCommit": commit}
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"id": pr.ID, "state": "OPEN", "fromRef": ref(pr.SourceBranch, pr.SourceCommit), "toRef": ref(pr.DestinationBranch, pr.DestinationCommit),
	})
}
