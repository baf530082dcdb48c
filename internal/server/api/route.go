package api

import (
	"github.com/sluice-scan/sluice/internal/access"
)

// Route is one entry of the API.
type Route struct {
	Method, Path string
	// Rooted is set when Path is the whole path. Other routes are below both roots of the security API.
	Rooted bool
	// Name is what generated clients call it: a verb and a noun.
	Name  string
	Needs access.Permission
	// Scope is the word that a token must have, one of access.TokenScopes. Without it no token may call; a route for anyone has none.
	Scope string
	// Reveals is set for a route that only reads, and is worth an entry of the audit log.
	Reveals bool
	// Summary says in a sentence what the route does.
	Summary string
	Query   []Parameter
	// Takes is a value of the type of the request's JSON, or an Upload; nil when there is no body. Body explains it.
	Takes any
	Body  string
	Gives Answer
	// Handle answers a call that is permitted. An error is an [Error] or [Problems] for the caller; any other error is logged and not shown.
	Handle func(c *Call) (*Reply, error)
}

// Parameter is a parameter of a query.
type Parameter struct {
	Name, Meaning string
	Required      bool
}

// Optional is a parameter that may be left out.
func Optional(name, meaning string) Parameter { return Parameter{Name: name, Meaning: meaning} }

// Required is a parameter that must be there.
func Required(name, meaning string) Parameter {
	return Parameter{Name: name, Meaning: meaning, Required: true}
}

// Roots are the two roots of the security API. All its routes are the same below both.
var Roots = []string{"/rest/security/latest", "/rest/security/1.0"}

// Patterns are the paths of a route, as net/http has them.
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

// Scopes are the words that a token needs, with blanks between them.
func (r *Route) Scopes() string {
	if r.Reveals {
		return r.Scope + " " + access.PlaintextScope
	}
	return r.Scope
}
