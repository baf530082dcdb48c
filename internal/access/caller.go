package access

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Caller is a signed-in account with its rights at that moment. Make one for each request. It is immutable and safe for
// concurrent use.
type Caller struct {
	// Account is never nil.
	Account *accounts.Account
	// Token is the token that the caller signed in with; nil for a password.
	Token *accounts.Token
	// Grants are the roles of the account. They are empty for an administrator, who needs none.
	Grants accounts.Grants
	// Visible is what the account may read.
	Visible *scope.Visible
}

// Knows reports whether the caller may know that there is a place, by the name that the store has for it: "" is the
// instance, which everybody knows. What one may not read does not exist.
func (c *Caller) Knows(place string) bool {
	key, slug, _ := strings.Cut(place, "/")
	return place == "" || c.Account.Admin || c.Grants.Role(key, slug) > 0
}

// MayWrite reports whether the caller may write to a repository.
func (c *Caller) MayWrite(r *catalog.Repository) bool { return c.May(Writer, Place{Repository: r}) }

// MayReveal reports whether the caller may see the text of secrets where the account may. A token also needs the scope
// plaintext.
func (c *Caller) MayReveal() bool {
	return c.Token == nil || slices.Contains(c.Token.Scopes, PlaintextScope)
}
