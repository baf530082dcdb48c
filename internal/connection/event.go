package connection

import (
	"net/url"
	"strings"
)

// Event is what a webhook said: where to look. It is never believed any further.
type Event struct {
	// Ping is true for the test call of Data Center, which is not signed.
	Ping bool
	// Repository is the repository that changed; nil for none.
	Repository *Location
	// Branch is the source of a pull request within the repository that was opened or changed; empty for none.
	Branch string
	// All is true if only a listing can tell what changed: something was renamed, moved, created or deleted.
	All bool
}

// Hook is the webhook that a connection wants wherever it has repositories.
type Hook struct {
	// Address is where events go. Its last part is the same for all webhooks of a connection, also when the rest changes.
	Address string
	// Name tells people what it is. It contains the number of the secret, so that a list shows which secret a webhook has.
	Name, Secret string
	// Renew replaces webhooks that look right, because a wrong signature came.
	Renew bool
}

// Owns reports whether a webhook with an address belongs to the connection.
func (h *Hook) Owns(address string) bool {
	return tail(address) != "" && tail(address) == tail(h.Address)
}

// tail is the last part of the path of an address.
func tail(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path[strings.LastIndex(u.Path, "/")+1:]
}

// Who is what a Bitbucket says about a credential.
type Who struct {
	// Version is the version of the server; empty for Cloud. User is the name of the user; empty for a token that belongs to
	// none.
	Version, User string
}
