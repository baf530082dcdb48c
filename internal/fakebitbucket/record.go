package fakebitbucket

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Request is the record of one request, including refused and broken ones. It contains no credential: the values of
// headers are left out, and of a token request only its grant type is kept.
type Request struct {
	Number   int // from 1, in the order of arrival; Forget does not reset it
	Method   string
	Kind     Kind
	Dialect  Dialect
	Scheme   string // of an absolute URL; empty for a direct request to a listener
	Host     string
	Path     string // escaped, as sent
	Query    string
	Absolute bool // the request line contained an absolute URL, as for a proxy
	Proxied  bool // the request was treated as a proxy request
	// HeaderNames are in canonical form and sorted.
	HeaderNames []string
	// Authorized is true if an Authorization header was sent; AuthScheme is its first word, like "Bearer".
	Authorized  bool
	AuthScheme  string
	ContentType string
	UserAgent   string
	BodySize    int
	Body        []byte
	// Status is the status of the answer; 0 until it is complete, and if the connection was broken.
	Status int
	// Fault names the effect on the request; empty means none.
	Fault string
}

// Decode reads the body as JSON into value.
func (r Request) Decode(value any) error { return json.Unmarshal(r.Body, value) }

// Annotations returns the readable annotations of a bulk request or of a single PUT, in the order they were sent.
func (r Request) Annotations() []Annotation {
	var all []Annotation
	switch isCloud := r.Dialect == Cloud; {
	case r.Kind == KindAnnotationBulk && isCloud:
		var in []cloudAnnotationInput
		_ = r.Decode(&in) // serving the request rejects an unreadable body
		for _, one := range in {
			all = append(all, one.annotation())
		}
	case r.Kind == KindAnnotationPut && isCloud:
		var in cloudAnnotationInput
		_ = r.Decode(&in) // as above
		all = append(all, in.annotation())
	case r.Kind == KindAnnotationBulk:
		var in struct {
			Annotations []dataCenterAnnotationInput `json:"annotations"`
		}
		_ = r.Decode(&in) // as above
		for _, one := range in.Annotations {
			all = append(all, one.annotation())
		}
	case r.Kind == KindAnnotationPut:
		var in dataCenterAnnotationInput
		_ = r.Decode(&in) // as above
		all = append(all, in.annotation())
	}
	return all
}

// String returns one line: method, kind, status and fault.
func (r Request) String() string {
	line := r.Method + " " + string(r.Kind) + " " + strconv.Itoa(r.Status)
	if r.Fault != "" {
		line += " " + r.Fault
	}
	return line
}

// begin records a request and finds its route.
func (s *Server) begin(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.route = s.lead(c)
	names := make([]string, 0, len(c.Header))
	for name := range c.Header {
		names = append(names, http.CanonicalHeaderKey(name))
	}
	slices.Sort(names)
	scheme, _, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	s.arrived++
	c.record = &Request{
		Number: s.arrived, Method: methodOf(c.Request), Kind: c.route.kind, Dialect: c.route.dialect,
		Scheme: c.URL.Scheme, Host: orElse(c.Host, c.URL.Host), Path: c.URL.EscapedPath(), Query: c.URL.RawQuery,
		Absolute: c.URL.IsAbs() && c.way != inside, Proxied: c.way == proxied,
		HeaderNames: names, Authorized: c.Header.Get("Authorization") != "", AuthScheme: scheme,
		ContentType: c.Header.Get("Content-Type"), UserAgent: c.UserAgent(),
		BodySize: len(c.body), Body: recordable(c),
	}
	s.requests = append(s.requests, c.record)
	s.running++
	s.peak = max(s.peak, s.running)
}

// recordable returns the body without the client's secret.
func recordable(c *call) []byte {
	if c.route.kind != KindToken {
		return c.body
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil
	}
	return []byte(url.Values{"grant_type": form["grant_type"]}.Encode())
}

func (s *Server) end(c *call, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	if a.Broken == nil {
		c.record.Status = a.Status
	}
}

// Requests returns copies of all recorded requests in the order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
	}
	return all
}

// RequestsOf returns the recorded requests that kind covers.
func (s *Server) RequestsOf(kind Kind) []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return !kind.Covers(r.Kind) })
}

// Count counts the recorded requests that kind covers; the empty kind counts all.
func (s *Server) Count(kind Kind) int { return len(s.RequestsOf(kind)) }

// Trail returns one line per request, as Request.String writes it, for assertions on a whole conversation.
func (s *Server) Trail() []string {
	all := s.Requests()
	lines := make([]string, len(all))
	for i, r := range all {
		lines[i] = r.String()
	}
	return lines
}

// PeakConcurrency returns the largest number of concurrent requests.
func (s *Server) PeakConcurrency() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak
}

// Forget drops the recorded requests and the peak, so that a second run can be counted separately. Stored data and the
// history of reports stay.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.peak = nil, s.running
}
