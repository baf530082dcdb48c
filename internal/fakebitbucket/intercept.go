package fakebitbucket

import (
	"net/http"
	"time"
)

// Interceptor stands between the requests and the API, behind what the proxy refuses by itself. Package fault makes one. It is
// called concurrently.
type Interceptor interface {
	// Intercept answers a request: x.Serve() is the usual answer.
	Intercept(x *Exchange) Answer
}

// Intercept puts i between the requests and the API; nil takes the present one away. SwapInterceptor has both in one step.
func (s *Server) Intercept(i Interceptor) {
	s.SwapInterceptor(func(Interceptor) Interceptor { return i })
}

// SwapInterceptor replaces the present interceptor, nil without one, by what change makes of it. change may not call methods of
// the Server.
func (s *Server) SwapInterceptor(change func(Interceptor) Interceptor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interceptor = change(s.interceptor)
}

// Exchange is a request that an [Interceptor] has in its hands. It belongs to one goroutine.
type Exchange struct {
	server *Server
	call   *call
	serve  func() Answer
}

// HTTP is the request as it came in; its body has been read.
func (x *Exchange) HTTP() *http.Request { return x.call.Request }

// Body is what was read of the request's body, with the credentials of a token request. Do not change it.
func (x *Exchange) Body() []byte { return x.call.body }

// Record is what the server remembers of the request so far.
func (x *Exchange) Record() Request {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	return *x.call.record
}

// Mark names the fault that met the request, for [Request.Fault].
func (x *Exchange) Mark(fault string) {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.call.record.Fault = fault
}

// Serve serves the request the first time it is called, and gives the same answer from then on.
func (x *Exchange) Serve() Answer { return x.serve() }

// Now is the server's clock.
func (x *Exchange) Now() time.Time {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	return x.server.config.now()
}

// Refuse is an error in the shape of the request's dialect; the API did not see the request.
func (x *Exchange) Refuse(status int, message string) Answer {
	return errorAnswer(x.call.route.dialect, status, message)
}

// Reject is the API's 400 for a field of the body.
func (x *Exchange) Reject(field, message string) Answer {
	if x.call.route.dialect == DataCenter {
		return dataCenterError(http.StatusBadRequest, field, message)
	}
	return badRequest(message)
}

// LackScopes is the 403 of a credential that lacks scopes, with them in its detail.
func (x *Exchange) LackScopes(required, granted []string) Answer {
	return missingScopes(required, granted)
}

// DropReport takes the report of the path away, if there is one, as another client would. Its history ends with [EventVanish].
func (x *Exchange) DropReport() {
	s := x.server
	s.mu.Lock()
	defer s.mu.Unlock()
	// A refusal comes again when the request is served.
	if _, ok := s.locate(x.call); !ok {
		return
	}
	if _, key, ok := s.report(x.call); ok {
		delete(s.state.reports, key)
		s.note(key, EventVanish, x.call.record.Number)
	}
}
