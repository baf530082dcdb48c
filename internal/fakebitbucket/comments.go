package fakebitbucket

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Comment is a stored pull-request comment of either dialect.
type Comment struct {
	Dialect     Dialect
	Repository  string
	PullRequest int
	ID          int
	Text        string
	Version     int // Data Center; counts updates from 0
	Author      string
	Deleted     bool
	CreatedOn   time.Time
	UpdatedOn   time.Time
}

type cloudCommentInput struct {
	Content *struct {
		Raw *string `json:"raw"`
	} `json:"content"`
}

func viewCloudComment(comment *Comment) map[string]any {
	return map[string]any{
		"type": "pullrequest_comment", "id": comment.ID, "deleted": comment.Deleted,
		"content":    map[string]any{"type": "rendered", "raw": comment.Text, "markup": "markdown"},
		"user":       map[string]any{"type": "user", "display_name": comment.Author, "uuid": uuidOf("user", comment.Author)},
		"created_on": timestamp(comment.CreatedOn), "updated_on": timestamp(comment.UpdatedOn),
	}
}

// pullRequestNumber checks the pull request of a call; without configured pull requests every number is accepted.
func (s *Server) pullRequestNumber(c *call) (int, bool) {
	number, ok := positive(c.route.param["pull"], 0)
	if !ok {
		return 0, false
	}
	_, known := s.config.pullRequests[number]
	return number, known || len(s.config.pullRequests) == 0
}

func pullRequestNotFound(c *call) Answer {
	return errorAnswer(c.route.dialect, http.StatusNotFound, "There is no pull request "+c.route.param["pull"]+" in this repository.")
}

// commentsOf returns the comments of a call's pull request in the order of their creation.
func (s *Server) commentsOf(c *call, number int) []*Comment {
	return slices.DeleteFunc(slices.Clone(s.state.comments), func(comment *Comment) bool {
		return comment.Dialect != c.route.dialect || comment.Repository != c.repository() || comment.PullRequest != number
	})
}

// comment finds the comment of a call, unless it was deleted.
func (s *Server) comment(c *call) (*Comment, bool) {
	number, ok := s.pullRequestNumber(c)
	if !ok {
		return nil, false
	}
	for _, comment := range s.commentsOf(c, number) {
		if strconv.Itoa(comment.ID) == c.route.param["comment"] && !comment.Deleted {
			return comment, true
		}
	}
	return nil, false
}

func commentNotFound(c *call) Answer {
	return errorAnswer(c.route.dialect, http.StatusNotFound, "There is no comment "+c.route.param["comment"]+" on this pull request.")
}

func (s *Server) addComment(c *call, number int, text string) *Comment {
	now := s.config.now().UTC()
	comment := &Comment{
		Dialect: c.route.dialect, Repository: c.repository(), PullRequest: number, ID: len(s.state.comments) + 1,
		Text: text, Author: c.who.name, CreatedOn: now, UpdatedOn: now,
	}
	s.state.comments = append(s.state.comments, comment)
	return comment
}

func (s *Server) listComments(c *call) Answer {
	number, ok := s.pullRequestNumber(c)
	if !ok {
		return pullRequestNotFound(c)
	}
	var rows []any
	for _, comment := range s.commentsOf(c, number) {
		rows = append(rows, viewCloudComment(comment))
	}
	return s.page(c, rows)
}

// readCloudComment returns the text of a comment's body.
func readCloudComment(c *call) (string, Answer, bool) {
	if refusal, ok := demandJSON(c); !ok {
		return "", refusal, false
	}
	var in cloudCommentInput
	if p := decodeBody(c.body, &in); p != nil {
		return "", envelope(http.StatusBadRequest, p.message, nil), false
	}
	if in.Content == nil || in.Content.Raw == nil || strings.TrimSpace(*in.Content.Raw) == "" {
		return "", envelopeWithFields(http.StatusBadRequest, "Bad request", nil,
			map[string][]string{"content": {"The content.raw field is required and cannot be empty."}}), false
	}
	return *in.Content.Raw, Answer{}, true
}

func (s *Server) createComment(c *call) Answer {
	number, ok := s.pullRequestNumber(c)
	if !ok {
		return pullRequestNotFound(c)
	}
	text, refusal, ok := readCloudComment(c)
	if !ok {
		return refusal
	}
	return jsonAnswer(http.StatusCreated, viewCloudComment(s.addComment(c, number, text)))
}

func (s *Server) getComment(c *call) Answer {
	comment, ok := s.comment(c)
	if !ok {
		return commentNotFound(c)
	}
	return jsonAnswer(http.StatusOK, viewCloudComment(comment))
}

func (s *Server) updateComment(c *call) Answer {
	comment, ok := s.comment(c)
	if !ok {
		return commentNotFound(c)
	}
	text, refusal, ok := readCloudComment(c)
	if !ok {
		return refusal
	}
	if comment.Author != c.who.name {
		return envelope(http.StatusForbidden, "Only the author of a comment may change it.", nil)
	}
	comment.Text, comment.UpdatedOn = text, s.config.now().UTC()
	comment.Version++
	return jsonAnswer(http.StatusOK, viewCloudComment(comment))
}

func (s *Server) deleteComment(c *call) Answer {
	comment, ok := s.comment(c)
	if !ok {
		return commentNotFound(c)
	}
	comment.Deleted, comment.Text, comment.UpdatedOn = true, "", s.config.now().UTC()
	return emptyAnswer(http.StatusNoContent)
}

// Comments returns copies of the comments of a pull request in the order of their creation, deleted ones marked; 0 means
// every pull request.
func (s *Server) Comments(pullRequest int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Comment
	for _, comment := range s.state.comments {
		if pullRequest == 0 || comment.PullRequest == pullRequest {
			all = append(all, *comment)
		}
	}
	return all
}
