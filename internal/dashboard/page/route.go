package page

import (
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
)

// Route is one page, or one form that is sent.
type Route struct {
	Method, Path string
	// Needs is what the caller must be permitted at the place that the path names. Its zero value denies everybody.
	Needs access.Permission
	// Form bounds the form that is sent, in bytes; 0 means 64 KB.
	Form int64
	// Live is true for what a page asks for by itself, and may wait for: it is no use of the session, and its answer takes as long as it likes.
	Live bool
	// Long is true for a file that somebody asks for: its answer takes as long as it likes.
	Long bool
	// Tab is the text of the entry of the navigation that the page belongs to; empty for none.
	Tab string
	// Handle answers a visit that is permitted.
	Handle func(v *Visit) error
}

// Paths of a project and of a repository in a table of pages.
const (
	ProjectPath    = "/projects/{projectKey}"
	RepositoryPath = ProjectPath + "/repos/{repoSlug}"
)

// Check returns an error that has a line for each gap in a table; nil when there is none.
func Check(table []Route) error {
	t := access.Table{Of: "page"}
	for i := range table {
		r := &table[i]
		t.Check(r.Method, r.Path, r.Needs,
			access.Gap(r.Method != http.MethodGet && r.Method != http.MethodPost, "its method is not that of a page or a form"),
			access.Gap(strings.HasPrefix(r.Path, "/rest"), "its path is the API's"),
			access.Gap(r.Handle == nil, "it has no handler"))
	}
	return t.Err()
}
