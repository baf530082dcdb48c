package access

import "github.com/sluice-scan/sluice/internal/store/accounts"

// Permission is what a caller needs. At a place it applies to the project or the repository there.
type Permission int

// The permissions, weakest first. The zero value is not a permission and denies everybody, so every route must name one.
const (
	_ Permission = iota
	// Anyone needs no credentials.
	Anyone
	// SignedIn needs valid credentials.
	SignedIn
	// Reader may read the repository, or the project if there is no repository.
	Reader
	// Writer may write to the repository.
	Writer
	// Scanner may write to the repository, or is a grantee.
	Scanner
	// ProjectAdmin administers the project.
	ProjectAdmin
	// ProjectScanner administers the project, or is a grantee. A grantee gets only what a grantee may read.
	ProjectScanner
	// Grantee is an administrator, or has explicit access to the whole instance.
	Grantee
	// Admin is an administrator.
	Admin
)

// permissionWords complete the sentence "it needs ...". A permission that is missing here denies everybody.
var permissionWords = map[Permission]string{
	Anyone: "nothing", SignedIn: "an account",
	Reader: "the right to read", Writer: "the right to write to the repository", ProjectAdmin: "the administration of the project",
	Scanner: "the right to write to the repository", ProjectScanner: "the administration of the project", Grantee: "an administrator, or access to the whole instance", Admin: "an administrator",
}

// Known reports whether p is one of the permissions above.
func (p Permission) Known() bool {
	_, known := permissionWords[p]
	return known
}

// String completes the sentence "it needs ...".
func (p Permission) String() string {
	if words, known := permissionWords[p]; known {
		return words
	}
	return "a permission that nobody has"
}

// May reports whether the caller has a permission at a place. The place must be one that the caller may read; its zero
// value is the instance. A nil caller has not signed in.
func (c *Caller) May(p Permission, at Place) bool {
	switch {
	case !p.Known():
		return false
	case p == Anyone:
		return true
	case c == nil:
		return false
	case c.Account.Admin:
		return true
	}
	role := c.roleAt(at)
	switch p {
	case SignedIn:
		return true
	case Reader:
		// Places returns only what the caller may read.
		return at.Project != nil || role >= accounts.RoleRead || c.Grants.Grantee
	case Writer:
		return role >= accounts.RoleWrite
	case Scanner:
		return c.Grants.Grantee || role >= accounts.RoleWrite
	case ProjectAdmin:
		return role >= accounts.RoleProjectAdmin
	case ProjectScanner:
		return c.Grants.Grantee || role >= accounts.RoleProjectAdmin
	case Grantee:
		return c.Grants.Grantee
	}
	return false
}

// roleAt returns the caller's role at a place.
func (c *Caller) roleAt(at Place) accounts.Role {
	switch {
	case at.Repository != nil:
		return c.Grants.Role(at.Repository.ProjectKey, at.Repository.Slug)
	case at.Project != nil:
		return c.Grants.Role(at.Project.Key, "")
	}
	return c.Grants.Roles[""]
}
