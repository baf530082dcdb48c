package fakebitbucket

import (
	"net/http"
	"slices"
	"time"
)

const (
	maxCloudStatusKey      = 40
	maxDataCenterStatusKey = 255
	maxDataCenterStatusURL = 450
)

var (
	statusStates           = []string{"SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"}
	dataCenterStatusStates = []string{"SUCCESSFUL", "FAILED", "INPROGRESS", "CANCELLED", "UNKNOWN"}
)

// BuildStatus is a stored build status of either dialect.
type BuildStatus struct {
	Dialect     Dialect
	Repository  string
	Commit      string
	Key         string
	State       string
	Name        string
	Description string
	URL         string
	Ref         string // refname on Cloud, ref on Data Center
	CreatedOn   time.Time
	UpdatedOn   time.Time
}

type statusInput struct {
	Key         *string `json:"key"`
	State       *string `json:"state"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	URL         *string `json:"url"`
	RefName     *string `json:"refname"`
	Ref         *string `json:"ref"`
}

func viewStatus(status BuildStatus) map[string]any {
	return map[string]any{
		"type": "build", "key": status.Key, "state": status.State, "name": status.Name, "description": status.Description,
		"url": status.URL, "refname": status.Ref, "uuid": uuidOf("status", status.Repository, status.Commit, status.Key),
		"created_on": timestamp(status.CreatedOn), "updated_on": timestamp(status.UpdatedOn),
	}
}

func (s *Server) statusIndex(dialect Dialect, repository, commit, key string) int {
	return slices.IndexFunc(s.state.statuses, func(b BuildStatus) bool {
		return b.Dialect == dialect && b.Repository == repository && b.Commit == commit && b.Key == key
	})
}

func (s *Server) createStatus(c *call) Answer { return s.writeStatus(c, "") }

func (s *Server) updateStatus(c *call) Answer {
	key := c.route.param["key"]
	if s.statusIndex(Cloud, c.repository(), c.route.param["commit"], key) < 0 {
		return envelope(http.StatusNotFound, "There is no build status "+key+" for this commit.", nil)
	}
	return s.writeStatus(c, key)
}

// writeStatus creates or updates a status; key is the one in the path, or empty to read it from the body.
func (s *Server) writeStatus(c *call, key string) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	var in statusInput
	p := decodeBody(c.body, &in)
	if key != "" {
		in.Key = &key
	}
	p = first(p,
		checkRequired("key", in.Key), checkText("key", in.Key, maxCloudStatusKey),
		checkRequired("state", in.State), checkEnum("state", in.State, statusStates),
		checkRequired("url", in.URL), checkLink("url", in.URL, s.config.behaviour.LocalLinksAllowed))
	if p != nil {
		return envelopeWithFields(http.StatusBadRequest, "Bad request", p.message, map[string][]string{p.field: {p.message}})
	}
	status, created := s.keepStatus(c, in, text(in.RefName))
	if created {
		return jsonAnswer(http.StatusCreated, viewStatus(status))
	}
	return jsonAnswer(http.StatusOK, viewStatus(status))
}

func (s *Server) keepStatus(c *call, in statusInput, ref string) (BuildStatus, bool) {
	now := s.config.now().UTC()
	status := BuildStatus{
		Dialect: c.route.dialect, Repository: c.repository(), Commit: c.route.param["commit"], Key: *in.Key, State: *in.State,
		Name: text(in.Name), Description: text(in.Description), URL: *in.URL, Ref: ref, CreatedOn: now, UpdatedOn: now,
	}
	if at := s.statusIndex(status.Dialect, status.Repository, status.Commit, status.Key); at >= 0 {
		status.CreatedOn = s.state.statuses[at].CreatedOn
		s.state.statuses[at] = status
		return status, false
	}
	s.state.statuses = append(s.state.statuses, status)
	return status, true
}

func (s *Server) getStatus(c *call) Answer {
	at := s.statusIndex(Cloud, c.repository(), c.route.param["commit"], c.route.param["key"])
	if at < 0 {
		return envelope(http.StatusNotFound, "There is no build status "+c.route.param["key"]+" for this commit.", nil)
	}
	return jsonAnswer(http.StatusOK, viewStatus(s.state.statuses[at]))
}

func (s *Server) listStatuses(c *call) Answer {
	var rows []any
	for _, status := range s.state.statuses {
		if status.Dialect == Cloud && status.Repository == c.repository() && status.Commit == c.route.param["commit"] {
			rows = append(rows, viewStatus(status))
		}
	}
	return s.page(c, rows)
}

// Statuses returns the build statuses of a commit in the order of their creation; an empty commit means every commit.
func (s *Server) Statuses(commit string) []BuildStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.state.statuses), func(b BuildStatus) bool { return commit != "" && b.Commit != commit })
}
