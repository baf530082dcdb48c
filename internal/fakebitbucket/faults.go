package fakebitbucket

import (
	"net/http"
	"reflect"
	"strings"
)

// Forever as Fault.Times never stops.
const Forever = -1

// Fault says which requests meet an effect. The zero value of a field matches everything.
type Fault struct {
	Dialect Dialect
	Method  string
	// Kind matches the kinds that it covers.
	Kind Kind
	// Path matches a part of the escaped path.
	Path string
	// When, if not nil, must agree as well. It may not call methods of the Server.
	When func(Request) bool
	// Nth is the first matching request, from 1, that meets the effect; 0 means 1.
	Nth int
	// Times is how many requests meet it; 0 means 1.
	Times int
	// Effect must not be nil.
	Effect Effect
}

// Effect is what happens to a request that meets a fault. The effects are the types of this package: Throttle, Status,
// Slow, Reset, CutBody, HTML, Redirect, Vanish, RejectAnnotations, EmptyBody, MissingScopes, Hook, Late and Storm.
type Effect interface {
	apply(x *exchange) answer
}

// selective is an effect that has its own opinion of which requests it is for. A request that it returns nil for is no
// occurrence of the fault. The server's lock is held.
type selective interface {
	choose(c *call) Effect
}

// exchange is a request that an effect has in its hands.
type exchange struct {
	server *Server
	call   *call
	next   func() answer // serves the request as usual, the first time it is called
}

// armed is a fault and how often it has been met.
type armed struct {
	Fault
	seen, fired int
}

// Inject adds faults. Of several that match a request the one that was injected first takes it; the others count the
// occurrence. What the proxy refuses by itself, tunnels among it, meets no fault.
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

// Pending counts the injected faults that have not been used up, those that last forever left out. A test that ends
// with some of them has not tested what it meant to.
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

// pick returns the effect that a request meets, or nil, and counts occurrences.
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

// name is the type of an effect in lower case, with what a Late one is about: "throttle", "late reset".
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
