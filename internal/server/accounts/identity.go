package accounts

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// identityRoutes list, add and remove who may sign in to an account by OpenID Connect.
func (s *Resource) identityRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/accounts/{user}/identities", Name: "listIdentities",
			Needs: access.Admin, Scope: "settings",
			Summary: "List who may sign in to an account by OpenID Connect.",
			Gives:   api.Returns([]identityWire{}),
			Handle:  s.identities,
		},
		{
			Method: http.MethodPost, Path: "/accounts/{user}/identities", Name: "addIdentity",
			Needs: access.Admin, Scope: "settings",
			Summary: "Let somebody sign in to an account by OpenID Connect. The page that refused the sign-in shows the subject.",
			Takes:   identityWire{}, Body: `{"issuer": "https://login.example.com", "subject": "248289761001"}`,
			Gives:  api.Returns([]identityWire{}),
			Handle: s.addIdentity,
		},
		{
			Method: http.MethodDelete, Path: "/accounts/{user}/identities", Name: "removeIdentities",
			Needs: access.Admin, Scope: "settings",
			Summary: "Let nobody sign in to an account by OpenID Connect, and end its sessions.",
			Gives:   api.ReturnsNothing(),
			Handle:  s.removeIdentities,
		},
	}
}

type identityWire struct {
	Issuer  string `json:"issuer" doc:"The URL of the provider, as its tokens name it."`
	Subject string `json:"subject" doc:"The provider's own id of the person."`
}

const (
	// maxIssuer and maxSubject limit the two parts of an identity, in bytes. OpenID Connect allows no longer subject.
	maxIssuer  = 1000
	maxSubject = 255
)

func (s *Resource) identities(c *api.Call) (*api.Reply, error) {
	a, err := s.named(c, c.PathValue("user"))
	if err != nil {
		return nil, err
	}
	list, err := s.Accounts.Identities(c.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	wire := make([]identityWire, len(list))
	for i, who := range list {
		wire[i] = identityWire(who)
	}
	return api.OK(wire)
}

func (s *Resource) addIdentity(c *api.Call) (*api.Reply, error) {
	var body identityWire
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	if body.Issuer == "" || len(body.Issuer) > maxIssuer {
		bad.Add("issuer", "it must have from 1 to %d bytes", maxIssuer)
	}
	if body.Subject == "" || len(body.Subject) > maxSubject {
		bad.Add("subject", "it must have from 1 to %d bytes", maxSubject)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	err := s.Accounts.Link(c.Context(), c.PathValue("user"), accounts.Identity(body))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, api.NotFound("there is no account with that name")
	case errors.Is(err, db.ErrExists):
		return nil, api.Conflict("this person has another account")
	case err != nil:
		return nil, err
	}
	c.Note("subject " + body.Subject + " of " + body.Issuer)
	return s.identities(c)
}

func (s *Resource) removeIdentities(c *api.Call) (*api.Reply, error) {
	removed, err := s.Accounts.Unlink(c.Context(), c.PathValue("user"))
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("there is no account with that name")
	}
	if err != nil {
		return nil, err
	}
	c.Note(fmt.Sprintf("links removed: %d", len(removed)))
	return api.Nothing()
}
