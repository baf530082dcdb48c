// Package forge serves the installations of the Forge app, and lets administrators pair and deactivate them.
package forge

import (
	"context"
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// Installations are those of the app.
type Installations interface {
	All(ctx context.Context) ([]installations.Installation, error)
	Claim(ctx context.Context, hash string, account int64) (installations.Installation, error)
	Confirm(ctx context.Context, id string, account int64) (installations.Installation, error)
	Revoke(ctx context.Context, id string) (bool, error)
	Deactivate(ctx context.Context, id, reason string) (bool, error)
	Remove(ctx context.Context, id string) (bool, error)
}

// Connecting connects paired workspaces; see connected.Admin.
type Connecting interface {
	Pair(ctx context.Context, workspace, name string, confirm func() error) (string, error)
}

// Resource serves the routes of the app. All fields are required but Connecting.
type Resource struct {
	Installations Installations
	// Hash makes the hash of a pairing code.
	Hash func(text string) string
	// Connecting is nil for a server that keeps no connections: there, an installation is paired and nothing is listed.
	Connecting Connecting
}

// Routes returns the routes of the resource. Only the app's own page makes a code: it proves who administers the workspace.
func (s *Resource) Routes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/forge/installations", Name: "listForgeInstallations",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the installations of the Forge app, and whether a pairing code of each can be entered.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(installationWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return api.Paged(c, func(page db.Page) ([]installations.Installation, error) {
					list, err := s.Installations.All(c.Context())
					return api.Cut(list, page), err
				}, body)
			},
		},
		{
			Method: http.MethodPost, Path: "/forge/pairing", Name: "enterPairingCode",
			Needs: access.Admin, Scope: "settings",
			Summary: "Enter the pairing code that the page of the app shows. The answer is the installation; confirm it within two minutes.",
			Takes:   codeWire{}, Body: `{"code": "ABCD-EFGH"}`,
			Gives:  api.Returns(installationWire{}),
			Handle: s.claim,
		},
		{
			Method: http.MethodPost, Path: "/forge/installations/{installationId}/confirm", Name: "confirmPairing",
			Needs: access.Admin, Scope: "settings",
			Summary: "Confirm the installation whose code you entered. It becomes ACTIVE, and its workspace is connected and listed.",
			Query:   []api.Parameter{api.Optional("connection", "The name of the connection. One to Bitbucket Cloud that exists goes on with the credentials of the app. Without a name, the workspace keeps its connection, or gets a new one.")},
			Gives:   api.Returns(installationWire{}),
			Handle:  s.confirm,
		},
		{
			Method: http.MethodDelete, Path: "/forge/installations/{installationId}", Name: "removeForgeInstallation",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove an installation that is not ACTIVE from the list.",
			Gives:   api.ReturnsNothing(),
			Handle:  s.remove,
		},
		{
			Method: http.MethodDelete, Path: "/forge/installations/{installationId}/code", Name: "revokePairingCode",
			Needs: access.Admin, Scope: "settings",
			Summary: "End the pairing code of an installation.",
			Gives:   api.Returns(installationWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.changed(c, func(i *installations.Installation) error {
					_, err := s.Installations.Revoke(c.Context(), i.ID)
					return err
				})
			},
		},
		{
			Method: http.MethodPost, Path: "/forge/installations/{installationId}/deactivate", Name: "deactivateForgeInstallation",
			Needs: access.Admin, Scope: "settings",
			Summary: "Make an installation INACTIVE: it gives no credentials any more. Only a new pairing makes it ACTIVE again.",
			Gives:   api.Returns(installationWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.changed(c, func(i *installations.Installation) error {
					_, err := s.Installations.Deactivate(c.Context(), i.ID, forge.ByAdministrator)
					return err
				})
			},
		},
	}
}

type codeWire struct {
	Code string `json:"code"`
}

func (s *Resource) confirm(c *api.Call) (*api.Reply, error) {
	return s.one(c, func(i *installations.Installation) error {
		confirm := func() error {
			confirmed, err := s.Installations.Confirm(c.Context(), i.ID, c.Account.ID)
			if err == nil {
				*i = confirmed
			}
			return err
		}
		if s.Connecting == nil {
			return told(confirm())
		}
		name, err := s.Connecting.Pair(c.Context(), i.Workspace, c.Query("connection"), confirm)
		var invalid *connected.InvalidError
		if errors.As(err, &invalid) {
			return api.BadRequest("connection: %v", err)
		}
		if err == nil {
			c.Note("connection " + name)
		}
		return told(err)
	})
}

