package workspace

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// Pull is a pull request.
type Pull struct {
	ID              int
	From, To, State string

	from, to *Repository
}

// OpenPull opens a pull request within a repository and returns its number.
func (s *Site) OpenPull(slug, from, to string) int { return s.OpenPullFrom(slug, from, slug, to) }

// OpenPullFrom opens a pull request between two repositories.
func (s *Site) OpenPullFrom(slug, from, toSlug, to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &Pull{ID: len(s.pulls) + 1, From: from, To: to, State: "OPEN", from: s.repository(slug), to: s.repository(toSlug)}
	s.pulls = append(s.pulls, p)
	s.fire(p.to, "pullrequest:created", map[string]any{"pullrequest": s.pullJSON(p)})
	return p.ID
}

// ClosePull ends a pull request: MERGED or DECLINED.
func (s *Site) ClosePull(id int, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pulls[id-1]
	p.State = state
	s.fire(p.to, map[string]string{"MERGED": "pullrequest:fulfilled", "DECLINED": "pullrequest:rejected"}[state], map[string]any{"pullrequest": s.pullJSON(p)})
}

func (s *Site) pullJSON(p *Pull) map[string]any {
	side := func(r *Repository, branch string) map[string]any {
		hash := ground.Heads(r.dir)[branch]
		return map[string]any{"branch": map[string]any{"name": branch}, "commit": map[string]any{"type": "commit", "hash": hash[:min(len(hash), 12)]}, "repository": map[string]any{"type": "repository", "uuid": r.UUID, "full_name": s.slug + "/" + r.Slug, "name": r.Name}}
	}
	return map[string]any{"type": "pullrequest", "id": p.ID, "state": p.State, "title": "A change", "source": side(p.from, p.From), "destination": side(p.to, p.To)}
}

func (s *Site) servePulls(w http.ResponseWriter, r *http.Request, x *Repository, path []string) {
	if len(path) == 1 {
		id, _ := strconv.Atoi(path[0])
		if i := slices.IndexFunc(s.pulls, func(p *Pull) bool { return p.ID == id && p.to == x }); i >= 0 {
			writeJSON(w, http.StatusOK, s.pullJSON(s.pulls[i]))
			return
		}
		refuse(w, http.StatusNotFound, "No such pull request")
		return
	}
	rows := []any{}
	states := r.URL.Query()["state"]
	for _, p := range s.pulls {
		if p.to == x && (len(states) == 0 && p.State == "OPEN" || slices.Contains(states, p.State)) {
			rows = append(rows, s.pullJSON(p))
		}
	}
	s.page(w, r, rows)
}
