// Package fault injects faults into a [fakebitbucket.Server]: throttling, slow or broken answers, or the page of another
// server. Only tests link it. [Inject] adds faults, [Heal] removes them, and [Pending] counts those that have not
// occurred yet. All three are safe for concurrent use.
package fault

import (
	"cmp"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// Forever as Fault.Times never stops.
const Forever = -1

// Fault says which requests get an effect. The zero value of a field matches everything.
type Fault struct {
	Dialect fakebitbucket.Dialect
	Method  string
	// Kind matches the kinds that it covers.
	Kind fakebitbucket.Kind
	// Path matches a part of the escaped path.
	Path string
	// When, if not nil, must match too. It must not call methods of the Server.
	When func(fakebitbucket.Request) bool
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
	apply(x *fakebitbucket.Exchange) fakebitbucket.Answer
}

// selective is an effect that itself selects its requests. A request for which it returns nil does not count as an
// occurrence of the fault. The server's lock is held.
type selective interface {
	choose(x *fakebitbucket.Exchange) Effect
}

// armed is a fault and the number of its occurrences.
type armed struct {
	Fault
	seen, fired int
}

// injector holds the faults of one server.
type injector struct {
	mu     sync.Mutex
	faults []*armed
}

// of returns the injector of a server, and creates it if necessary.
func of(s *fakebitbucket.Server) (found *injector) {
	s.SwapInterceptor(func(present fakebitbucket.Interceptor) fakebitbucket.Interceptor {
		var ok bool
		if found, ok = present.(*injector); !ok {
			found = &injector{}
		}
		return found
	})
	return found
}

// Inject adds faults. If several match a request, the earliest injected one applies; the others count the occurrence.
// Requests that the proxy itself refuses, including tunnels, get no fault.
func Inject(s *fakebitbucket.Server, faults ...Fault) {
	in := of(s)
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, f := range faults {
		in.faults = append(in.faults, &armed{Fault: f})
	}
}

// Heal removes all faults.
func Heal(s *fakebitbucket.Server) { s.Intercept(nil) }

// Pending counts the injected faults that are not used up, except those that last forever. A test that ends with some of
// them has not tested what it meant to.
func Pending(s *fakebitbucket.Server) int {
	in := of(s)
	in.mu.Lock()
	defer in.mu.Unlock()
	n := 0
	for _, f := range in.faults {
		if f.Times != Forever && f.fired < cmp.Or(f.Times, 1) {
			n++
		}
	}
	return n
}

// Intercept implements [fakebitbucket.Interceptor].
func (in *injector) Intercept(x *fakebitbucket.Exchange) fakebitbucket.Answer {
	effect := in.pick(x)
	if effect == nil {
		return x.Serve()
	}
	x.Mark(name(effect))
	return effect.apply(x)
}

// pick returns the effect for a request, or nil, and counts occurrences.
func (in *injector) pick(x *fakebitbucket.Exchange) Effect {
	in.mu.Lock()
	defer in.mu.Unlock()
	var picked Effect
	for _, f := range in.faults {
		if !f.matches(x) {
			continue
		}
		effect := f.Effect
		if own, ok := effect.(selective); ok {
			if picked != nil {
				continue
			}
			if effect = own.choose(x); effect == nil {
				continue
			}
		}
		f.seen++
		if picked != nil || f.seen < f.Nth || f.Times != Forever && f.fired >= cmp.Or(f.Times, 1) {
			continue
		}
		f.fired++
		picked = effect
	}
	return picked
}

func (f *armed) matches(x *fakebitbucket.Exchange) bool {
	r := x.Record()
	return (f.Dialect == "" || f.Dialect == r.Dialect) &&
		(f.Method == "" || f.Method == r.Method) &&
		f.Kind.Covers(r.Kind) &&
		strings.Contains(r.Path, f.Path) &&
		(f.When == nil || f.When(r))
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
