package server

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

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// durationBounds are the upper bounds of the histogram of durations.
var durationBounds = [...]time.Duration{5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 10 * time.Second}

// metrics counts requests. Its zero value is ready.
type metrics struct {
	mu       sync.Mutex
	requests map[requestKey]int
	routes   map[string]*durations
	// counted are the scans by state as of at: counting them all is too much for every scrape.
	counted map[queue.State]int
	at      time.Time
}

type requestKey struct {
	method, route string
	status        int
}

type durations struct {
	// within counts those up to each bound; the last one counts all.
	within [len(durationBounds) + 1]int
	total  time.Duration
}

// count notes a request. The route is its pattern, so that there are as many as there are routes.
func (m *metrics) count(method, pattern string, status int, took time.Duration) {
	_, route, _ := strings.Cut(pattern, " ")
	route = cmp.Or(route, "none")
	if route == "none" || !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, method) {
		method = "other"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests, m.routes = map[requestKey]int{}, map[string]*durations{}
	}
	m.requests[requestKey{method, route, status}]++
	d := m.routes[route]
	if d == nil {
		d = &durations{}
		m.routes[route] = d
	}
	d.total += took
	for i, bound := range durationBounds {
		if took <= bound {
			d.within[i]++
		}
	}
	d.within[len(durationBounds)]++
}

// scansFor is how long counted scans are good for.
const scansFor = 15 * time.Second

func (m *metrics) scans(ctx context.Context, s *store.Store) (map[queue.State]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.at) < scansFor {
		return m.counted, nil
	}
	counted, err := s.Queue.Counts(ctx)
	if err == nil {
		m.counted, m.at = counted, time.Now()
	}
	return counted, err
}

// operatorRoutes tell operators how the server is. They name no project.
func (s *Server) operatorRoutes() []route {
	fine := func(text string) *reply {
		return &reply{status: http.StatusOK, contentType: plainType, stream: func(w io.Writer) error { _, err := io.WriteString(w, text); return err }}
	}
	list := []route{
		{
			method: http.MethodGet, path: "/healthz", name: "getHealth",
			needs:   anyone,
			summary: "Answer 200 while the process runs.",
			gives:   file(plainType),
			handle:  func(*call) (*reply, error) { return fine("ok\n"), nil },
		},
		{
			method: http.MethodGet, path: "/readyz", name: "getReadiness",
			needs:   anyone,
			summary: "Answer 200 while the database answers, and 503 otherwise. The text says why scans wait, if they do.",
			gives:   file(plainType),
			handle: func(c *call) (*reply, error) {
				ctx, cancel := context.WithTimeout(c.context(), 2*time.Second)
				defer cancel()
				if err := s.store.Ping(ctx); err != nil {
					s.log.Error("not ready", "request", c.id, "error", err)
					return nil, c.trouble(db.ErrSilent)
				}
				// What is there can be read and asked for all the same: the node stays in service.
				if why := s.options.Work.Paused(); why != "" {
					return fine("ok, but scans wait: " + why + "\n"), nil
				}
				return fine("ok\n"), nil
			},
		},
	}
	if s.options.Metrics == MetricsOff {
		return list
	}
	metrics := route{
		method: http.MethodGet, path: metricsPath, name: "getMetrics",
		needs:   anyone,
		summary: "Get counters in the text format of Prometheus.",
		gives:   file(metricsType),
		handle: func(c *call) (*reply, error) {
			scans, err := s.metrics.scans(c.context(), s.store)
			if err != nil {
				return nil, err
			}
			activities, err := s.hub.look(c.context(), s.store)
			if err != nil {
				return nil, err
			}
			return &reply{status: http.StatusOK, contentType: metricsType, stream: func(w io.Writer) error {
				return s.writeMetrics(w, scans, activities)
			}}, nil
		},
	}
	if s.options.Metrics == MetricsSignedIn {
		metrics.needs, metrics.scope = grantee, "read"
	}
	return append(list, metrics)
}

// metricsPath is beside the API, where Prometheus looks by itself.
const metricsPath = "/metrics"

// Who gets the metrics.
const (
	MetricsOpen     = "open"
	MetricsSignedIn = "signed-in"
	MetricsOff      = "off"
)

func (s *Server) writeMetrics(w io.Writer, scans map[queue.State]int, activities []queue.Activity) error {
	var b strings.Builder
	head := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind) }
	head("sluice_build_info", "gauge", "The version of the program.")
	fmt.Fprintf(&b, "sluice_build_info{version=%q} 1\n", s.options.Version)
	lines := queueEventFor(&scope.Visible{All: true}, activities)
	head("sluice_queue_length", "gauge", "Scans that wait.")
	fmt.Fprintf(&b, "sluice_queue_length %d\n", lines.Queued)
	head("sluice_scans_running", "gauge", "Scans that run, on all nodes.")
	fmt.Fprintf(&b, "sluice_scans_running %d\n", lines.Running)
	paused := 0
	if s.options.Work.Paused() != "" {
		paused = 1
	}
	head("sluice_scans_paused", "gauge", "1 when this node starts no scans for want of space in its data folder.")
	fmt.Fprintf(&b, "sluice_scans_paused %d\n", paused)
	head("sluice_scans", "gauge", "Scans that the database knows, by state.")
	for state := queue.Queued; state <= queue.Dropped; state++ {
		fmt.Fprintf(&b, "sluice_scans{state=%q} %d\n", strings.ToLower(state.String()), scans[state])
	}
	s.metrics.write(&b, head)
	_, err := io.WriteString(w, b.String())
	return err
}

func (m *metrics) write(b *strings.Builder, head func(name, kind, help string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head("sluice_http_requests_total", "counter", "Requests that were answered.")
	keys := make([]requestKey, 0, len(m.requests))
	for k := range m.requests {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b requestKey) int {
		return cmp.Or(strings.Compare(a.route, b.route), strings.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	})
	for _, k := range keys {
		fmt.Fprintf(b, "sluice_http_requests_total{method=%q,route=%q,status=\"%d\"} %d\n", k.method, k.route, k.status, m.requests[k])
	}
	head("sluice_http_request_duration_seconds", "histogram", "How long answers took.")
	routes := make([]string, 0, len(m.routes))
	for route := range m.routes {
		routes = append(routes, route)
	}
	slices.Sort(routes)
	for _, route := range routes {
		d := m.routes[route]
		for i, bound := range durationBounds {
			fmt.Fprintf(b, "sluice_http_request_duration_seconds_bucket{route=%q,le=\"%g\"} %d\n", route, bound.Seconds(), d.within[i])
		}
		all := d.within[len(durationBounds)]
		fmt.Fprintf(b, "sluice_http_request_duration_seconds_bucket{route=%q,le=\"+Inf\"} %d\nsluice_http_request_duration_seconds_sum{route=%[1]q} %[3]g\nsluice_http_request_duration_seconds_count{route=%[1]q} %[2]d\n",
			route, all, d.total.Seconds())
	}
}
