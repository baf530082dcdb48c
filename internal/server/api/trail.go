package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/audit"
)

// reads reports whether a call changes nothing and reveals nothing that must be audited.
func (x *exchange) reads(r *Route) bool {
	return (x.r.Method == http.MethodGet || x.IsHead()) && !r.Reveals
}

// audit records what a call changed or revealed. The entry contains the actor, the route, the object, and the parameters
// of the query that the route declares, but never the body.
func (x *exchange) audit(r *Route) {
	if x.recorded || x.reads(r) {
		return
	}
	e := &audit.Event{Action: r.Method + " " + r.Path, Object: x.object(r), Detail: x.detail(r)}
	if x.Caller != nil {
		e.Actor = x.Account.Name
	}
	ctx, cancel := x.AuditContext()
	defer cancel()
	if err := x.core.Trail.Add(ctx, e); err != nil {
		// The change is made, and somebody must notice that the audit log does not have it.
		x.core.Log.Error("audit entry lost", "request", x.id, "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// auditRefusal records that a signed-in caller was refused a change.
func (x *exchange) auditRefusal(r *Route, err error) {
	var known *Error
	if !errors.As(err, &known) || known.Status != http.StatusForbidden || x.Caller == nil || x.reads(r) {
		return
	}
	x.core.Control.Refused(x.Context(), &audit.Event{Actor: x.Account.Name, Action: "refused: " + r.Method + " " + r.Path, Object: x.object(r)})
}

// object names the object of the call: the repository, the project, or else the variables of the path.
func (x *exchange) object(r *Route) string {
	if name := x.PlaceName(); name != "" {
		return name
	}
	var named []string
	for rest := r.Path; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		name, behind, _ := strings.Cut(after, "}")
		named, rest = append(named, access.Shortened(x.PathValue(strings.TrimSuffix(name, "...")))), behind
	}
	return strings.Join(named, " ")
}

// detail contains the notes of the route's function and the parameters of the query.
func (x *exchange) detail(r *Route) string {
	words := x.details
	query := x.r.URL.Query()
	for _, p := range r.Query {
		for _, value := range query[p.Name] {
			words = append(words, p.Name+"="+access.Shortened(value))
		}
	}
	return strings.Join(words, " ")
}
