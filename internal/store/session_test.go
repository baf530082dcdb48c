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
		require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: a.ID, Text: "one", Agent: "Firefox"}, hours))
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

		require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: a.ID, Text: "two", Agent: "Firefox"}, hours))
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
			require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: a.ID, Text: text, Agent: "Firefox", Replaces: replaces}, hours))
		}
		gone := func(text, why string) {
			t.Helper()
			_, err := s.Sessions.Use(t.Context(), text, hours)
			require.ErrorIs(t, err, db.ErrNotFound, why)
		}
		require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: other.ID, Text: "johns"}, hours))
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

// TestSessionsAreListedAndEnded by the account that has them: what counts, which one asks, and nothing of others.
func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		jane, john := account(t, s, "jane"), account(t, s, "john")
		list := func(account int64, current string) []sessions.Session {
			t.Helper()
			list, err := s.Sessions.List(t.Context(), account, current, hours)
			require.NoError(t, err)
			return list
		}
		require.Empty(t, list(jane.ID, ""))
		start := func(account int64, text, agent string) {
			t.Helper()
			require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: account, Text: text, Agent: agent, Address: "192.0.2." + agent}, hours))
		}
		start(jane.ID, "old", "Lynx")
		later(t, s, 61*time.Minute)
		require.Empty(t, list(jane.ID, "old"), "it has expired, though nothing removed it yet")
		start(jane.ID, "desk", "Firefox")
		later(t, s, 10*time.Minute)
		start(jane.ID, "phone", "Safari")
		start(jane.ID, "train", "Chrome")
		start(john.ID, "johns", "Edge")

		all := list(jane.ID, "desk")
		require.Len(t, all, 3)
		require.Equal(t, []string{"Chrome", "Safari", "Firefox"}, []string{all[0].Agent, all[1].Agent, all[2].Agent})
		require.Equal(t, []bool{false, false, true}, []bool{all[0].Current, all[1].Current, all[2].Current})
		desk := all[2]
		require.Equal(t, desk.Started, desk.Used)
		require.Equal(t, "192.0.2.Firefox", desk.Address)
		_, err := s.Sessions.Use(t.Context(), "desk", hours)
		require.NoError(t, err)
		all = list(jane.ID, "")
		require.False(t, all[0].Current || all[1].Current || all[2].Current, "none of them asks")
		for _, x := range all {
			if x.ID == desk.ID {
				require.True(t, x.Used.After(x.Started), "a use is noted")
			}
		}

		require.ErrorIs(t, s.Sessions.EndOne(t.Context(), john.ID, desk.ID), db.ErrNotFound, "of another account")
		require.NoError(t, s.Sessions.EndOne(t.Context(), jane.ID, desk.ID))
		require.ErrorIs(t, s.Sessions.EndOne(t.Context(), jane.ID, desk.ID), db.ErrNotFound, "it has ended")
		_, err = s.Sessions.Use(t.Context(), "desk", hours)
		require.ErrorIs(t, err, db.ErrNotFound)

		n, err := s.Sessions.EndOthers(t.Context(), jane.ID, "phone")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		all = list(jane.ID, "phone")
		require.Len(t, all, 1)
		require.True(t, all[0].Current)
		n, err = s.Sessions.EndOthers(t.Context(), jane.ID, "")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Empty(t, list(jane.ID, "phone"))
		require.Len(t, list(john.ID, "johns"), 1, "those of others stay")
	})
}
