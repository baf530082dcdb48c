package fakebitbucket

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// Server is the fake. Create one with New.
type Server struct {
	mu          sync.Mutex
	config      config
	state       state
	interceptor Interceptor // nil for none
	requests    []*Request
	arrived     int // requests since New
	running     int
	peak        int
	tokens      []token
	spent       map[string][]int64 // request times of a credential within the rate window, in Unix nanoseconds
}

// New returns a Server that accepts every repository, commit and caller unless options say otherwise.
func New(options ...Option) *Server {
	s := &Server{config: defaults(), state: newState(), spent: map[string][]int64{}}
	s.Set(options...)
	return s
}

// Set applies options to a running server. Stored data stays.
func (s *Server) Set(options ...Option) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, option := range options {
		option(&s.config)
	}
}

// ServeHTTP answers direct requests as Bitbucket does, and absolute-form and CONNECT requests as the proxy does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	by := direct
	if r.URL.IsAbs() || r.Method == http.MethodConnect {
		by = proxied
	}
	s.serve(r, by).deliver(w)
}

// way is how a request reached the server.
type way int

const (
	direct  way = iota // to a listener, addressed to it
	proxied            // to the proxy
	inside             // through Transport, addressed to a real host
)

// call is one request inside the server.
type call struct {
	*http.Request
	way    way
	route  route
	body   []byte
	record *Request
	who    identity
}

// serve passes a request through the proxy's rules, the faults, the limits and the API, in this order, and records it.
func (s *Server) serve(r *http.Request, by way) Answer {
	s.mu.Lock()
	limit := s.config.behaviour.bodyLimit()
	s.mu.Unlock()
	body, err := readBody(r, limit)
	tooLarge := errors.Is(err, errTooLarge)
	if err != nil && !tooLarge {
		return Answer{Broken: err} // the client went away while it was sending
	}

	c := &call{Request: r, way: by, body: body}
	s.begin(c)
	a := s.decide(c, tooLarge)
	s.end(c, a)
	return a
}

func (s *Server) decide(c *call, tooLarge bool) Answer {
	if c.way == proxied {
		if refusal, refused := refuseProxied(c); refused {
			return refusal
		}
	}
	if c.way == inside && c.URL.Scheme == "http" && realHost(c.URL.Hostname()) {
		return redirectToHTTPS(c)
	}
	next := sync.OnceValue(func() Answer {
		if tooLarge {
			return errorAnswer(c.route.dialect, http.StatusRequestEntityTooLarge, "The request body is too large.")
		}
		return s.handle(c)
	})
	s.mu.Lock()
	interceptor := s.interceptor
	s.mu.Unlock()
	if interceptor == nil {
		return next()
	}
	return interceptor.Intercept(&Exchange{server: s, call: c, serve: next})
}

// handle is Bitbucket itself.
func (s *Server) handle(c *call) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.route.handler == nil {
		return missing(c)
	}
	if !c.route.open {
		who, refusal, ok := s.authenticate(c)
		if !ok {
			return refusal
		}
		c.who = who
	}
	limited, ok := s.spend(c)
	if !ok {
		return limited
	}
	if refusal, ok := s.authorise(c); !ok {
		return refusal
	}
	if refusal, ok := s.locate(c); !ok {
		return refusal
	}
	a := c.route.handler(s, c)
	s.rateHeaders(c, a)
	return a
}

var errTooLarge = errors.New("the request body is too large")

func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close() //nolint:errcheck // reading it has reported any error
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		// Read to the end, so that a client that is still writing gets the answer instead of a broken pipe.
		io.Copy(io.Discard, r.Body) //nolint:errcheck // the answer is the same
		return body[:limit], errTooLarge
	}
	return body, nil
}
