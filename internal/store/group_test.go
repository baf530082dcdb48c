package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
)

// TestGroups: what a group may do, its members may, besides what they may themselves.
func TestGroups(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1", "web: main=1"))
		listed(t, s, project("OPS", "tools: main=1"))
		ids := map[string]int64{}
		for _, name := range []string{"ada", "bob"} {
			id, err := s.AddAccount(t.Context(), &store.Account{Name: name})
			require.NoError(t, err)
			ids[name] = id
		}
		require.ErrorContains(t, s.SetGroup(t.Context(), "Devs", []string{"ada", "eve", "mallory"}), "eve, mallory")
		groups, err := s.Groups(t.Context())
		require.NoError(t, err)
		require.Empty(t, groups, "nothing was made")
		require.NoError(t, s.SetGroup(t.Context(), "Devs", []string{"ADA", "ada"}))
		require.NoError(t, s.SetGroup(t.Context(), "all", []string{"bob", "ada"}))
		require.NoError(t, s.SetGroup(t.Context(), "none", nil))
		groups, err = s.Groups(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"all", "devs", "none"}, []string{groups[0].Name, groups[1].Name, groups[2].Name})
		require.Equal(t, [][]string{{"ada", "bob"}, {"ada"}, {}}, [][]string{groups[0].Members, groups[1].Members, groups[2].Members})

		require.NoError(t, s.GrantGroup(t.Context(), "DEVS", "PAY/api", store.RoleWrite))
		require.NoError(t, s.GrantGroup(t.Context(), "all", "PAY", store.RoleRead))
		require.NoError(t, s.Grant(t.Context(), ids["ada"], "PAY", store.RoleProjectAdmin))
		require.ErrorIs(t, s.GrantGroup(t.Context(), "nobody", "PAY", store.RoleRead), store.ErrNotFound)
		may := func(name string) store.Grants {
			t.Helper()
			g, err := s.Grants(t.Context(), ids[name])
			require.NoError(t, err)
			return g
		}
		ada, bob := may("ada"), may("bob")
		require.Equal(t, []store.Role{store.RoleProjectAdmin, store.RoleProjectAdmin, store.RoleNone}, []store.Role{ada.Role("PAY", ""), ada.Role("PAY", "api"), ada.Role("OPS", "tools")})
		require.Equal(t, store.RoleRead, bob.Role("PAY", "api"))
		v, err := s.Visible(t.Context(), &bob)
		require.NoError(t, err)
		require.Len(t, v.Projects, 1)
		require.False(t, v.All)

		// A grantee through one group reads all through another one.
		require.NoError(t, s.GrantGroup(t.Context(), "all", "", store.RoleGrantee))
		require.NoError(t, s.Grant(t.Context(), ids["bob"], "", store.RoleRead))
		bob = may("bob")
		require.True(t, bob.Grantee)
		v, err = s.Visible(t.Context(), &bob)
		require.NoError(t, err)
		require.True(t, v.All)
		list, err := s.AllAccess(t.Context(), store.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []store.Access{
			{Account: "ada", Scope: "PAY", Role: store.RoleProjectAdmin}, {Account: "bob", Role: store.RoleRead},
			{Group: "all", Role: store.RoleGrantee}, {Group: "all", Scope: "PAY", Role: store.RoleRead}, {Group: "devs", Scope: "PAY/api", Role: store.RoleWrite},
		}, list)

		require.NoError(t, s.RemoveGroup(t.Context(), "all"))
		require.ErrorIs(t, s.RemoveGroup(t.Context(), "all"), store.ErrNotFound)
		require.NoError(t, s.GrantGroup(t.Context(), "devs", "PAY/api", store.RoleNone))
		require.Equal(t, store.Grants{Roles: map[string]store.Role{"": store.RoleRead}}, may("bob"))
	})
}
