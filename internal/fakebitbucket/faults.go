package fakebitbucket

import (
	"net/http"
	"reflect"
	"strings"
)

// Forever as Fault.Times never stops.
const Forever = -1

// Fault says which requests get an effect. The zero value of a field matches everything.
type Fault struct {
	Dialect Dialect
	Method  string
	// Kind matches the kinds that it covers.
	Kind Kind
	// Path matches a part of the escaped path.
	Path string
	// When, if not nil, must match too. It must not call methods of the Server.
	When func(Request) bool
	// Nth is the first matching request, from 1, that gets the effect; 0 means 1.
	Nth int
	// Times is the number of requests that get it; 0 means 1.
	Times int
	// Effect must not be nil.
	Effect Effect
}

// Effect is what happens to a request with a fault. The effects are the types of this package: Throttle, Status, Slow,
// Reset, CutBody, HTML, Redirect, Vanish, RejectAnnotations, EmptyBody, MissingScopes, Hook, Late and Storm.
type Effect interface {
	apply(x *exchange) answer
}

// selective is an effect that itself selects its requests. A request for which it returns nil does not count as an
// occurrence of the fault. The server's lock is held.
type selective interface {
	choose(c *call) Effect
}

// exchange is a request that an effect is handling.
type exchange struct {
	server *Server
	call   *call
	next   func() answer // serves the request as usual, the first time it is called
}

// armed is a fault and the number of its occurrences.
type armed struct {
	Fault
	seen, fired int
}

// Inject adds faults. If several match a request, the earliest injected one applies; the others count the occurrence.
// Requests that the proxy itself refuses, including tunnels, get no fault.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &armed{Fault: f})
	}
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Pending counts the injected faults that are not used up, except those that last forever. A test that ends with some of
// them has not tested what it meant to.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, f := range s.faults {
		if f.Times != Forever && f.fired < orElse(f.Times, 1) {
			n++
		}
	}
	return n
}

// pick returns the effect for a request, or nil, and counts occurrences.
func (s *Server) pick(c *call) Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	var picked Effect
	for _, f := range s.faults {
		if !f.matches(c) {
			continue
		}
		effect := f.Effect
		if own, ok := effect.(selective); ok {
			if picked != nil {
				continue
			}
			if effect = own.choose(c); effect == nil {
				continue
			}
		}
		f.seen++
		if picked != nil || f.seen < f.Nth || f.Times != Forever && f.fired >= orElse(f.Times, 1) {
			continue
		}
		f.fired++
		picked = effect
		c.record.Fault = name(effect)
	}
	return picked
}

func (f *armed) matches(c *call) bool {
	return (f.Dialect == "" || f.Dialect == c.route.dialect) &&
		(f.Method == "" || f.Method == methodOf(c.Request)) &&
		f.Kind.Covers(c.route.kind) &&
		strings.Contains(c.URL.EscapedPath(), f.Path) &&
		(f.When == nil || f.When(*c.record))
}

// name returns the type of an effect in lower case, with the inner effect of a Late one: "throttle", "late reset".
func name(e Effect) string {
	if late, ok := e.(Late); ok {
		return "late " + name(late.Effect)
	}
	if status, ok := e.(Status); ok {
		return "status " + http.StatusText(status.Code)
	}
	t := reflect.TypeOf(e)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return strings.ToLower(t.Name())
}
