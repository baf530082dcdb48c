// Package settings holds the pages on which administrators change how the instance works.
package settings

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/seal"
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

	hookPage          = page.Parse(files, "hook")
	placeHookPage     = page.Parse(files, "placehook")
	scanningPage      = page.Parse(files, "scanning")
	schedulesPage     = page.Parse(files, "schedule")
	notificationsPage = page.Parse(files, "notifications")
	connectionsPage   = page.Parse(files, "connections")
	connectionPage    = page.Parse(files, "connection")
	newConnectionPage = page.Parse(files, "newconnection")
	forgePage         = page.Parse(files, "forge")
	loggingPage       = page.Parse(files, "logging")

	auditPage      = page.Parse(files, "audit")
	auditCheckPage = page.Parse(files, "auditcheck")
)

// manyMembers bounds the form of a group, in bytes.
const manyMembers = 1 << 20

// Pages are the pages of this room.
type Pages struct {
	Values   Values
	Policy   Policy
	Accounts Accounts

	Hooks     Hooks
	Places    Places
	Schedules Schedules
	Clock     Clock
	Mails     Mails
	// Sender may be nil; then the server sends no mail.
	Sender   Sender
	Channels Channels
	// News may be nil; then the server sends nothing to channels. Seals seals their addresses; nil adds none.
	News  News
	Seals *seal.Box
	// Connections may be nil; then there is none. Missing returns what the listings of one lack, by its Key.
	Connections connection.Lives
	Missing     func(key int64) Missing
	// Connecting may be nil; then connections cannot be changed here.
	Connecting Connecting
	// Installations are those of the Forge app. Hash makes the hash of a pairing code; nil takes none. Pairing may be nil; then
	// pairing connects nothing.
	Installations Installations
	Hash          func(text string) string
	Pairing       Pairing
	LogLevel      LogLevel
	Audit         AuditLog
}

