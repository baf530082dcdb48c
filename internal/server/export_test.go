package server

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/store"
)

// TestRoute is a route as tests see it.
type TestRoute struct {
	Method, Pattern string
	// Needs is the permission's name, Scope the one of tokens.
	Needs, Scope string
}

// TestRoutes lists the table of routes.
func (s *Server) TestRoutes() (list []TestRoute) {
	names := map[permission]string{
		anyone: "anyone", signedIn: "signedIn", reader: "reader", writer: "writer", scanner: "scanner", projectAdmin: "projectAdmin", projectScanner: "projectScanner", grantee: "grantee", admin: "admin",
	}
	for _, r := range s.table {
		for _, pattern := range r.patterns() {
			list = append(list, TestRoute{r.method, pattern, names[r.needs], r.scope})
		}
	}
	return list
}

// TestGap is a route of a test that answers 204 where it is allowed; its permission is 0 for none, else of the table of permissions.
type TestGap struct {
	Method, Path string
	Needs        int
	Scope        string
}

// The permissions of such routes.
const (
	TestAnyone   = int(anyone)
	TestSignedIn = int(signedIn)
	TestReader   = int(reader)
	TestWriter   = int(writer)
	TestAdmin    = int(admin)
)

// NewOver is New with other routes; it serves them though they have gaps. The error is what New would give.
func NewOver(st *store.Store, o Options, table ...TestGap) (*Server, error) {
	s := newServer(st, o)
	for _, r := range table {
		s.table = append(s.table, route{
			method: r.Method, path: r.Path, name: "test" + r.Method + r.Path, needs: permission(r.Needs), scope: r.Scope, summary: "A test's.", gives: nothingBack(), handle: func(*call) (*reply, error) { return nothing() },
		})
	}
	return s, checkRoutes(s.table)
}

// TestOpenAPI describes the table of routes.
func (s *Server) TestOpenAPI() any { return describe(s.table) }

// TestAddress is where a request comes from.
func (s *Server) TestAddress(r *http.Request) string { return s.address(r) }

// realCost is what a password's hash costs outside of tests.
var realCost = argonCost

// The tests hash thousands of passwords.
func init() { argonCost = cost{memory: 8, time: 1} }

// RealCost is what a password's hash costs outside of tests: memory in KiB, and how often it is gone through.
func RealCost() (memory, time uint32) { return realCost.memory, realCost.time }
