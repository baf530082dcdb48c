package fakebitbucket

import (
	"cmp"
	"slices"
)

// Event is what changed a report.
type Event string

// The events.
const (
	EventPut      Event = "put"      // the report was created, updated or replaced
	EventAnnotate Event = "annotate" // annotations were stored
	EventPrune    Event = "prune"    // annotations were deleted, the report stayed
	EventDelete   Event = "delete"   // the report was deleted by a request
	EventVanish   Event = "vanish"   // the report was deleted by a fault
)

// Moment is the state of a report right after a change.
type Moment struct {
	Request     int // Request.Number of the cause; 0 for Server.Remove
	Event       Event
	Exists      bool
	Result      string
	Annotations int
}

// note appends the present state to a report's history. The lock is held.
func (s *Server) note(key reportKey, event Event, request int) {
	moment := Moment{Request: request, Event: event}
	if now, ok := s.state.reports[key]; ok {
		moment.Exists, moment.Result, moment.Annotations = true, now.Result, len(now.annotations)
	}
	s.state.history[key] = append(s.state.history[key], moment)
}

// History returns every state of a report since New, including one that no longer exists.
func (s *Server) History(commit, id string) []Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Moment
	for _, key := range keysOf(s.state.history, commit, id) {
		all = append(all, s.state.history[key]...)
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(a.Request, b.Request) })
	return all
}

// States returns the results in the history, without repetitions: "PENDING", "FAILED". A moment without the report is
// "-", a report without result is "".
func (s *Server) States(commit, id string) []string {
	var states []string
	for _, moment := range s.History(commit, id) {
		name := moment.Result
		if !moment.Exists {
			name = "-"
		}
		if len(states) == 0 || states[len(states)-1] != name {
			states = append(states, name)
		}
	}
	return states
}

// EverMissing reports whether there was a moment after the report's first PUT in which it did not exist.
func (s *Server) EverMissing(commit, id string) bool {
	return slices.ContainsFunc(s.History(commit, id), func(m Moment) bool { return !m.Exists })
}

// MostAnnotations returns the largest number of annotations that the report ever had.
func (s *Server) MostAnnotations(commit, id string) int {
	most := 0
	for _, moment := range s.History(commit, id) {
		most = max(most, moment.Annotations)
	}
	return most
}
