package fakebitbucket

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// handler answers one kind of request; the server's lock is held.
type handler func(*Server, *call) Answer

// route is the target of a request.
type route struct {
	dialect Dialect
	kind    Kind
	handler handler           // nil if nothing is served there
	allow   []string          // the methods of the path if the request uses another one
	open    bool              // needs no credential
	param   map[string]string // decoded path segments by name
}

// endpoint is one row of the tables in cloud.go and datacenter.go.
type endpoint struct {
	method  string
	pattern string // segments; "{name}" matches any one segment
	kind    Kind
	handler handler
	open    bool
}

// find looks up path in a table; path is still escaped and begins after the base.
func find(table []endpoint, dialect Dialect, method, path string) route {
	found := route{dialect: dialect, kind: KindUnknown}
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for _, e := range table {
		param, ok := match(strings.Split(e.pattern, "/"), segments)
		if !ok {
			continue
		}
		if e.method != method {
			found.allow = append(found.allow, e.method)
			continue
		}
		return route{dialect: dialect, kind: e.kind, handler: e.handler, open: e.open, param: param}
	}
	return found
}

func match(pattern, segments []string) (map[string]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	param := map[string]string{}
	for i, want := range pattern {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if name, isParam := strings.CutPrefix(want, "{"); isParam {
			if got == "" {
				return nil, false
			}
			param[strings.TrimSuffix(name, "}")] = got
		} else if got != want {
			return nil, false
		}
	}
	return param, true
}

// lead finds the route of a call. The lock is held.
func (s *Server) lead(c *call) route {
	method, path := methodOf(c.Request), c.URL.EscapedPath()
	if method == http.MethodConnect {
		return route{dialect: Cloud, kind: KindConnect}
	}
	host := ""
	if c.way != direct {
		host = c.URL.Hostname()
	}
	var r route
	below, isDataCenter := s.belowDataCenter(path)
	switch {
	case host == authHost || host == "" && path == "/"+tokenPath:
		r = find(tokenEndpoints, Cloud, method, strings.TrimPrefix(path, "/"))
	case strings.HasPrefix(path, "/2.0/"):
		r = find(cloudEndpoints, Cloud, method, strings.TrimPrefix(path, "/2.0/"))
	case isDataCenter && host != apiHost:
		r = find(dataCenterEndpoints, DataCenter, method, latest(below))
	default:
		r = route{dialect: Cloud, kind: KindUnknown}
		if strings.Contains(path, "/rest/") {
			r.dialect = DataCenter
		}
	}
	if r.kind == KindReportPut {
		r.kind = putKind(c.body)
	}
	return r
}

func (s *Server) belowDataCenter(path string) (string, bool) {
	if !s.config.dataCenter {
		return "", false
	}
	return strings.CutPrefix(path, strings.TrimSuffix(s.config.subPath, "/")+"/rest/")
}

// latest writes the version of a Data Center path as the table of endpoints does.
func latest(path string) string {
	for _, api := range []string{"insights/", "api/"} {
		if rest, ok := strings.CutPrefix(path, api+"1.0/"); ok {
			return api + "latest/" + rest
		}
	}
	return path
}

// putKind distinguishes the last PUT of a publication from the first, by its result.
func putKind(body []byte) Kind {
	var report struct {
		Result string `json:"result"`
	}
	if json.Unmarshal(body, &report) != nil {
		return KindReportPut
	}
	if report.Result == "" || report.Result == "PENDING" {
		return KindReportPending
	}
	return KindReportFinal
}

// missing answers a path, or a method on a path, that is not served.
func missing(c *call) Answer {
	if allow := c.route.allow; len(allow) > 0 {
		slices.Sort(allow)
		a := errorAnswer(c.route.dialect, http.StatusMethodNotAllowed, "The method is not allowed for this resource.")
		a.Header.Set("Allow", strings.Join(slices.Compact(allow), ", "))
		return a
	}
	if c.route.dialect == DataCenter {
		// The answer of an installation when its sub path is left out: the request reaches another web application.
		return htmlAnswer(http.StatusMethodNotAllowed, "<!doctype html><title>405</title><h1>Method Not Allowed</h1>")
	}
	return envelope(http.StatusNotFound, "Resource not found", "There is no API hosted at this URL.")
}

// errorAnswer returns a general error in the product's form.
func errorAnswer(dialect Dialect, status int, message string) Answer {
	if dialect == DataCenter {
		return dataCenterError(status, "", message)
	}
	return envelope(status, message, nil)
}

func methodOf(r *http.Request) string { return orElse(r.Method, http.MethodGet) }
