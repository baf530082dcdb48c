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
			Handle: s.change,
		},
		{
			Method: http.MethodDelete, Path: "/connections/{connectionId}", Name: "removeConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove a connection with its credential, its webhooks and its repositories. Their results are kept for keepRemovedDays; connecting again under the same id brings them back.",
			Gives:   api.Returns(removedConnection{}),
			Handle:  s.remove,
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/check", Name: "checkConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Ask the server of a connection whether it accepts the credential.",
			Gives:   api.Returns(checkedConnection{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				id := c.PathValue("connectionId")
				if s.Admin == nil {
					return nil, unknown(id)
				}
				said, err := s.Admin.Probe(c.Context(), id)
				if err != nil {
					return nil, refusal(id, err)
				}
				return api.OK(checkedConnection{said.Version, said.User})
			},
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/rotate", Name: "rotateConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "Give the webhooks of a connection another secret. The former one is accepted for a day.",
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				id := c.PathValue("connectionId")
				if s.Admin == nil {
					return nil, unknown(id)
				}
				if err := s.Admin.Rotate(c.Context(), id); err != nil {
					return nil, refusal(id, err)
				}
				return api.Nothing()
			},
		},
	}
}

// newConnection is a connection to add.
type newConnection struct {
	ID string `json:"id" doc:"Its name in addresses: small letters, digits and dashes."`
	connectionChange
}

// connectionChange is a change of the settings of a connection. A nil field stays.
type connectionChange struct {
	URL         *string        `json:"url,omitempty" doc:"The address of the server, with its context path."`
	Include     *[]string      `json:"include,omitempty" doc:"Patterns of PROJECT/repository that belong to it, such as PAY/*; empty for all."`
	Exclude     *[]string      `json:"exclude,omitempty" doc:"Patterns that do not belong to it; they win."`
	Archived    *bool          `json:"archived,omitempty"`
	Forks       *bool          `json:"forks,omitempty"`
	Personal    *bool          `json:"personal,omitempty"`
	Every       *string        `json:"every,omitempty" doc:"The time between listings, such as 5m; 0s for the default."`
	Authorities *string        `json:"authorities,omitempty" doc:"Certificates in PEM of the authorities that signed the server's; empty for those of the system."`
	Calls       *float64       `json:"calls,omitempty" doc:"Calls per second to the server; 0 for 4."`
	CallsAtOnce *int           `json:"callsAtOnce,omitempty" doc:"Calls at once before calls applies; 0 for 40."`
	Webhooks    *bool          `json:"webhooks,omitempty" doc:"Whether webhooks are created and repaired."`
	Reports     *bool          `json:"reports,omitempty" doc:"Whether a Code Insights report is published on each commit that is scanned."`
	BuildStatus *bool          `json:"buildStatus,omitempty"`
	Comment     *bool          `json:"comment,omitempty" doc:"Whether one comment is kept on the pull request of a branch that is scanned."`
	Hourly      *int           `json:"hourly,omitempty" doc:"Calls of its API that Bitbucket Cloud allows in an hour; 0 for 1,000."`
	SignIn      *bool          `json:"signIn,omitempty" doc:"Whether people sign in with their account of this Bitbucket, and see what they may see there."`
	Credential  *newCredential `json:"credential,omitempty"`
}

// newCredential is a credential. It is never part of an answer.
type newCredential struct {
	User     string `json:"user,omitempty" doc:"The user to whom the password or token belongs; empty for an access token by itself."`
	Consumer string `json:"consumer,omitempty" doc:"The key of an OAuth consumer of Bitbucket Cloud, whose secret follows."`
	Secret   string `json:"secret"`
}

// credential returns the credential of a change; nil if it stays.
func (x *connectionChange) credential() *connected.Credential {
	if x.Credential == nil {
		return nil
	}
	return &connected.Credential{User: x.Credential.User, Consumer: x.Credential.Consumer, Secret: x.Credential.Secret}
}

