package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/audit"
)

// reads reports whether a call changes nothing and shows nothing that the audit log must hold.
func (x *exchange) reads(r *Route) bool {
	return (x.r.Method == http.MethodGet || x.IsHead()) && !r.Reveals
}

// audit writes down what a call has changed or revealed. The entry holds who, which route, which object, and the parameters of the query
// that the route declares; never the body.
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
		// The change is made, and somebody must see that the audit log does not have it.
		x.core.Log.Error("audit entry lost", "request", x.id, "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// auditRefusal writes down that somebody who may sign in was refused a change.
func (x *exchange) auditRefusal(r *Route, err error) {
	var known *Error
	if !errors.As(err, &known) || known.Status != http.StatusForbidden || x.Caller == nil || x.reads(r) {
		return
	}
	x.core.Control.Refused(x.Context(), &audit.Event{Actor: x.Account.Name, Action: "refused: " + r.Method + " " + r.Path, Object: x.object(r)})
}

// object names what the call speaks of: the repository, the project, or else the variables of the path.
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

// detail is what the route's function noted, and the parameters of the query.
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
