package server

import "net/http"

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
	for _, r := range s.routes() {
		for _, pattern := range r.patterns() {
			list = append(list, TestRoute{r.method, pattern, names[r.needs], r.scope})
		}
	}
	return list
}

// TestAddress is where a request comes from.
func (s *Server) TestAddress(r *http.Request) string { return s.address(r) }

// CheapHash is HashPassword, for next to nothing.
func CheapHash(password string) string { return hashPassword(password, cost{memory: 8, time: 1}) }
