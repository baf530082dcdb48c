package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// TestGroups: members have the roles of their groups besides their own.
func TestGroups(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1", "web: main=1"))
		listed(t, s, project("OPS", "tools: main=1"))
		ids := map[string]int64{}
		for _, name := range []string{"ada", "bob"} {
			id, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: name})
			require.NoError(t, err)
			ids[name] = id
		}
		require.ErrorContains(t, s.Accounts.SetGroup(t.Context(), "Devs", []string{"ada", "eve", "mallory"}), "eve, mallory")
		groups, err := s.Accounts.Groups(t.Context())
		require.NoError(t, err)
		require.Empty(t, groups, "nothing was made")
		require.NoError(t, s.Accounts.SetGroup(t.Context(), "Devs", []string{"ADA", "ada"}))
		require.NoError(t, s.Accounts.SetGroup(t.Context(), "all", []string{"bob", "ada"}))
		require.NoError(t, s.Accounts.SetGroup(t.Context(), "none", nil))
		groups, err = s.Accounts.Groups(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"all", "devs", "none"}, []string{groups[0].Name, groups[1].Name, groups[2].Name})
		require.Equal(t, [][]string{{"ada", "bob"}, {"ada"}, {}}, [][]string{groups[0].Members, groups[1].Members, groups[2].Members})

		require.NoError(t, s.Accounts.GrantGroup(t.Context(), "DEVS", "PAY/api", accounts.RoleWrite))
		require.NoError(t, s.Accounts.GrantGroup(t.Context(), "all", "PAY", accounts.RoleRead))
		require.NoError(t, s.Accounts.Grant(t.Context(), ids["ada"], "PAY", accounts.RoleProjectAdmin))
		require.ErrorIs(t, s.Accounts.GrantGroup(t.Context(), "nobody", "PAY", accounts.RoleRead), db.ErrNotFound)
		may := func(name string) accounts.Grants {
			t.Helper()
			g, err := s.Accounts.Grants(t.Context(), ids[name])
			require.NoError(t, err)
			return g
		}
		ada, bob := may("ada"), may("bob")
		require.Equal(t, []accounts.Role{accounts.RoleProjectAdmin, accounts.RoleProjectAdmin, accounts.RoleNone}, []accounts.Role{ada.Role("PAY", ""), ada.Role("PAY", "api"), ada.Role("OPS", "tools")})
		require.Equal(t, accounts.RoleRead, bob.Role("PAY", "api"))
		v, err := s.Accounts.Visible(t.Context(), &bob)
		require.NoError(t, err)
		require.Len(t, v.Projects, 1)
		require.False(t, v.All)

		// A grantee through one group can read everything through another one.
		require.NoError(t, s.Accounts.GrantGroup(t.Context(), "all", "", accounts.RoleGrantee))
		require.NoError(t, s.Accounts.Grant(t.Context(), ids["bob"], "", accounts.RoleRead))
		bob = may("bob")
		require.True(t, bob.Grantee)
		v, err = s.Accounts.Visible(t.Context(), &bob)
		require.NoError(t, err)
		require.True(t, v.All)
		list, err := s.Accounts.AllAccess(t.Context(), db.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []accounts.Access{
			{Account: "ada", Scope: "PAY", Role: accounts.RoleProjectAdmin}, {Account: "bob", Role: accounts.RoleRead},
			{Group: "all", Role: accounts.RoleGrantee}, {Group: "all", Scope: "PAY", Role: accounts.RoleRead}, {Group: "devs", Scope: "PAY/api", Role: accounts.RoleWrite},
		}, list)

		require.NoError(t, s.Accounts.RemoveGroup(t.Context(), "all"))
		require.ErrorIs(t, s.Accounts.RemoveGroup(t.Context(), "all"), db.ErrNotFound)
		require.NoError(t, s.Accounts.GrantGroup(t.Context(), "devs", "PAY/api", accounts.RoleNone))
		require.Equal(t, accounts.Grants{Roles: map[string]accounts.Role{"": accounts.RoleRead}}, may("bob"))
	})
}
