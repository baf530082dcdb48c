package mails

import (
	"context"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Settings returns the settings of the instance.
type Settings interface {
	List(ctx context.Context, k *settings.Known) ([]string, error)
}

// Addresses reads addresses from calls. All fields are required.
type Addresses struct{ Settings Settings }

// Read reads the parameters "email" of a call: the addresses to notify at the end, without duplicates. See [access.MailTo] for which may be
// named.
func (s *Addresses) Read(c *api.Call) ([]string, error) {
	given := c.QueryAll("email")
	if len(given) == 0 {
		return nil, nil
	}
	domains, err := s.Settings.List(c.Context(), settings.MailDomains)
	if err != nil {
		return nil, err
	}
	list, err := access.MailTo(c.Account, given, domains)
	if err != nil {
		return nil, api.BadRequest("email: %v", err)
	}
	return list, nil
}
