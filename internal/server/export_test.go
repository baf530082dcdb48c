package server

import (
	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store"
)

// TestRoute is a route as tests see it.
type TestRoute struct {
	Method, Pattern string
	Needs           access.Permission
	Scope           string
}

// TestRoutes lists the table of routes.
func (s *Server) TestRoutes() (list []TestRoute) {
	for _, r := range s.table {
		for _, pattern := range r.Patterns() {
			list = append(list, TestRoute{r.Method, pattern, r.Needs, r.Scope})
		}
	}
	return list
}

// TestGap is a test's route that answers 204 if it is permitted.
type TestGap struct {
	Method, Path string
	Needs        access.Permission
	Scope        string
}

// NewOver is New with other routes. It serves them even if they have gaps. The error is what New would return.
func NewOver(st *store.Store, o Options, table ...TestGap) (*Server, error) {
	s := assemble(st, o)
	s.table = nil
	for _, r := range table {
		s.table = append(s.table, api.Route{
			Method: r.Method, Path: r.Path, Name: "test" + r.Method + r.Path, Needs: r.Needs, Scope: r.Scope, Summary: "A test's.", Gives: api.ReturnsNothing(),
			Handle: func(*api.Call) (*api.Reply, error) { return api.Nothing() },
		})
	}
	return s, api.Check(s.table)
}

// TestOpenAPI describes the table of routes.
func (s *Server) TestOpenAPI() any { return describe(s.table) }
