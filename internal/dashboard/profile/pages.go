// Package profile shows people their own account: password, API tokens, and where they are signed in.
package profile

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// Accounts are those who may sign in, and their tokens. They are called by many requests at once.
type Accounts interface {
	access.Editor

	Get(ctx context.Context, name string) (*accounts.Account, error)
	// Tokens lists the tokens of an account, without their texts.
	Tokens(ctx context.Context, account int64) ([]accounts.Token, error)
	AddToken(ctx context.Context, t *accounts.Token, text string) (int64, error)
	// RemoveToken returns db.ErrNotFound if the account has no such token.
	RemoveToken(ctx context.Context, account, id int64) error
}

//go:embed templates
var files embed.FS

var profilePage = page.Parse(files, "profile")

// Pages are the pages of this room.
type Pages struct{ Accounts Accounts }

const path = "/profile"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: path, Needs: access.SignedIn, Handle: s.profile},
		{Method: http.MethodPost, Path: path + "/password", Needs: access.SignedIn, Handle: s.changePassword},
		{Method: http.MethodPost, Path: path + "/tokens", Needs: access.SignedIn, Handle: s.addToken},
		{Method: http.MethodPost, Path: path + "/tokens/revoke", Needs: access.SignedIn, Handle: s.revokeToken},
		{Method: http.MethodPost, Path: path + "/sessions/end", Needs: access.SignedIn, Handle: s.endSession},
		{Method: http.MethodPost, Path: path + "/sessions/end-others", Needs: access.SignedIn, Handle: s.endOthers},
	}
}

// Done are the sentences after the actions of this room.
func (s *Pages) Done() map[string]string {
	return map[string]string{
		"password-changed": "Your password is changed. All other sessions have ended.", "own-token-revoked": "The token is revoked. Programs that use it are refused.",
		"session-ended": "The session has ended.", "sessions-ended": "All other sessions have ended.",
	}
}
