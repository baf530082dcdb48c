package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

func TestWhichRoleIsPossibleWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role                          accounts.Role
		instance, project, repository bool
	}{
		{accounts.RoleNone, true, true, true},
		{accounts.RoleRead, true, true, true},
		{accounts.RoleWrite, true, true, true},
		{accounts.RoleProjectAdmin, true, true, false},
		{accounts.RoleGrantee, true, false, false},
	} {
		for place, possible := range map[string]bool{"": c.instance, "PAY": c.project, "~jdoe": c.project, "PAY/api": c.repository, "~jdoe/notes": c.repository} {
			err := access.CheckRole(c.role, place)
			if possible {
				require.NoError(t, err, "%s at %q", c.role, place)
			} else {
				require.ErrorContains(t, err, c.role.String(), "%s at %q", c.role, place)
			}
		}
	}
}
