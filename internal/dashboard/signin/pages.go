// Package signin holds the pages by which people sign in and out.
package signin

import (
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

//go:embed templates
var files embed.FS

var signInPage = page.Parse(files, "signin")

// Pages are the pages of this room.
type Pages struct{}

// Routes is their table.
func (p *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/sign-in", Needs: access.Anyone, Handle: p.form},
		{Method: http.MethodPost, Path: "/sign-in", Needs: access.Anyone, Handle: p.signIn},
		{Method: http.MethodPost, Path: "/sign-out", Needs: access.SignedIn, Handle: p.signOut},
	}
}
