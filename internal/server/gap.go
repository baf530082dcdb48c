package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// checkRoutes looks for gaps in a table of routes: what a route leaves out would be denied to all callers, or be missing in the
// description of the API. The error has a line for each route with a gap, in the order of the table; nil means that there is no gap.
func checkRoutes(table []route) error {
	var gaps []error
	seen := map[string]bool{}
	for i := range table {
		r := &table[i]
		missing := r.gaps()
		if name := r.method + " " + r.path; seen[name] {
			missing = append(missing, "it is in the table twice")
		} else {
			seen[name] = true
		}
		if key := "name " + r.name; r.name != "" && seen[key] {
			missing = append(missing, "another route has its name")
		} else {
			seen[key] = true
		}
		if len(missing) > 0 {
			gaps = append(gaps, fmt.Errorf("route %d, %q %q: %s", i+1, r.method, r.path, strings.Join(missing, "; ")))
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return fmt.Errorf("the table of routes has gaps, mend them before the server can start:\n%w", errors.Join(gaps...))
}

// gaps says what a route leaves out or contradicts.
func (r *route) gaps() (list []string) {
	add := func(gap bool, words string) {
		if gap {
			list = append(list, words)
		}
	}
	add(r.method == "", "it has no method")
	add(!strings.HasPrefix(r.path, "/"), "its path does not begin with a slash")
	add(r.handle == nil, "it has no handler")
	add(r.summary == "", "it has no summary")
	add(r.name == "", "it has no name")
	add(r.gives.status == 0, "it does not describe its answer")
	add(r.body != "" && r.takes == nil, "it explains a body that it does not describe")
	_, named := needsWords[r.needs]
	add(!named, "it has no permission")
	add(r.needs == anyone && (r.scope != "" || r.reveals), "it is for anyone, but has a scope")
	add(r.needs != anyone && r.scope == "", "it has no scope")
	add(r.scope != "" && !slices.Contains(TokenScopes, r.scope), fmt.Sprintf("there is no scope %q", r.scope))
	switch r.needs {
	case writer, scanner:
		add(!strings.Contains(r.path, "/{projectKey}/") || !strings.Contains(r.path, "/{repoSlug}"), "its permission is that of a repository, and its path names none")
	case reader, projectAdmin, projectScanner:
		add(!strings.Contains(r.path, "/{projectKey}"), "its permission is that of a project, and its path names none")
	}
	return list
}
