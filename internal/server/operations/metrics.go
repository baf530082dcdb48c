package operations

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// durationBounds are the upper bounds of the histogram of durations.
var durationBounds = [...]time.Duration{5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 10 * time.Second}

// Who gets the metrics: everybody, administrators and grantees, or nobody.
const (
	MetricsOpen     = "open"
	MetricsSignedIn = "signed-in"
	MetricsOff      = "off"
)

// metricsType is the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/.
const metricsType = "text/plain; version=0.0.4; charset=utf-8"

// Counts counts all scans by state.
type Counts interface {
	Counts(ctx context.Context) (map[queue.State]int, error)
}

// Activities returns the queue of all repositories.
type Activities interface {
	Activities(ctx context.Context) ([]queue.Activity, error)
}

// Metrics counts requests and exports metrics about them and the queue. It is safe for concurrent use.
type Metrics struct {
	// For is one of the constants above; empty means MetricsOpen.
	For        string
	Version    string
	Counts     Counts
	Activities Activities
	Work       Paused

	mu       sync.Mutex
	requests map[requestKey]int
	routes   map[string]*durations
	// counted are the scans by state at the time at.
	counted map[queue.State]int
	at      time.Time
}

type requestKey struct {
	method, route string
	status        int
}

type durations struct {
	// within counts the durations up to each bound; the last element counts all.
	within [len(durationBounds) + 1]int
	total  time.Duration
}

// Count counts a request. It labels the route by its pattern, so that the number of series does not exceed the number of
// routes.
func (s *Metrics) Count(method, pattern string, status int, took time.Duration) {
	_, route, _ := strings.Cut(pattern, " ")
	route = cmp.Or(route, "none")
	if route == "none" || !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, method) {
		method = "other"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests == nil {
		s.requests, s.routes = map[requestKey]int{}, map[string]*durations{}
	}
	s.requests[requestKey{method, route, status}]++
	d := s.routes[route]
	if d == nil {
		d = &durations{}
		s.routes[route] = d
	}
	d.total += took
	for i, bound := range durationBounds {
		if took <= bound {
			d.within[i]++
		}
	}
	d.within[len(durationBounds)]++
}

// scansFor is how long the counts of scans are cached: counting for every scrape would be too expensive.
const scansFor = 15 * time.Second

func (s *Metrics) scans(ctx context.Context) (map[queue.State]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) < scansFor {
		return s.counted, nil
	}
	counted, err := s.Counts.Counts(ctx)
	if err == nil {
		s.counted, s.at = counted, time.Now()
	}
	return counted, err
}

// Routes returns the routes of the resource; none if nobody gets the metrics.
func (s *Metrics) Routes() []api.Route {
	if s.For == MetricsOff {
		return nil
	}
	route := api.Route{
		Method: http.MethodGet, Path: "/metrics", Rooted: true, Name: "getMetrics",
		Needs:   access.Anyone,
		Summary: "Get counters in the text format of Prometheus.",
		Gives:   api.ReturnsFile(metricsType),
		Handle: func(c *api.Call) (*api.Reply, error) {
			scans, err := s.scans(c.Context())
			if err != nil {
				return nil, err
			}
			activities, err := s.Activities.Activities(c.Context())
			if err != nil {
				return nil, err
			}
			return api.Stream(metricsType, func(w io.Writer) error { return s.write(w, scans, activities) }), nil
		},
	}
	if s.For == MetricsSignedIn {
		route.Needs, route.Scope = access.Grantee, "read"
	}
	return []api.Route{route}
}

func (s *Metrics) write(w io.Writer, scans map[queue.State]int, activities []queue.Activity) error {
	var b strings.Builder
	head := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind) }
	head("sluice_build_info", "gauge", "The version of the program.")
	fmt.Fprintf(&b, "sluice_build_info{version=%q} 1\n", s.Version)
	queued, running := 0, 0
	for i := range activities {
		queued, running = queued+activities[i].Queued, running+len(activities[i].Running)
	}
	head("sluice_queue_length", "gauge", "Scans that wait.")
	fmt.Fprintf(&b, "sluice_queue_length %d\n", queued)
	head("sluice_scans_running", "gauge", "Running scans, on all nodes.")
	fmt.Fprintf(&b, "sluice_scans_running %d\n", running)
	paused := 0
	if s.Work.Paused() != "" {
		paused = 1
	}
	head("sluice_scans_paused", "gauge", "1 if this node starts no scans because its data folder lacks space.")
	fmt.Fprintf(&b, "sluice_scans_paused %d\n", paused)
	head("sluice_scans", "gauge", "Scans in the database, by state.")
	for state := queue.Queued; state <= queue.Dropped; state++ {
		fmt.Fprintf(&b, "sluice_scans{state=%q} %d\n", strings.ToLower(state.String()), scans[state])
	}
	s.writeRequests(&b, head)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Metrics) writeRequests(b *strings.Builder, head func(name, kind, help string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	head("sluice_http_requests_total", "counter", "Answered requests.")
	keys := make([]requestKey, 0, len(s.requests))
	for k := range s.requests {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b requestKey) int {
		return cmp.Or(strings.Compare(a.route, b.route), strings.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	})
	for _, k := range keys {
		fmt.Fprintf(b, "sluice_http_requests_total{method=%q,route=%q,status=\"%d\"} %d\n", k.method, k.route, k.status, s.requests[k])
	}
	head("sluice_http_request_duration_seconds", "histogram", "Duration of answers.")
	routes := make([]string, 0, len(s.routes))
	for route := range s.routes {
		routes = append(routes, route)
	}
	slices.Sort(routes)
	for _, route := range routes {
		d := s.routes[route]
		for i, bound := range durationBounds {
			fmt.Fprintf(b, "sluice_http_request_duration_seconds_bucket{route=%q,le=\"%g\"} %d\n", route, bound.Seconds(), d.within[i])
		}
		all := d.within[len(durationBounds)]
		fmt.Fprintf(b, "sluice_http_request_duration_seconds_bucket{route=%q,le=\"+Inf\"} %d\nsluice_http_request_duration_seconds_sum{route=%[1]q} %[3]g\nsluice_http_request_duration_seconds_count{route=%[1]q} %[2]d\n",
			route, all, d.total.Seconds())
	}
}
