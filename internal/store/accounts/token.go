package accounts

import (
	"context"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// OwnedToken is a token with the account that it belongs to.
type OwnedToken struct {
	Token
	// Owner is the name of the account, which Disabled says is switched off.
	Owner    string
	Disabled bool
}

// AllTokens lists the tokens of all accounts by the account's name, each account's newest first. owner limits it to one account, by its
// name in any case; "" for all.
func (s *Accounts) AllTokens(ctx context.Context, owner string, page db.Page) ([]OwnedToken, error) {
	columns := append(tokenColumns(func(t *OwnedToken) *Token { return &t.Token }), db.Columns[OwnedToken]{
		{SQL: "a.name", Into: func(t *OwnedToken) any { return &t.Owner }},
		{SQL: "a.disabled", Into: func(t *OwnedToken) any { return &t.Disabled }},
	}...)
	return columns.List(ctx, s.db.Read, `
		from token t
		join account a on a.id = t.account_id
		where $1 = '' or a.name = $1
		order by a.name, t.id desc
		limit $2 offset $3`, strings.ToLower(owner), page.Limit, page.Start)
}
