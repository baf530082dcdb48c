package access

import (
	"errors"
	"fmt"
	"strings"
)

// Table collects the gaps of a table of routes, of the API or of the pages. A route without a permission would be denied to
// all callers; a server whose table has a gap does not start.
type Table struct {
	// Of is what an entry is called in the error: "page".
	Of   string
	n    int
	seen map[string]bool
	gaps []error
}

// Check looks at the next route. Others are gaps that its own kind of table finds; an empty text is no gap.
func (t *Table) Check(method, path string, needs Permission, other ...string) {
	t.n++
	name := method + " " + path
	list := gapsOf(path, needs)
	if !t.Once(name) {
		list = append(list, "it is in the table twice")
	}
	for _, gap := range other {
		if gap != "" {
			list = append(list, gap)
		}
	}
	if len(list) > 0 {
		t.gaps = append(t.gaps, fmt.Errorf("%s %d, %q %q: %s", t.Of, t.n, method, path, strings.Join(list, "; ")))
	}
}

// Once reports whether a name comes for the first time.
func (t *Table) Once(name string) bool {
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	first := !t.seen[name]
	t.seen[name] = true
	return first
}

// Err returns an error that has a line for each route with a gap, in the order of the table; nil if no route has one.
func (t *Table) Err() error {
	if len(t.gaps) == 0 {
		return nil
	}
	return fmt.Errorf("the table of %ss has gaps; fix them so that the server can start:\n%w", t.Of, errors.Join(t.gaps...))
}

// Gap gives the words if there is a gap, for [Table.Check].
func Gap(gap bool, words string) string {
	if gap {
		return words
	}
	return ""
}

// gapsOf are the gaps of a path and its permission.
func gapsOf(path string, needs Permission) (list []string) {
	if !strings.HasPrefix(path, "/") {
		list = append(list, "its path does not begin with a slash")
	}
	if !needs.Known() {
		list = append(list, "it has no permission")
	}
	switch needs {
	case Writer, Scanner:
		if !strings.Contains(path, "/{projectKey}/") || !strings.Contains(path, "/{repoSlug}") {
			list = append(list, "its permission needs a repository, and its path names none")
		}
	case Reader, ProjectAdmin, ProjectScanner:
		if !strings.Contains(path, "/{projectKey}") {
			list = append(list, "its permission needs a project, and its path names none")
		}
	}
	return list
}