// read checks what a decoder cannot, and returns the change.
func (x *connectionChange) read() (apply func(s *connected.Settings), err error) {
	var every time.Duration
	if x.Every != nil {
		if every, err = time.ParseDuration(*x.Every); err != nil {
			return nil, api.BadRequest("every: it must be a time such as 5m or 1h30m")
		}
	}
	return func(s *connected.Settings) {
		if x.URL != nil {
			s.URL = strings.TrimRight(*x.URL, "/")
		}
		if x.Every != nil {
			s.Every = connected.Duration(every)
		}
		set(&s.Include, x.Include)
		set(&s.Exclude, x.Exclude)
		set(&s.Archived, x.Archived)
		set(&s.Forks, x.Forks)
		set(&s.Personal, x.Personal)
		set(&s.Authorities, x.Authorities)
		set(&s.Rate, x.Calls)
		set(&s.Burst, x.CallsAtOnce)
		set(&s.Webhooks, x.Webhooks)
		set(&s.Reports, x.Reports)
		set(&s.BuildStatus, x.BuildStatus)
		set(&s.Comment, x.Comment)
		set(&s.Hourly, x.Hourly)
		set(&s.SignIn, x.SignIn)
	}, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// connectionDetail is a connection with its settings.
type connectionDetail struct {
	connectionWire
	Settings   *connectionSettings `json:"settings" doc:"null for a folder of repositories."`
	Credential *credentialOwner    `json:"credential" doc:"Whose credential it has; the credential itself is never returned."`
	Webhooks   *webhookHealth      `json:"webhooks"`
	Budgets    []budgetWire        `json:"budgets" doc:"The calls of the last hour to Bitbucket Cloud; empty for another connection."`
}

// budgetWire is the budget of a group of calls.
type budgetWire struct {
	Group string `json:"group" doc:"repositories, hooks or git: Bitbucket counts each by itself."`
	Used  int    `json:"used"`
	Left  int    `json:"left"`
	Limit int    `json:"limit"`
}

// connectionSettings are the settings of a connection.
type connectionSettings struct {
	URL         string   `json:"url"`
	Include     []string `json:"include"`
	Exclude     []string `json:"exclude"`
	Archived    bool     `json:"archived"`
	Forks       bool     `json:"forks"`
	Personal    bool     `json:"personal"`
	Every       string   `json:"every"`
	Authorities string   `json:"authorities"`
	Calls       float64  `json:"calls"`
	CallsAtOnce int      `json:"callsAtOnce"`
	Webhooks    bool     `json:"webhooks"`
	Reports     bool     `json:"reports"`
	BuildStatus bool     `json:"buildStatus"`
	Comment     bool     `json:"comment"`
	Hourly      int      `json:"hourly"`
	SignIn      bool     `json:"signIn"`
	Workspace   string   `json:"workspace,omitempty" doc:"The UUID of the workspace whose Forge app gives the credentials; absent for another connection."`
}

// credentialOwner tells whose credential a connection has.
type credentialOwner struct {
	Kind string `json:"kind" doc:"TOKEN, USER, CONSUMER, APP for the Forge app, or NONE when it is gone or cannot be read."`
	User string `json:"user,omitempty" doc:"The user, or the key of the consumer."`
}

// webhookHealth is the health of webhooks.
type webhookHealth struct {
	HeardDate   *string `json:"lastHeardDate" doc:"When the last delivery with a right signature came."`
	RefusedDate *string `json:"lastRefusedDate" doc:"When the last delivery with a wrong signature came, until it is repaired."`
	Problem     string  `json:"problem,omitempty"`
}

// removedConnection is what became of a removed connection.
type removedConnection struct {
	Repositories int    `json:"repositories" doc:"How many repositories it had."`
	Left         string `json:"left,omitempty" doc:"Which webhooks may be left in Bitbucket."`
}

// checkedConnection is what a server said.
type checkedConnection struct {
	Version string `json:"version"`
	User    string `json:"user" doc:"Empty for a token of a project or repository."`
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

func (s *Resource) add(c *api.Call) (*api.Reply, error) {
	var body newConnection
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	unchecked, err := c.Flag("unchecked")
	if err != nil {
		return nil, err
	}
	apply, err := body.read()
	if err != nil {
		return nil, err
	}
	if s.Admin == nil {
		return nil, api.Conflict("this server keeps no connections")
	}
	var x connected.Settings
	apply(&x)
	if _, err := s.Admin.Add(c.Context(), body.ID, &x, body.credential(), !unchecked); err != nil {
		return nil, refusal(body.ID, err)
	}
	c.Note(body.ID + " " + access.Shortened(x.URL))
	w, err := s.detail(c, body.ID)
	if err != nil {
		return nil, err
	}
	return api.Created(w)
}

func (s *Resource) change(c *api.Call) (*api.Reply, error) {
	id := c.PathValue("connectionId")
	if s.Admin == nil {
		return nil, unknown(id)
	}
	var body connectionChange
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	unchecked, err := c.Flag("unchecked")
	if err != nil {
		return nil, err
	}
	apply, err := body.read()
	if err != nil {
		return nil, err
	}
	var before, after connected.Settings
	if _, err := s.Admin.Change(c.Context(), id, func(x *connected.Settings) {
		before = *x
		apply(x)
		after = *x
	}, body.credential(), !unchecked); err != nil {
		return nil, refusal(id, err)
	}
	c.Note(connected.Changed(&before, &after, body.Credential != nil))
	w, err := s.detail(c, id)
	if err != nil {
		return nil, err
	}
	return api.OK(w)
}

func (s *Resource) remove(c *api.Call) (*api.Reply, error) {
	id := c.PathValue("connectionId")
	if s.Admin == nil {
		return nil, unknown(id)
	}
	done, err := s.Admin.Disconnect(c.Context(), id)
	if err != nil {
		return nil, refusal(id, err)
	}
	c.Note(done.Words())
	return api.OK(removedConnection{done.Repositories, done.Left})
}
