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

var generalPage = page.Parse(files, "general")

// Pages are the pages of this room.
type Pages struct {
	Values Values
	Policy Policy
}

const tab = "Settings"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/settings", Needs: access.Grantee, Tab: tab, Handle: s.first},
		{Method: http.MethodGet, Path: "/settings/general", Needs: access.Grantee, Tab: tab, Handle: s.general},
		{Method: http.MethodPost, Path: "/settings/general", Needs: access.Grantee, Tab: tab, Handle: s.saveGeneral},
	}
}

// Done are the sentences after the actions of this room.
func (s *Pages) Done() map[string]string {
	return map[string]string{
		"settings-saved": "The settings are saved.",
		"settings-same":  "Nothing was changed: the settings had these values already.",
		"setting-reset":  "The setting has its default value again.",
	}
}

// first leads to the first page of the settings.
func (s *Pages) first(v *page.Visit) error {
	v.Redirect(v.Core.BasePath + "/settings/general")
	return nil
}
