// Package settings holds the pages on which administrators change how the instance works.
package settings

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Values are the settings of the instance. They are called by many requests at once.
type Values interface {
	// All returns what is stored, by key.
	All(ctx context.Context) (map[string]string, error)
}

// Policy changes settings together with the counters that depend on them.
type Policy interface {
	// Set stores values that are valid; an empty one returns to the default.
	Set(ctx context.Context, values map[*settings.Known]string) error
}

//go:embed templates
var files embed.FS

var (
	generalPage  = page.Parse(files, "general")
	accountsPage = page.Parse(files, "accounts")
	accountPage  = page.Parse(files, "account")
	groupsPage   = page.Parse(files, "groups")
	rolesPage    = page.Parse(files, "roles")
	tokensPage   = page.Parse(files, "tokens")
)

// manyMembers bounds the form of a group, in bytes.
const manyMembers = 1 << 20

// Pages are the pages of this room.
type Pages struct {
	Values   Values
	Policy   Policy
	Accounts Accounts
}

const tab = "Settings"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/settings", Needs: access.Grantee, Tab: tab, Handle: s.first},
		{Method: http.MethodGet, Path: "/settings/general", Needs: access.Grantee, Tab: tab, Handle: s.general},
		{Method: http.MethodPost, Path: "/settings/general", Needs: access.Grantee, Tab: tab, Handle: s.saveGeneral},
		{Method: http.MethodGet, Path: accessPath, Needs: access.Admin, Tab: tab, Handle: s.accounts},
		{Method: http.MethodPost, Path: accessPath + "/accounts", Needs: access.Admin, Tab: tab, Handle: s.addAccount},
		{Method: http.MethodGet, Path: accessPath + "/accounts/{user}", Needs: access.Admin, Tab: tab, Handle: s.account},
		{Method: http.MethodPost, Path: accessPath + "/accounts/{user}", Needs: access.Admin, Tab: tab, Handle: s.changeAccount},
		{Method: http.MethodGet, Path: accessPath + "/groups", Needs: access.Admin, Tab: tab, Handle: s.groups},
		{Method: http.MethodPost, Path: accessPath + "/groups", Needs: access.Admin, Tab: tab, Form: manyMembers, Handle: s.setGroup},
		{Method: http.MethodPost, Path: accessPath + "/groups/remove", Needs: access.Admin, Tab: tab, Handle: s.removeGroup},
		{Method: http.MethodGet, Path: accessPath + "/roles", Needs: access.Admin, Tab: tab, Handle: s.roles},
		{Method: http.MethodPost, Path: accessPath + "/roles", Needs: access.Admin, Tab: tab, Handle: s.giveRole},
		{Method: http.MethodPost, Path: accessPath + "/roles/remove", Needs: access.Admin, Tab: tab, Handle: s.removeRole},
		{Method: http.MethodGet, Path: tokensPath, Needs: access.Admin, Tab: tab, Handle: s.tokens},
		{Method: http.MethodPost, Path: tokensPath + "/revoke", Needs: access.Admin, Tab: tab, Handle: s.revokeToken},
	}
}

// Done are the sentences after the actions of this room.
func (s *Pages) Done() map[string]string {
	return map[string]string{
		"settings-saved": "The settings are saved.",
		"settings-same":  "Nothing was changed: the settings had these values already.",
		"setting-reset":  "The setting has its default value again.",
		"account-added":  "The account is added. Give it a role, so that it may see something.",
		"account-saved":  "The account is saved.",
		"password-set":   "The password is set. All sessions of the account have ended.",
		"group-saved":    "The group is saved.",
		"group-removed":  "The group and its roles are removed.",
		"role-given":     "The role is given.",
		"role-removed":   "The role is removed.",
		"token-revoked":  "The token is revoked.",
	}
}

// first leads to the first page of the settings.
func (s *Pages) first(v *page.Visit) error {
	v.Redirect(v.Core.BasePath + "/settings/general")
	return nil
}
