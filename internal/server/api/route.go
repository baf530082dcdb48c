package api

import (
	"github.com/sluice-scan/sluice/internal/access"
)

// Route is one entry of the API.
type Route struct {
	Method, Path string
	// Rooted is set if Path is the whole path. Other routes are below both roots of the security API.
	Rooted bool
	// Name is the name in generated clients: a verb and a noun.
	Name  string
	Needs access.Permission
	// Scope is the scope that a token needs, one of access.TokenScopes. If it is empty, no token may call. A route for
	// anyone has none.
	Scope string
	// Reveals is set for a route that only reads but must be audited.
	Reveals bool
	// Summary says in a sentence what the route does.
	Summary string
	Query   []Parameter
	// Takes is a value of the type of the request's JSON, or an Upload; nil if there is no body. Body explains it.
	Takes any
	Body  string
	Gives Answer
	// Handle answers a permitted call. An error is an [Error] or [Problems] for the caller. Any other error is logged and
	// not shown.
	Handle func(c *Call) (*Reply, error)
}

// Parameter is a parameter of a query.
type Parameter struct {
	Name, Meaning string
	Required      bool
}

// Optional returns a parameter that may be missing.
func Optional(name, meaning string) Parameter { return Parameter{Name: name, Meaning: meaning} }

// Required returns a parameter that must be present.
func Required(name, meaning string) Parameter {
	return Parameter{Name: name, Meaning: meaning, Required: true}
}

// Roots are the two roots of the security API. All its routes exist below both.
var Roots = []string{"/rest/security/latest", "/rest/security/1.0"}

// Patterns returns the paths of a route as net/http patterns.
func (r *Route) Patterns() []string {
	if r.Rooted {
		return []string{r.Path}
	}
	var list []string
	for _, root := range Roots {
		list = append(list, root+r.Path)
	}
	return list
}

// Scopes returns the scopes that a token needs, separated by spaces.
func (r *Route) Scopes() string {
	if r.Reveals {
		return r.Scope + " " + access.PlaintextScope
	}
	return r.Scope
}