// The entries of the navigation that the pages belong to.
const (
	tab      = "Settings"
	projects = "Projects"
)

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
		{Method: http.MethodGet, Path: hookPath, Needs: access.Grantee, Tab: tab, Handle: s.hooks},
		{Method: http.MethodPost, Path: hookPath, Needs: access.Grantee, Tab: tab, Handle: s.saveHooks},
		{Method: http.MethodGet, Path: page.ProjectPath + "/hook", Needs: access.ProjectAdmin, Tab: projects, Handle: s.placeHook},
		{Method: http.MethodPost, Path: page.ProjectPath + "/hook", Needs: access.ProjectAdmin, Tab: projects, Handle: s.savePlaceHook},
		{Method: http.MethodGet, Path: page.RepositoryPath + "/hook", Needs: access.ProjectAdmin, Tab: projects, Handle: s.placeHook},
		{Method: http.MethodPost, Path: page.RepositoryPath + "/hook", Needs: access.ProjectAdmin, Tab: projects, Handle: s.savePlaceHook},
		{Method: http.MethodGet, Path: page.ProjectPath + "/scanning", Needs: access.ProjectAdmin, Tab: projects, Handle: s.scanning},
		{Method: http.MethodPost, Path: page.ProjectPath + "/scanning", Needs: access.ProjectAdmin, Tab: projects, Handle: s.saveScanning},
		{Method: http.MethodGet, Path: page.RepositoryPath + "/scanning", Needs: access.ProjectAdmin, Tab: projects, Handle: s.scanning},
		{Method: http.MethodPost, Path: page.RepositoryPath + "/scanning", Needs: access.ProjectAdmin, Tab: projects, Handle: s.saveScanning},
		{Method: http.MethodGet, Path: schedulePath, Needs: access.Grantee, Tab: tab, Handle: s.schedules},
		{Method: http.MethodPost, Path: schedulePath, Needs: access.Grantee, Tab: tab, Handle: s.setSchedule},
		{Method: http.MethodPost, Path: schedulePath + "/remove", Needs: access.Grantee, Tab: tab, Handle: s.removeSchedule},
		{Method: http.MethodGet, Path: notificationsPath, Needs: access.Grantee, Tab: tab, Handle: s.notifications},
		{Method: http.MethodPost, Path: notificationsPath, Needs: access.Grantee, Tab: tab, Handle: s.saveNotifications},
		{Method: http.MethodPost, Path: notificationsPath + "/drop", Needs: access.Admin, Tab: tab, Handle: s.dropMail},
		{Method: http.MethodPost, Path: notificationsPath + "/retry", Needs: access.Admin, Tab: tab, Handle: s.retryMail},
		{Method: http.MethodPost, Path: notificationsPath + "/test", Needs: access.Admin, Tab: tab, Handle: s.testMail},
		{Method: http.MethodPost, Path: notificationsPath + "/channels", Needs: access.Admin, Tab: tab, Handle: s.addChannel},
		{Method: http.MethodPost, Path: notificationsPath + "/channels/switch", Needs: access.Admin, Tab: tab, Handle: s.switchChannel},
		{Method: http.MethodPost, Path: notificationsPath + "/channels/remove", Needs: access.Admin, Tab: tab, Handle: s.removeChannel},
		{Method: http.MethodPost, Path: notificationsPath + "/channels/test", Needs: access.Admin, Tab: tab, Handle: s.testChannel},
		{Method: http.MethodGet, Path: connectionsPath, Needs: access.Admin, Tab: tab, Handle: s.connections},
		{Method: http.MethodPost, Path: connectionsPath + "/sync", Needs: access.Admin, Tab: tab, Handle: s.syncConnection},
		{Method: http.MethodPost, Path: connectionsPath + "/confirm", Needs: access.Admin, Tab: tab, Handle: s.confirmGone},
		{Method: http.MethodGet, Path: newConnectionPath, Needs: access.Admin, Tab: tab, Handle: s.newConnection},
		{Method: http.MethodPost, Path: newConnectionPath, Needs: access.Admin, Tab: tab, Handle: s.addConnection},
		{Method: http.MethodGet, Path: connectionPath, Needs: access.Admin, Tab: tab, Handle: s.oneConnection},
		{Method: http.MethodPost, Path: connectionPath + "/save", Needs: access.Admin, Tab: tab, Handle: s.saveConnection},
		{Method: http.MethodPost, Path: connectionPath + "/check", Needs: access.Admin, Tab: tab, Handle: s.checkConnection},
		{Method: http.MethodPost, Path: connectionPath + "/rotate", Needs: access.Admin, Tab: tab, Handle: s.rotateConnection},
		{Method: http.MethodPost, Path: connectionPath + "/remove", Needs: access.Admin, Tab: tab, Handle: s.removeConnection},
		{Method: http.MethodGet, Path: forgePath, Needs: access.Admin, Tab: tab, Handle: s.forgeApp},
		{Method: http.MethodPost, Path: forgePath, Needs: access.Admin, Tab: tab, Handle: s.enterCode},
		{Method: http.MethodPost, Path: forgePath + "/confirm", Needs: access.Admin, Tab: tab, Handle: s.confirmPairing},
		{Method: http.MethodPost, Path: forgePath + "/deactivate", Needs: access.Admin, Tab: tab, Handle: s.deactivateApp},
		{Method: http.MethodPost, Path: forgePath + "/remove", Needs: access.Admin, Tab: tab, Handle: s.removeApp},
		{Method: http.MethodGet, Path: loggingPath, Needs: access.Grantee, Tab: tab, Handle: s.logging},
		{Method: http.MethodPost, Path: loggingPath, Needs: access.Grantee, Tab: tab, Handle: s.setLogging},
		{Method: http.MethodGet, Path: auditPath, Needs: access.Grantee, Tab: tab, Handle: s.audit},
		{Method: http.MethodGet, Path: auditPath + "/export", Needs: access.Grantee, Long: true, Handle: s.exportAudit},
		{Method: http.MethodGet, Path: auditPath + "/check", Needs: access.Grantee, Tab: tab, Handle: s.checkAudit},
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
		"hook-inherit":   "The hook inherits its setting again.",
		"hook-refuse":    "The hook refuses pushes with secrets.",
		"hook-warn":      "The hook warns of secrets and lets pushes pass.",
		"hook-off":       "The hook does not check pushes.",
		"logging-set":    "The log level is set. All nodes have it within seconds.",

		"schedule-set":         "The schedule is saved.",
		"schedule-removed":     "The schedule is removed.",
		"mail-dropped":         "The mail is dropped.",
		"mail-retried":         "The mail is sent again, within seconds.",
		"mail-gone":            "There is no such undelivered mail any longer.",
		"channel-added":        "The channel is added. It gets the news from now on.",
		"channel-switched":     "The channel is switched.",
		"channel-removed":      "The channel is removed.",
		"connection-sync":      "The server lists the connection again. Load the page in a moment.",
		"forge-entered":        "The code is right. Check the workspace, and confirm it within two minutes.",
		"forge-paired":         "The workspace is paired.",
		"forge-inactive":       "The installation is inactive.",
		"forge-removed":        "The installation is removed from the list.",
		"connection-added":     "It is connected. The server lists its repositories now: load the page again in a moment.",
		"connection-saved":     "The settings are saved. The server lists the connection again.",
		"connection-rotated":   "The webhooks get another secret. The former one is accepted for a day.",
		"connection-removed":   "It is disconnected. Its webhooks and its credential are deleted.",
		"connection-left":      "It is disconnected, and its credential is deleted. Webhooks may be left in Bitbucket: delete those whose names begin with Sluice. They do nothing there.",
		"connection-gone":      "There is no such connection any longer.",
		"connection-confirmed": "What was held back is confirmed as gone. The next listing removes it.",
	}
}

// first leads to the first page of the settings.
func (s *Pages) first(v *page.Visit) error {
	v.Redirect(v.Core.BasePath + "/settings/general")
	return nil
}
