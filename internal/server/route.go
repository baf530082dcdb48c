package server

import (
	"net/http"
	"strings"
)

// permission is what a caller needs. Where a path names a project or a repository, the permission speaks of that one.
type permission int

// The permissions, weakest first. The zero value is none of them and denies everybody, so that a route must name its own.
const (
	_ permission = iota
	// anyone needs no credentials.
	anyone
	// signedIn needs valid credentials.
	signedIn
	// reader may read the repository, or the project when the path names none.
	reader
	// writer may write to the repository.
	writer
	// scanner may write to the repository, or is a grantee.
	scanner
	// projectAdmin administers the project.
	projectAdmin
	// projectScanner administers the project, or is a grantee. He gets what he may read of it.
	projectScanner
	// grantee is an administrator, or somebody with explicit access to the whole instance.
	grantee
	// admin is an administrator.
	admin
)

// route is one entry of the API.
type route struct {
	method, path string
	// name is what clients that are made from the description call it: a verb and a noun.
	name  string
	needs permission
	// scope is the word that a token must have, one of TokenScopes. Without it no token may; a route for anyone has none.
	scope string
	// reveals is set for a route that only reads, and is worth an entry of the audit log.
	reveals bool
	// summary says in a sentence what it does.
	summary string
	query   []parameter
	// takes is a value of the type of the request's JSON, or an upload; nil when there is no body. body explains it.
	takes  any
	body   string
	gives  answer
	handle func(c *call) (*reply, error)
}

// parameter is a parameter of a query.
type parameter struct {
	name, meaning string
	required      bool
}

// prefixes are the two roots of the security API; all its routes are the same below both.
var prefixes = []string{"/rest/security/latest", "/rest/security/1.0"}

// patterns are the paths under which a route is served: those of the security API are written without their root.
func (r *route) patterns() []string {
	if strings.HasPrefix(r.path, "/rest/") || r.needs == anyone || r.path == metricsPath {
		return []string{r.path}
	}
	var list []string
	for _, prefix := range prefixes {
		list = append(list, prefix+r.path)
	}
	return list
}

// routes makes the table of all routes.
func (s *Server) routes() []route {
	var all []route
	for _, part := range [][]route{
		s.statusRoutes(), s.scheduleRoutes(), s.resultRoutes(), s.queueRoutes(), s.findingRoutes(), s.exportRoutes(), s.operatorRoutes(), s.describeRoutes(),
		s.reviewRoutes(), s.ruleRoutes(), s.hookRoutes(), s.pushRoutes(), s.trendRoutes(), s.cronRoutes(), s.connectionRoutes(), s.mailRoutes(), s.billRoutes(), s.settingRoutes(), s.logRoutes(), s.accountRoutes(), s.accessRoutes(), s.groupRoutes(), s.tokenRoutes(), s.auditRoutes(),
	} {
		all = append(all, part...)
	}
	return all
}

// Handler serves the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.table {
		for _, pattern := range r.patterns() {
			mux.HandleFunc(r.method+" "+s.options.BasePath+pattern, s.serve(r))
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.newCall(w, r).elsewhere(mux) })
	return s.observe(mux)
}
