// Package signin holds the pages by which people sign in and out.
package signin

import (
	"embed"
	"net/http"
	"slices"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/seal"
)

//go:embed templates
var files embed.FS

var (
	signInPage = page.Parse(files, "signin")
	askPage    = page.Parse(files, "ask")
)

// Pages are the pages of this room.
type Pages struct {
	// Ways are the ways to sign in besides the password, in the order of their buttons; nil for none. Link is then the public address of the
	// server with its base path, without a slash at the end: providers send the browser back to it. Box seals what the browser keeps meanwhile.
	Ways []access.Way
	Link string
	// More are further ways, which may change while the server runs, behind the others; nil for none. They have an Asker.
	More func() []access.Way
	Box  seal.Box
	// OnlyAdmins says that passwords are for administrators alone. The control enforces it.
	OnlyAdmins bool
}

// ways are all ways to sign in besides the password.
func (p *Pages) ways() []access.Way {
	if p.More == nil {
		return p.Ways
	}
	return append(slices.Clone(p.Ways), p.More()...)
}

// Routes is their table.
func (p *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/sign-in", Needs: access.Anyone, Handle: p.form},
		{Method: http.MethodPost, Path: "/sign-in", Needs: access.Anyone, Handle: p.signIn},
		{Method: http.MethodGet, Path: "/sign-in/{way}", Needs: access.Anyone, Handle: p.begin},
		{Method: http.MethodPost, Path: "/sign-in/{way}", Needs: access.Anyone, Handle: p.ask},
		{Method: http.MethodGet, Path: "/sign-in/{way}/callback", Needs: access.Anyone, Handle: p.callback},
		{Method: http.MethodPost, Path: "/sign-out", Needs: access.SignedIn, Handle: p.signOut},
	}
}
