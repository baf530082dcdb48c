package osv_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// stub is the part of osv.dev that the tests use: its data dumps and its API, with their limits. It is safe for
// concurrent use.
type stub struct {
	mu sync.Mutex
	// records are OSV records by id.
	records map[string]string
	// pageSize is the number of ids per page; 0 means all.
	pageSize int
	// fail is the number of calls that get status before the first normal response.
	fail, status int
	// cut ends downloads in the middle.
	cut      bool
	requests []string
	atOnce   int
	most     int
}

func newStub(t *testing.T, records ...string) (*stub, string) {
	t.Helper()
	s := &stub{records: map[string]string{}}
	for _, r := range records {
		var wire struct {
			ID string `json:"id"`
		}
		require.NoError(t, json.Unmarshal([]byte(r), &wire))
		s.records[wire.ID] = r
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func (s *stub) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.EscapedPath())
	s.atOnce++
	s.most = max(s.most, s.atOnce)
	defer func() {
		s.mu.Lock()
		s.atOnce--
		s.mu.Unlock()
	}()
	fail := s.fail > 0
	s.fail--
	s.mu.Unlock()
	switch name, isDump := strings.CutSuffix(r.URL.Path, "/all.zip"); {
	case fail:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(s.status)
	case isDump:
		s.dump(w, r, strings.TrimPrefix(name, "/"))
	case r.URL.Path == "/v1/querybatch" && r.Method == http.MethodPost:
		s.batch(w, r)
	case strings.HasPrefix(r.URL.Path, "/v1/vulns/") && s.records[r.URL.Path[len("/v1/vulns/"):]] != "":
		_, _ = fmt.Fprint(w, s.records[r.URL.Path[len("/v1/vulns/"):]])
	default:
		http.NotFound(w, r)
	}
}

func (s *stub) dump(w http.ResponseWriter, r *http.Request, ecosystem string) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	n := 0
	for _, id := range slices.Sorted(maps.Keys(s.records)) {
		if strings.Contains(s.records[id], strconv.Quote(ecosystem)) {
			f, _ := z.Create(id + ".json")
			_, _ = fmt.Fprint(f, s.records[id])
			n++
		}
	}
	_ = z.Close()
	if n == 0 {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"%d"`, packed.Len())
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", tag)
	w.Header().Set("Content-Length", strconv.Itoa(packed.Len()))
	if s.cut {
		_, _ = w.Write(packed.Bytes()[:packed.Len()/2])
		return
	}
	_, _ = w.Write(packed.Bytes())
}

// batch responds as the API does: in the order of the queries, with ids only, for at most 1000 queries.
func (s *stub) batch(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Queries []struct {
			Package struct {
				Name, Ecosystem, PURL string
			}
			Version   string
			PageToken string `json:"page_token"`
		}
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Queries) > 1000 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	type vuln struct {
		ID       string `json:"id"`
		Modified string `json:"modified"`
	}
	type result struct {
		Vulns         []vuln `json:"vulns,omitempty"`
		NextPageToken string `json:"next_page_token,omitempty"`
	}
	results := make([]result, len(body.Queries))
	for i, q := range body.Queries {
		var ids []string
		for _, id := range slices.Sorted(maps.Keys(s.records)) {
			if strings.Contains(s.records[id], fmt.Sprintf(`"ecosystem":%q,"name":%q`, q.Package.Ecosystem, q.Package.Name)) {
				ids = append(ids, id)
			}
		}
		from, _ := strconv.Atoi(q.PageToken)
		to := len(ids)
		if s.pageSize > 0 && to > from+s.pageSize {
			to = from + s.pageSize
			results[i].NextPageToken = strconv.Itoa(to)
		}
		for _, id := range ids[min(from, len(ids)):to] {
			results[i].Vulns = append(results[i].Vulns, vuln{ID: id})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
}

// record returns an OSV record that affects every version of a package below 2.0.0.
func record(id, ecosystem, name string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-11-20T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}`, id, ecosystem, name)
}
