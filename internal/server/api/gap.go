package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
)

// Check looks for gaps in a table of routes. A route without a permission would be denied to all callers, and other gaps
// would be missing from the description of the API. The error has a line for each route with a gap, in the order of the
// table. It is nil if there is no gap.
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
		if key := "name " + r.Name; r.Name != "" && seen[key] {
			missing = append(missing, "another route has its name")
		} else {
			seen[key] = true
		}
		if len(missing) > 0 {
			gaps = append(gaps, fmt.Errorf("route %d, %q %q: %s", i+1, r.Method, r.Path, strings.Join(missing, "; ")))
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return fmt.Errorf("the table of routes has gaps; fix them so that the server can start:\n%w", errors.Join(gaps...))
}

// gaps lists what a route leaves out or contradicts.
func (r *Route) gaps() (list []string) {
	add := func(gap bool, words string) {
		if gap {
			list = append(list, words)
		}
	}
	add(r.Method == "", "it has no method")
	add(!strings.HasPrefix(r.Path, "/"), "its path does not begin with a slash")
	add(!r.Rooted && strings.HasPrefix(r.Path, "/rest/"), "its path names a root, and it is below both")
	add(r.Handle == nil, "it has no handler")
	add(r.Summary == "", "it has no summary")
	add(r.Name == "", "it has no name")
	add(r.Gives.Status == 0, "it does not describe its answer")
	add(r.Body != "" && r.Takes == nil, "it explains a body that it does not describe")
	add(!r.Needs.Known(), "it has no permission")
	add(r.Needs == access.Anyone && (r.Scope != "" || r.Reveals), "it is for anyone, but has a scope")
	add(r.Needs != access.Anyone && r.Scope == "", "it has no scope")
	add(r.Scope != "" && !slices.Contains(access.TokenScopes, r.Scope), fmt.Sprintf("there is no scope %q", r.Scope))
	switch r.Needs {
	case access.Writer, access.Scanner:
		add(!strings.Contains(r.Path, "/{projectKey}/") || !strings.Contains(r.Path, "/{repoSlug}"), "its permission needs a repository, and its path names none")
	case access.Reader, access.ProjectAdmin, access.ProjectScanner:
		add(!strings.Contains(r.Path, "/{projectKey}"), "its permission needs a project, and its path names none")
	}
	return list
}
