package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/rights"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// withRights gives an account of a store a right on each of many repositories, in projects of a hundred.
func withRights(t testing.TB, st *store.Store, repositories int) int64 {
	t.Helper()
	from, err := st.Connections.Ensure(t.Context(), "bb", "datacenter")
	require.NoError(t, err)
	var list []rights.Right
	for p := range repositories / 100 {
		project := &connection.Project{Key: fmt.Sprintf("P%d", p), Name: "p", Identity: fmt.Sprintf("dc:p%d", p)}
		for r := range 100 {
			id := fmt.Sprintf("dc:%d", p*100+r)
			project.Repositories = append(project.Repositories, connection.Repository{Slug: fmt.Sprintf("r%d", r), Name: "r", Location: id, Identity: id})
			list = append(list, rights.Right{Identity: id, Role: accounts.RoleRead})
		}
		_, err := st.Catalog.Sync(from.ID).Apply(t.Context(), project)
		require.NoError(t, err)
	}
	account, err := st.Accounts.Add(t.Context(), &accounts.Account{Name: "ada", Password: "x"})
	require.NoError(t, err)
	require.NoError(t, st.Rights.Save(t.Context(), &rights.Account{Account: account, Connection: from.ID, Name: "ada", Subject: "7"}, append(list, rights.Right{Identity: "dc:not-here", Role: accounts.RoleWrite})))
	return account
}

// TestRightsFollowTheirPlaces: a renamed project and a moved repository keep them, a deleted repository has none, and rights
// that are replaced, too old, or of another connection do not count.
func TestRightsFollowTheirPlaces(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, err := store.Open(t.Context(), address)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		account := withRights(t, s, 100)
		from, err := s.Connections.Ensure(t.Context(), "bb", "datacenter")
		require.NoError(t, err)
		names := func(most time.Duration, connections ...int64) (list []string) {
			t.Helper()
			grants, err := s.Rights.Grants(t.Context(), account, connections, most)
			require.NoError(t, err)
			for _, g := range grants {
				list = append(list, g.Key+"/"+g.Slug)
			}
			return list
		}
		require.Len(t, names(time.Hour, from.ID), 100)
		require.Empty(t, names(time.Hour), "no connection")
		require.Empty(t, names(time.Hour, from.ID+1), "another connection")
		_, err = s.Write.ExecContext(t.Context(), "update remote_account set asked_at = asked_at - 3600001")
		require.NoError(t, err)
		require.Empty(t, names(time.Hour, from.ID), "too old")
		require.NoError(t, s.Rights.Save(t.Context(), &rights.Account{Account: account, Connection: from.ID, Name: "ada", Subject: "7"}, []rights.Right{{Identity: "dc:1", Role: accounts.RoleWrite}, {Identity: "dc:2", Role: accounts.RoleRead}, {Identity: "dc:p0", Project: true, Role: accounts.RoleProjectAdmin}}))
		require.Equal(t, []string{"P0/", "P0/r1", "P0/r2"}, names(time.Hour, from.ID))
		_, err = s.Write.ExecContext(t.Context(), "update project set key = 'NEW' where key = 'P0'")
		require.NoError(t, err)
		_, err = s.Write.ExecContext(t.Context(), "update repository set removed_at = 1 where slug = 'r2'")
		require.NoError(t, err)
		require.Equal(t, []string{"NEW/", "NEW/r1"}, names(time.Hour, from.ID))
		require.NoError(t, s.Connections.Drop(t.Context(), from.ID))
		require.Empty(t, names(time.Hour, from.ID), "the connection is removed")
		list, err := s.Rights.Of(t.Context(), account)
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

// BenchmarkCallerWithManyRights resolves what somebody with ten thousand repositories may see, and lists a page of projects.
func BenchmarkCallerWithManyRights(b *testing.B) {
	st, err := store.Open(b.Context(), teststore.SQLite(b))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	account := withRights(b, st, 10_000)
	from, err := st.Connections.Ensure(b.Context(), "bb", "datacenter")
	require.NoError(b, err)
	remote, err := st.Rights.Grants(b.Context(), account, []int64{from.ID}, time.Hour)
	require.NoError(b, err)
	require.Len(b, remote, 10_000)
	b.Run("asked", func(b *testing.B) {
		for b.Loop() {
			_, err := st.Rights.Grants(b.Context(), account, []int64{from.ID}, time.Hour)
			require.NoError(b, err)
		}
	})
	g := accounts.Grants{Roles: map[string]accounts.Role{}}
	g.AddRemote(remote)
	v, err := st.Accounts.Visible(b.Context(), &g)
	require.NoError(b, err)
	b.Run("listed", func(b *testing.B) {
		for b.Loop() {
			_, err := st.Catalog.Projects(b.Context(), v, nil, "", db.Page{Limit: 25})
			require.NoError(b, err)
		}
	})
}
