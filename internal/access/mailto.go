package access

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
)

const (
	maxAddresses = 50
	maxAddress   = 254
)

// MailTo checks the addresses that an account wants mail to go to, and returns them without duplicates. Mail may go to domains, which are a
// setting. While the setting is empty, administrators may name any address, and all others only their own. The error is for people.
func MailTo(a *accounts.Account, given, domains []string) ([]string, error) {
	if len(given) > maxAddresses {
		return nil, fmt.Errorf("at most %d addresses", maxAddresses)
	}
	var list []string
	seen := map[string]bool{}
	for _, text := range given {
		domain, ok := mailDomain(text)
		if !ok {
			return nil, errors.New("one of the values is not a plain address such as jane@example.com")
		}
		switch {
		case strings.EqualFold(text, a.Email):
		case slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, domain) }):
		case len(domains) > 0:
			return nil, fmt.Errorf("mail may go to %s only", strings.ToLower(strings.Join(domains, ", ")))
		case !a.Admin:
			return nil, errors.New("only administrators may name addresses other than their own while the settings allow no domains")
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
