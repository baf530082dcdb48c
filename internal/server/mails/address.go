package mails

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Settings returns the settings of the instance.
type Settings interface {
	List(ctx context.Context, k *settings.Known) ([]string, error)
}

// Addresses reads addresses from calls. All fields are required.
type Addresses struct{ Settings Settings }

const (
	maxAddresses = 50
	maxAddress   = 254
)

// Read reads the parameters "email" of a call: the addresses to notify at the end, without duplicates. Mail may go to
// the domains in settings.MailDomains. While that is empty, administrators may name any address, and all others only
// their own.
func (s *Addresses) Read(c *api.Call) ([]string, error) {
	given := c.QueryAll("email")
	if len(given) == 0 {
		return nil, nil
	}
	if len(given) > maxAddresses {
		return nil, api.BadRequest("email: at most %d addresses", maxAddresses)
	}
	domains, err := s.Settings.List(c.Context(), settings.MailDomains)
	if err != nil {
		return nil, err
	}
	for i, domain := range domains {
		domains[i] = strings.ToLower(domain)
	}
	var list []string
	seen := map[string]bool{}
	for _, text := range given {
		domain, ok := mailDomain(text)
		if !ok {
			return nil, api.BadRequest("email: one of the values is not a plain address such as jane@example.com")
		}
		switch {
		case strings.EqualFold(text, c.Account.Email):
		case slices.Contains(domains, domain):
		case len(domains) > 0:
			return nil, api.BadRequest("email: mail may go to %s only", strings.Join(domains, ", "))
		case !c.Account.Admin:
			return nil, api.BadRequest("email: only administrators may name addresses other than their own while the settings allow no domains")
		}
		if key := strings.ToLower(text); !seen[key] {
			seen[key] = true
			list = append(list, text)
		}
	}
	return list, nil
}

// mailDomain returns the domain of a plain address, in lower case. ok is false for anything that could inject a header.
func mailDomain(text string) (domain string, ok bool) {
	if len(text) > maxAddress {
		return "", false
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f || strings.IndexByte(`"\,;:<>()[]`, text[i]) >= 0 {
			return "", false
		}
	}
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return "", false
	}
	_, domain, _ = strings.Cut(text, "@")
	return strings.ToLower(domain), domain != ""
}
