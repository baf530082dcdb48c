package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
)

// Check looks for gaps in a table of routes. A route without a permission would be denied to all callers, and other gaps
// would be missing from the description of the API. The error has a line for each route with a gap, in the order of the
// table. It is nil if there is no gap.
func Check(table []Route) error {
	t := access.Table{Of: "route"}
	for i := range table {
		r := &table[i]
		t.Check(r.Method, r.Path, r.Needs,
			access.Gap(r.Method == "", "it has no method"),
			access.Gap(!r.Rooted && strings.HasPrefix(r.Path, "/rest/"), "its path names a root, and it is below both"),
			access.Gap(r.Handle == nil, "it has no handler"),
			access.Gap(r.Summary == "", "it has no summary"),
			access.Gap(r.Name == "", "it has no name"),
			access.Gap(r.Name != "" && !t.Once("name "+r.Name), "another route has its name"),
			access.Gap(r.Gives.Status == 0, "it does not describe its answer"),
			access.Gap(r.Body != "" && r.Takes == nil, "it explains a body that it does not describe"),
			access.Gap(r.Needs == access.Anyone && (r.Scope != "" || r.Reveals), "it is for anyone, but has a scope"),
			access.Gap(r.Needs != access.Anyone && r.Scope == "", "it has no scope"),
			access.Gap(r.Scope != "" && !slices.Contains(access.TokenScopes, r.Scope), fmt.Sprintf("there is no scope %q", r.Scope)))
	}
	return t.Err()
}
