package server

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store"
)

const (
	maxAddresses = 50
	maxAddress   = 254
)

// addresses reads the parameters "email": whom to tell when all is done, each once. Mail goes to the domains of
// store.MailDomains; as long as there are none, administrators may name any address, and others their own.
func (c *call) addresses() ([]string, error) {
	given := c.r.URL.Query()["email"]
	if len(given) == 0 {
		return nil, nil
	}
	if len(given) > maxAddresses {
		return nil, badRequest("email: at most %d addresses", maxAddresses)
	}
	domains, err := c.s.store.List(c.context(), store.MailDomains)
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
			return nil, badRequest("email: one of the values is not a plain address such as jane@example.com")
		}
		switch {
		case strings.EqualFold(text, c.account.Email):
		case slices.Contains(domains, domain):
		case len(domains) > 0:
			return nil, badRequest("email: mail may go to %s only", strings.Join(domains, ", "))
		case !c.account.Admin:
			return nil, badRequest("email: only administrators may name addresses other than their own, as long as no domains are allowed in the settings")
		}
		if key := strings.ToLower(text); !seen[key] {
			seen[key] = true
			list = append(list, text)
		}
	}
	return list, nil
}

// mailDomain gives the domain of a bare address in lower case; ok is false for whatever else a header could be made of.
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
