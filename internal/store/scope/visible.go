package scope

import "github.com/sluice-scan/sluice/internal/store/db"

// Visible is what a caller may see: everything, or the repositories and projects with the given ids. It is resolved once
// per request. No list and no total contains anything else.
type Visible struct {
	All          bool
	Projects     []int64
	Repositories []int64
}

// Condition returns the SQL condition under which a row is visible, by the columns that hold the ids of its repository
// and project.
func (v *Visible) Condition(repository, project string) string {
	if v.All {
		return "true"
	}
	return "(" + db.In(repository, v.Repositories) + " or " + db.In(project, v.Projects) + ")"
}

// Sees reports whether a repository is visible.
func (v *Visible) Sees(repository, project int64) bool {
	if v.All {
		return true
	}
	for _, id := range v.Repositories {
		if id == repository {
			return true
		}
	}
	for _, id := range v.Projects {
		if id == project {
			return true
		}
	}
	return false
}
