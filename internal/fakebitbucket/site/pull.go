package site

import (
	"net/http"
	"strconv"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// Pull is a pull request.
type Pull struct {
	ID       int
	From, To string
	Open     bool
	State    string

	from, to *Repository
}

// OpenPull opens a pull request within a repository and returns its number.
func (s *Site) OpenPull(project, slug, from, to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repository(project, slug)
	p := &Pull{ID: len(s.pulls) + 1, From: from, To: to, Open: true, State: "OPEN", from: r, to: r}
	s.pulls = append(s.pulls, p)
	s.updatePull(p)
	s.fire(r, "pr:opened", map[string]any{"pullRequest": s.pullJSON(p)})
	return p.ID
}

// ClosePull ends a pull request: MERGED or DECLINED.
func (s *Site) ClosePull(id int, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pulls[id-1]
	p.Open, p.State = false, state
	event := map[string]string{"MERGED": "pr:merged", "DECLINED": "pr:declined"}[state]
	s.fire(p.to, event, map[string]any{"pullRequest": s.pullJSON(p)})
}

// updatePull makes the reference of a pull request its source. mu is held.
func (s *Site) updatePull(p *Pull) {
	if head := ground.Heads(p.from.dir)[p.From]; head != "" {
		if _, err := ground.Git(p.to.dir, "update-ref", "refs/pull-requests/"+strconv.Itoa(p.ID)+"/from", head); err != nil {
			panic(err)
		}
	}
}

func (s *Site) pullJSON(p *Pull) map[string]any {
	side := func(r *Repository, branch string) map[string]any {
		return map[string]any{"id": "refs/heads/" + branch, "displayId": branch, "latestCommit": ground.Heads(r.dir)[branch], "repository": s.repositoryJSON(r)}
	}
	return map[string]any{"id": p.ID, "version": 0, "state": p.State, "open": p.Open, "title": "A change", "fromRef": side(p.from, p.From), "toRef": side(p.to, p.To)}
}

func (s *Site) servePulls(w http.ResponseWriter, r *http.Request, repository *Repository, path []string) {
	if len(path) == 1 {
		id, _ := strconv.Atoi(path[0])
		for _, p := range s.pulls {
			if p.ID == id && p.to == repository {
				writeJSON(w, http.StatusOK, s.pullJSON(p))
				return
			}
		}
		refuse(w, http.StatusNotFound, "no such pull request", "pull.NoSuchPullRequestException")
		return
	}
	query := r.URL.Query()
	state := orElse(query.Get("state"), "OPEN")
	rows := []any{}
	for _, p := range s.pulls {
		side, branch := p.to, p.To
		if query.Get("direction") == "OUTGOING" {
			side, branch = p.from, p.From
		}
		if at := query.Get("at"); side == repository && (at == "" || at == "refs/heads/"+branch) && (state == "ALL" || p.State == state) {
			rows = append(rows, s.pullJSON(p))
		}
	}
	s.page(w, r, rows)
}
