package access

import (
	"context"
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

// Holder is who has a role: an account or a group.
type Holder struct {
	// Exactly one of the two is set. The case does not matter.
	User, Group string
}

// check says that a holder names nobody, or two.
func (h Holder) check() error {
	if (h.User == "") == (h.Group == "") {
		return errors.New("name either a user or a group")
	}
	return nil
}

// ReadRole reads a role to give, as people write it: who gets it, where, and which. The place is a name of the store. bad says what is wrong
// in the fields "user", "role" and "scope".
func ReadRole(who Holder, scope, name string) (place string, role accounts.Role, bad Problems) {
	bad.add("user", who.check())
	if err := role.UnmarshalText([]byte(name)); err != nil || role == accounts.RoleNone {
		bad.addf("role", "it must be READ, WRITE, PROJECT_ADMIN or GRANTEE")
	}
	place, err := ParsePlaceName(scope)
	if err != nil {
		bad.add("scope", err)
		return place, role, bad
	}
	bad.add("role", CheckRole(role, place))
	return place, role, bad
}

// ReadHeldRole reads a role to remove: who has it, and where. An old role may have a place that new roles may not have.
func ReadHeldRole(who Holder, scope string) (place string, bad Problems) {
	if scope == "" {
		bad.addf("scope", "it must be given")
		return "", bad
	}
	if bad.add("user", who.check()); bad != nil {
		return "", bad
	}
	if name, err := ParsePlaceName(scope); err == nil {
		scope = name
	}
	return scope, nil
}

// RoleStore stores roles by the name of a place. RoleNone removes a role. The error is db.ErrNotFound for an unknown account or group.
type RoleStore interface {
	Get(ctx context.Context, name string) (*accounts.Account, error)
	Grant(ctx context.Context, account int64, place string, role accounts.Role) error
	GrantGroup(ctx context.Context, group, place string, role accounts.Role) error
}

// Give gives a role at a place, and returns who has it now, for the audit log. The error is db.ErrNotFound for an unknown account or group.
func (h Holder) Give(ctx context.Context, s RoleStore, place string, role accounts.Role) (who string, err error) {
	if h.Group != "" {
		return "group=" + strings.ToLower(h.Group), s.GrantGroup(ctx, h.Group, place, role)
	}
	a, err := s.Get(ctx, h.User)
	if err != nil {
		return "", err
	}
	return "user=" + a.Name, s.Grant(ctx, a.ID, place, role)
}
