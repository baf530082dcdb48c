package page

import (
	"errors"
	"fmt"
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
	var gaps []error
	seen := map[string]bool{}
	for i := range table {
		r := &table[i]
		missing := r.gaps()
		if name := r.Method + " " + r.Path; seen[name] {
			missing = append(missing, "it is in the table twice")
		} else {
			seen[name] = true
		}
		if len(missing) > 0 {
			gaps = append(gaps, fmt.Errorf("page %d, %q %q: %s", i+1, r.Method, r.Path, strings.Join(missing, "; ")))
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return fmt.Errorf("the table of pages has gaps, mend them before the server can start:\n%w", errors.Join(gaps...))
}

// gaps says what a route leaves out or contradicts.
func (r *Route) gaps() (list []string) {
	add := func(gap bool, words string) {
		if gap {
			list = append(list, words)
		}
	}
	add(r.Method != http.MethodGet && r.Method != http.MethodPost, "its method is not that of a page or a form")
	add(!strings.HasPrefix(r.Path, "/"), "its path does not begin with a slash")
	add(strings.HasPrefix(r.Path, "/rest"), "its path is the API's")
	add(r.Handle == nil, "it has no handler")
	add(!r.Needs.Known(), "it has no permission")
	switch r.Needs {
	case access.Writer, access.Scanner:
		add(!strings.Contains(r.Path, "/{projectKey}/") || !strings.Contains(r.Path, "/{repoSlug}"), "its permission needs a repository, and its path names none")
	case access.Reader, access.ProjectAdmin, access.ProjectScanner:
		add(!strings.Contains(r.Path, "/{projectKey}"), "its permission needs a project, and its path names none")
	}
	return list
}
