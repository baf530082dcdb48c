package connections

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// adminRoutes add, show, change and remove connections to a Bitbucket.
func (s *Resource) adminRoutes() []api.Route {
	unchecked := api.Optional("unchecked", "true stores it without asking the server whether it accepts the credential")
	return []api.Route{
		{
			Method: http.MethodPost, Path: "/connections", Name: "addConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Connect a Bitbucket Data Center or a workspace of Bitbucket Cloud. The server is asked first whether it accepts the credential, which is stored encrypted and never returned.",
			Query:   []api.Parameter{unchecked},
			Takes:   newConnection{}, Body: `{"id": "bitbucket", "url": "https://bitbucket.example.com", "credential": {"secret": "..."}}, and any of the settings`,
			Gives:  api.ReturnsCreated(connectionDetail{}),
			Handle: s.add,
		},
		{
			Method: http.MethodGet, Path: "/connections/{connectionId}", Name: "getConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Return a connection with its settings, its state, and the health of its webhooks.",
			Gives:   api.Returns(connectionDetail{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				w, err := s.detail(c, c.PathValue("connectionId"))
				if err != nil {
					return nil, err
				}
				return api.OK(w)
			},
		},
		{
			Method: http.MethodPut, Path: "/connections/{connectionId}", Name: "changeConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Change the settings of a connection, or its credential. What is absent stays. Another address needs the credential again.",
			Query:   []api.Parameter{unchecked},
			Takes:   connectionChange{}, Body: `any of the settings and "credential"`,
			Gives:  api.Returns(connectionDetail{}),
			Handle: s.named(s.change),
		},
		{
			Method: http.MethodDelete, Path: "/connections/{connectionId}", Name: "removeConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove a connection with its credential, its webhooks and its repositories. Their results are kept for keepRemovedDays; connecting again under the same id brings them back.",
			Gives:   api.Returns(removedConnection{}),
			Handle:  s.named(s.remove),
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/check", Name: "checkConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Ask the server of a connection whether it accepts the credential.",
			Gives:   api.Returns(checkedConnection{}),
			Handle: s.named(func(c *api.Call, id string) (*api.Reply, error) {
				said, err := s.Admin.Probe(c.Context(), id)
				if err != nil {
					return nil, err
				}
				return api.OK(checkedConnection{said.Version, said.User})
			}),
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/rotate", Name: "rotateConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Give the webhooks of a connection another secret. The former one is accepted for a day.",
			Gives:   api.ReturnsNothing(),
			Handle: s.named(func(c *api.Call, id string) (*api.Reply, error) {
				if err := s.Admin.Rotate(c.Context(), id); err != nil {
					return nil, err
				}
				return api.Nothing()
			}),
		},
	}
}

func unknown(id string) error {
	return api.NotFound("there is no connection %q to a Bitbucket", access.Shortened(id))
}

// refusal is the answer to an error of the administration.
func refusal(id string, err error) error {
	var invalid *connected.InvalidError
	var asked *connected.AskedError
	switch {
	case errors.Is(err, db.ErrNotFound):
		return unknown(id)
	case errors.Is(err, db.ErrExists):
		return api.Conflict("there is already a connection %q", access.Shortened(id))
	case errors.Is(err, connected.ErrNoHooks):
		return api.Conflict("%v", err)
	case errors.As(err, &invalid):
		return api.BadRequest("%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	case errors.As(err, &asked):
		return api.Failure(http.StatusBadGateway, "ConnectionException", "the server was asked, and nothing is stored: %v", err)
	}
	return err
}

// detail describes a connection, or the folder of repositories.
func (s *Resource) detail(c *api.Call, id string) (*connectionDetail, error) {
	list := s.connections()
	i := slices.IndexFunc(list, func(x connection.Live) bool { return x.ID == id })
	if i < 0 {
		return nil, api.NotFound("there is no connection %q", access.Shortened(id))
	}
	held, err := s.Missing(list[i].Key).Held(c.Context())
	if err != nil {
		return nil, err
	}
	w := &connectionDetail{connectionWire: connectionBody(&list[i], held), Budgets: []budgetWire{}}
	if s.Admin == nil || list[i].Type == connection.TypeDirectory {
		return w, nil
	}
	d, err := s.Admin.Detail(c.Context(), id)
	if err != nil {
		return nil, refusal(id, err)
	}
	x := &d.Settings
	w.Settings = &connectionSettings{
		x.URL, append([]string{}, x.Include...), append([]string{}, x.Exclude...), x.Archived, x.Forks, x.Personal, time.Duration(x.Every).String(), x.Authorities, x.Rate, x.Burst, x.Webhooks, x.Reports, x.BuildStatus, x.Comment, x.Hourly, x.SignIn, x.App,
	}
	w.Credential = &credentialOwner{Kind: "TOKEN", User: d.User}
	switch {
	case !d.HasCredential:
		w.Credential.Kind = "NONE"
	case x.App != "":
		w.Credential.Kind = "APP"
	case d.Consumer != "":
		w.Credential.Kind, w.Credential.User = "CONSUMER", d.Consumer
	case d.User != "":
		w.Credential.Kind = "USER"
	}
	for _, b := range d.Budgets {
		w.Budgets = append(w.Budgets, budgetWire{b.Group, b.Used, max(b.Limit-b.Used, 0), b.Limit})
	}
	if x.Webhooks {
		w.Webhooks = &webhookHealth{api.Date(d.Hook.Heard), api.Date(d.Hook.Refused), d.Hook.Problem}
	}
	return w, nil
}

// named makes the handler of a call about a connection to a Bitbucket that exists; errors of the administration become
// refusals.
func (s *Resource) named(handle func(c *api.Call, id string) (*api.Reply, error)) func(c *api.Call) (*api.Reply, error) {
	return func(c *api.Call) (*api.Reply, error) {
		id := c.PathValue("connectionId")
		if s.Admin == nil {
			return nil, unknown(id)
		}
		reply, err := handle(c, id)
		if err != nil {
			return nil, refusal(id, err)
		}
		return reply, nil
	}
}

// decode reads the body of a call, of which x is the change: how it changes settings, and whether the server is asked first.
func decode(c *api.Call, body any, x *connectionChange) (apply func(s *connected.Settings), check bool, err error) {
	if err := c.Decode(body); err != nil {
		return nil, false, err
	}
	unchecked, err := c.Flag("unchecked")
	if err != nil {
		return nil, false, err
	}
	apply, err = x.read()
	return apply, !unchecked, err
}

func (s *Resource) add(c *api.Call) (*api.Reply, error) {
	var body newConnection
	apply, check, err := decode(c, &body, &body.connectionChange)
	if err != nil {
		return nil, err
	}
	if s.Admin == nil {
		return nil, api.Conflict("this server keeps no connections")
	}
	var x connected.Settings
	apply(&x)
	if _, err := s.Admin.Add(c.Context(), body.ID, &x, body.credential(), check); err != nil {
		return nil, refusal(body.ID, err)
	}
	c.Note(body.ID + " " + access.Shortened(x.URL))
	w, err := s.detail(c, body.ID)
	if err != nil {
		return nil, err
	}
	return api.Created(w)
}

func (s *Resource) change(c *api.Call, id string) (*api.Reply, error) {
	var body connectionChange
	apply, check, err := decode(c, &body, &body)
	if err != nil {
		return nil, err
	}
	var before, after connected.Settings
	if _, err := s.Admin.Change(c.Context(), id, func(x *connected.Settings) {
		before = *x
		apply(x)
		after = *x
	}, body.credential(), check); err != nil {
		return nil, err
	}
	c.Note(connected.Changed(&before, &after, body.Credential != nil))
	w, err := s.detail(c, id)
	if err != nil {
		return nil, err
	}
	return api.OK(w)
}

func (s *Resource) remove(c *api.Call, id string) (*api.Reply, error) {
	done, err := s.Admin.Disconnect(c.Context(), id)
	if err != nil {
		return nil, err
	}
	c.Note(done.Words())
	return api.OK(removedConnection{done.Repositories, done.Left})
}
