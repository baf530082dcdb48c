package access

import (
	"errors"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// CheckRole returns an error if a role cannot be given at a place. place is a name as ParsePlaceName returns it, "" for
// the instance. RoleNone, which removes a role, is possible at every place.
func CheckRole(role accounts.Role, place string) error {
	switch {
	case role == accounts.RoleGrantee && place != "":
		return errors.New("GRANTEE is a role for the whole instance: its scope is instance")
	case role == accounts.RoleProjectAdmin && strings.Contains(place, "/"):
		return errors.New("PROJECT_ADMIN is a role for a project or the instance, not for a repository")
	}
	return nil
}
