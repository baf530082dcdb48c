package status

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// firstBody says how to go on where there is nothing to show.
type firstBody struct {
	// Admin is true for an administrator, who can do something about it.
	Admin bool
	// Folder is where the repositories come from; empty for a server without a folder.
	Folder string
	// Connected is true if there is a connection to a Bitbucket.
	Connected bool
}

// first is the page of an instance in which the caller sees no project.
func (s *Pages) first(v *page.Visit, heading string) error {
	return v.Show(http.StatusOK, firstPage, heading, firstBody{Admin: v.Can(access.Admin), Folder: s.Folder, Connected: s.Connected()})
}

// Looked is the word of [page.Visit.Done] for a folder that is being listed.
const Looked = "looked"

// look lists the folder of repositories now.
func (s *Pages) look(v *page.Visit) error {
	if s.List == nil {
		return page.BadRequest("This server has no folder of repositories and no connection. Start it with --repos, or add a connection.")
	}
	s.List()
	return v.Done(v.Home(), Looked)
}
