package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/sessions"
)

var hours = sessions.Limits{Idle: time.Hour, Absolute: 10 * time.Hour}

// later lets a time pass for all sessions: it moves them back.
func later(t *testing.T, s *store.Store, d time.Duration) {
	t.Helper()
	_, err := s.Write.ExecContext(t.Context(), "update session set created_at = created_at - $1, used_at = used_at - $1", d.Milliseconds())
	require.NoError(t, err)
}

func account(t *testing.T, s *store.Store, name string) *accounts.Account {
	t.Helper()
	_, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: name, Password: "hash"})
	require.NoError(t, err)
	a, err := s.Accounts.Get(t.Context(), name)
	require.NoError(t, err)
	return a
}

// TestASessionCountsUntilItsLimits: a use puts the idle limit off, nothing the absolute one.
func TestASessionCountsUntilItsLimits(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a := account(t, s, "jane")
		require.NoError(t, s.Sessions.Start(t.Context(), a.ID, "one", "Firefox", "", hours))
		for range 9 {
			later(t, s, 59*time.Minute)
			got, err := s.Sessions.Use(t.Context(), "one", hours)
			require.NoError(t, err)
			require.Equal(t, "jane", got.Name)
			require.Empty(t, got.Password)
		}
		later(t, s, 59*time.Minute)
		_, err := s.Sessions.Use(t.Context(), "one", sessions.Limits{Idle: time.Hour, Absolute: 9 * time.Hour})
		require.ErrorIs(t, err, db.ErrNotFound, "the absolute limit")
		_, err = s.Sessions.Use(t.Context(), "one", hours)
		require.NoError(t, err)
		later(t, s, 61*time.Minute)
		_, err = s.Sessions.Use(t.Context(), "one", hours)
		require.ErrorIs(t, err, db.ErrNotFound, "the idle limit")

		require.NoError(t, s.Sessions.Start(t.Context(), a.ID, "two", "Firefox", "", hours))
		left := 0
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from session").Scan(&left))
		require.Equal(t, 1, left, "what has expired is gone")
	})
}

// TestASessionEnds: at sign-out, at another sign-in of the same browser, and with the account or its password.
func TestASessionEnds(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a, other := account(t, s, "jane"), account(t, s, "john")
		begin := func(text, replaces string) {
			t.Helper()
			require.NoError(t, s.Sessions.Start(t.Context(), a.ID, text, "Firefox", replaces, hours))
		}
		gone := func(text, why string) {
			t.Helper()
			_, err := s.Sessions.Use(t.Context(), text, hours)
			require.ErrorIs(t, err, db.ErrNotFound, why)
		}
		require.NoError(t, s.Sessions.Start(t.Context(), other.ID, "johns", "", "", hours))
		begin("one", "")
		require.NoError(t, s.Sessions.End(t.Context(), "one"))
		gone("one", "signed out")
		begin("one", "")
		begin("two", "one")
		gone("one", "replaced")
		require.NoError(t, s.Accounts.Edit(t.Context(), "jane", func(a *accounts.Account) error { a.Email = "jane@example.com"; return nil }))
		_, err := s.Sessions.Use(t.Context(), "two", hours)
		require.NoError(t, err, "another address ends nothing")
		switchOff := func(off bool) func(a *accounts.Account) error {
			return func(a *accounts.Account) error { a.Disabled = off; return nil }
		}
		// An account that nobody may administer without, so that the other can be switched off.
		_, err = s.Accounts.Add(t.Context(), &accounts.Account{Name: "root", Admin: true})
		require.NoError(t, err)
		require.NoError(t, s.Accounts.Edit(t.Context(), "jane", switchOff(true)))
		gone("two", "switched off")
		require.NoError(t, s.Accounts.Edit(t.Context(), "jane", switchOff(false)))
		gone("two", "switched on again")
		begin("three", "")
		a.Password = "another"
		require.NoError(t, s.Accounts.Change(t.Context(), a))
		gone("three", "another password")
		_, err = s.Sessions.Use(t.Context(), "johns", hours)
		require.NoError(t, err, "those of others stay")
		var kept string
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select hash from session").Scan(&kept))
		require.NotContains(t, kept, "johns")
	})
}

// TestALookIsNoUse of a session: it finds the same account, and the session ends as if nobody had looked.
func TestALookIsNoUse(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		a := account(t, s, "jane")
		require.NoError(t, s.Sessions.Start(t.Context(), a.ID, "one", "Firefox", "", hours))
		for range 2 {
			later(t, s, 29*time.Minute)
			found, err := s.Sessions.Look(t.Context(), "one", hours)
			require.NoError(t, err)
			require.Equal(t, "jane", found.Name)
		}
		later(t, s, 3*time.Minute)
		_, err := s.Sessions.Look(t.Context(), "one", hours)
		require.ErrorIs(t, err, db.ErrNotFound)
		_, err = s.Sessions.Use(t.Context(), "one", hours)
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}