func (s *Resource) remove(c *api.Call) (*api.Reply, error) {
	i, err := s.find(c)
	if err != nil {
		return nil, err
	}
	done, err := s.Installations.Remove(c.Context(), i.ID)
	if err == nil && !done {
		err = api.Conflict("the installation is ACTIVE: deactivate it first")
	}
	c.Note("workspace " + i.Workspace)
	return nil, err
}

func (s *Resource) claim(c *api.Call) (*api.Reply, error) {
	var given codeWire
	if err := c.Decode(&given); err != nil {
		return nil, err
	}
	hash, ok := forge.CodeHash(s.Hash, given.Code)
	if !ok {
		return nil, api.BadRequest("code: a pairing code has eight letters and digits, such as ABCD-EFGH")
	}
	i, err := s.Installations.Claim(c.Context(), hash, c.Account.ID)
	if err != nil {
		if errors.Is(err, installations.ErrTooMany) {
			// People must hear of somebody who guesses.
			if recorded := c.Record("forge.pairing.refused", "", "too many tries"); recorded != nil {
				return nil, recorded
			}
		}
		return nil, told(err)
	}
	c.Note("workspace " + i.Workspace)
	return &api.Reply{Body: body(&i)}, nil
}

// told makes an answer of an error.
func told(err error) error {
	switch {
	case errors.Is(err, installations.ErrTooMany):
		return api.Failure(http.StatusTooManyRequests, "TooManyRequestsException", "%v", err)
	case errors.Is(err, installations.ErrClaimed), errors.Is(err, installations.ErrCode):
		return api.Conflict("%v", err)
	}
	return err
}

// one does something with the installation of a call.
func (s *Resource) one(c *api.Call, do func(i *installations.Installation) error) (*api.Reply, error) {
	i, err := s.find(c)
	if err == nil {
		err = do(&i)
	}
	if err != nil {
		return nil, err
	}
	c.Note("workspace " + i.Workspace)
	return &api.Reply{Body: body(&i)}, nil
}

// changed is one, and answers with the installation as it is afterwards.
func (s *Resource) changed(c *api.Call, do func(i *installations.Installation) error) (*api.Reply, error) {
	return s.one(c, func(i *installations.Installation) error {
		if err := do(i); err != nil {
			return err
		}
		after, err := s.find(c)
		*i = after
		return err
	})
}

func (s *Resource) find(c *api.Call) (installations.Installation, error) {
	id := c.PathValue("installationId")
	list, err := s.Installations.All(c.Context())
	if err != nil {
		return installations.Installation{}, err
	}
	for _, i := range list {
		if forge.Key(i.ID) == id {
			return i, nil
		}
	}
	return installations.Installation{}, api.NotFound("there is no installation %q", access.Shortened(id))
}

type installationWire struct {
	ID           string  `json:"id"`
	Workspace    string  `json:"workspace" doc:"The UUID of the workspace, without braces."`
	Environment  string  `json:"environment" doc:"PRODUCTION, STAGING or DEVELOPMENT."`
	Installer    string  `json:"installer,omitempty" doc:"The Atlassian account that installed the app or opened its page."`
	State        string  `json:"state" doc:"PENDING until it is paired, ACTIVE, or INACTIVE after it was removed."`
	Reason       string  `json:"reason,omitempty"`
	CodeUntil    *string `json:"codeUntilDate" doc:"Until when its pairing code can be entered; null if it has none."`
	CreatedDate  *string `json:"createdDate"`
	LastSeenDate *string `json:"lastSeenDate"`
}

func body(i *installations.Installation) installationWire {
	return installationWire{
		ID: forge.Key(i.ID), Workspace: i.Workspace, Environment: i.Environment, Installer: i.Installer, State: string(i.State), Reason: i.Reason,
		CodeUntil: api.Date(i.CodeUntil), CreatedDate: api.Date(i.Created), LastSeenDate: api.Date(i.Seen),
	}
}
