package fakebitbucket

import (
	"cmp"
	"slices"
	"time"
)

// Report is a stored report of either dialect.
type Report struct {
	Dialect    Dialect
	Repository string // "workspace/slug" or "PROJECT/slug"
	Commit     string
	ExternalID string // on Data Center the report's key
	UUID       string // with braces
	Title      string
	Details    string
	ReportType string // Cloud only
	Reporter   string
	Link       string
	LogoURL    string
	Result     string // "" when none was sent
	// RemoteLinkEnabled is Cloud only.
	RemoteLinkEnabled bool
	Data              []DataItem
	CreatedOn         time.Time
	UpdatedOn         time.Time
}

// DataItem is one item of a report's data. Value has the type that encoding/json gives it: float64, string, bool or a
// map.
type DataItem struct {
	Title string
	Type  string // "" when none was sent
	Value any
}

// Annotation is a stored annotation of either dialect.
type Annotation struct {
	ExternalID string
	UUID       string // with braces
	Type       string // VULNERABILITY, CODE_SMELL or BUG; "" when none was sent to Data Center
	Summary    string // on Data Center the message
	Details    string // Cloud only
	Severity   string // "" when none was sent
	Result     string // Cloud only, "" when none was sent
	Path       string
	Line       int // from 1; 0 when none was sent
	Link       string
	CreatedOn  time.Time
	UpdatedOn  time.Time
}

type reportKey struct {
	dialect                Dialect
	repository, commit, id string
}

// report is the stored form: annotations stay in the order of insertion.
type report struct {
	Report
	annotations []Annotation
	creator     string
}

type state struct {
	reports  map[reportKey]*report
	history  map[reportKey][]Moment
	statuses []BuildStatus
	comments []*Comment
}

func newState() state {
	return state{reports: map[reportKey]*report{}, history: map[reportKey][]Moment{}}
}

func (c *call) repository() string {
	return c.route.param["workspace"] + "/" + c.route.param["slug"]
}

func (c *call) reportKey() reportKey {
	return reportKey{c.route.dialect, c.repository(), c.route.param["commit"], c.route.param["report"]}
}

// report finds the report of a call by its external id, or by its UUID on Cloud.
func (s *Server) report(c *call) (*report, reportKey, bool) {
	key := c.reportKey()
	if found, ok := s.state.reports[key]; ok {
		return found, key, true
	}
	if c.route.dialect == Cloud && isUUID(key.id) {
		for other, found := range s.state.reports {
			if found.UUID == key.id && other.dialect == key.dialect && other.repository == key.repository && other.commit == key.commit {
				return found, other, true
			}
		}
	}
	return nil, key, false
}

// reportsOf returns the reports of a commit by UUID, an order that nobody can mistake for a guarantee.
func (s *Server) reportsOf(dialect Dialect, repository, commit string) []*report {
	var all []*report
	for key, r := range s.state.reports {
		if key.dialect == dialect && key.repository == repository && key.commit == commit {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *report) int { return cmp.Compare(a.UUID, b.UUID) })
	return all
}

// indexOf finds an annotation by external id or UUID; -1 means none.
func (r *report) indexOf(id string) int {
	return slices.IndexFunc(r.annotations, func(a Annotation) bool { return a.ExternalID == id || a.UUID == id })
}

// keysOf returns the keys of everything that is or was a report with this commit and id, in a fixed order. An empty id
// means every report of the commit, an empty commit every commit.
func keysOf[T any](reports map[reportKey]T, commit, id string) []reportKey {
	var keys []reportKey
	for key := range reports {
		if (commit == "" || key.commit == commit) && (id == "" || key.id == id) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b reportKey) int {
		return cmp.Or(cmp.Compare(a.dialect, b.dialect), cmp.Compare(a.repository, b.repository),
			cmp.Compare(a.commit, b.commit), cmp.Compare(a.id, b.id))
	})
	return keys
}

// Reports returns copies of the reports of a commit, sorted by external id; an empty commit means every commit.
func (s *Server) Reports(commit string) []Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Report
	for _, key := range keysOf(s.state.reports, commit, "") {
		found := s.state.reports[key].Report
		found.Data = slices.Clone(found.Data)
		all = append(all, found)
	}
	return all
}

// Report returns a copy of the report of a commit with this external id.
func (s *Server) Report(commit, id string) (Report, bool) {
	for _, found := range s.Reports(commit) {
		if found.ExternalID == id {
			return found, true
		}
	}
	return Report{}, false
}

// Annotations returns copies of the annotations of a report, sorted by external id (duplicates, which only Data Center
// has, in the order of insertion); nil if there is no such report.
func (s *Server) Annotations(commit, id string) []Annotation {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Annotation
	for _, key := range keysOf(s.state.reports, commit, id) {
		all = append(all, s.state.reports[key].annotations...)
	}
	slices.SortStableFunc(all, func(a, b Annotation) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	return all
}

// Remove deletes a report and its annotations behind the client's back, as a parallel run may. It reports whether there
// was one.
func (s *Server) Remove(commit, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := keysOf(s.state.reports, commit, id)
	for _, key := range keys {
		delete(s.state.reports, key)
		s.note(key, EventVanish, 0)
	}
	return len(keys) > 0
}
