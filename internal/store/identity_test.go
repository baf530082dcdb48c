package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/sessions"
)

const issuer = "https://login.example.com"

// arrival is somebody new who may have an account.
func arrival(subject, name string, groups ...string) *accounts.Arrival {
	return &accounts.Arrival{Identity: accounts.Identity{Issuer: issuer, Subject: subject}, Name: name, Groups: groups, Create: true}
}

func arrive(t *testing.T, s *store.Store, who *accounts.Arrival) *accounts.Arrived {
	t.Helper()
	done, err := s.Accounts.Arrive(t.Context(), who)
	require.NoError(t, err)
	return done
}

// TestAnIdentityIsFoundBySubject, and by nothing that a person can choose.
func TestAnIdentityIsFoundBySubject(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		who := arrival("s1", "jane")
		who.Email = "jane@example.com"
		unknown := *who
		unknown.Create = false
		_, err := s.Accounts.Arrive(t.Context(), &unknown)
		require.ErrorIs(t, err, db.ErrNotFound)
		_, err = s.Accounts.Arrive(t.Context(), arrival("s9", ""))
		require.ErrorIs(t, err, accounts.ErrNoName)

		first := arrive(t, s, who)
		require.True(t, first.Created)
		require.Equal(t, []string{"jane", "jane@example.com"}, []string{first.Account.Name, first.Account.Email})
		require.False(t, first.Account.Admin)
		again := arrive(t, s, arrival("s1", "renamed"))
		require.False(t, again.Created)
		require.Equal(t, first.Account.ID, again.Account.ID)
		require.Equal(t, []string{"jane", "jane@example.com"}, []string{again.Account.Name, again.Account.Email}, "the name and a missing address stay")

		for _, other := range []*accounts.Arrival{arrival("S1", "jane"), arrival("s2", "jane")} {
			other.Email = "jane@example.com"
			done := arrive(t, s, other)
			require.True(t, done.Created, "another person with the same name and address")
			require.NotEqual(t, first.Account.ID, done.Account.ID)
			require.Contains(t, []string{"jane-2", "jane-3"}, done.Account.Name)
		}
		elsewhere := arrival("s1", "jane")
		elsewhere.Issuer = "https://evil.example"
		_, err = s.Accounts.Arrive(t.Context(), elsewhere)
		var taken *accounts.TakenError
		require.ErrorAs(t, err, &taken, "the same subject of another provider is another person")

		stored, err := s.Accounts.Get(t.Context(), "jane")
		require.NoError(t, err)
		require.Empty(t, stored.Password, "no password signs in")
	})
}

// TestALocalAccountIsLinkedByAnAdministratorAlone.
func TestALocalAccountIsLinkedByAnAdministratorAlone(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		jane, john := account(t, s, "jane"), account(t, s, "john")
		_, err := s.Accounts.Arrive(t.Context(), arrival("s1", "jane"))
		var taken *accounts.TakenError
		require.ErrorAs(t, err, &taken)
		require.Equal(t, "jane", taken.Name)
		list, err := s.Accounts.List(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 2, "nothing was made")

		me := accounts.Identity{Issuer: issuer, Subject: "s1"}
		require.ErrorIs(t, s.Accounts.Link(t.Context(), "nobody", me), db.ErrNotFound)
		require.NoError(t, s.Accounts.Link(t.Context(), "Jane", me))
		require.NoError(t, s.Accounts.Link(t.Context(), "jane", me), "once more changes nothing")
		require.ErrorIs(t, s.Accounts.Link(t.Context(), "john", me), db.ErrExists)
		done := arrive(t, s, arrival("s1", "whatever"))
		require.Equal(t, jane.ID, done.Account.ID)
		require.Empty(t, done.Account.Password)
		stored, err := s.Accounts.Get(t.Context(), "jane")
		require.NoError(t, err)
		require.Equal(t, "hash", stored.Password, "the password still works")

		require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: jane.ID, Text: "janes"}, hours))
		require.NoError(t, s.Sessions.Start(t.Context(), &sessions.Fresh{Account: john.ID, Text: "johns"}, hours))
		removed, err := s.Accounts.Unlink(t.Context(), "jane")
		require.NoError(t, err)
		require.Equal(t, []accounts.Identity{me}, removed)
		_, err = s.Sessions.Use(t.Context(), "janes", hours)
		require.ErrorIs(t, err, db.ErrNotFound)
		_, err = s.Sessions.Use(t.Context(), "johns", hours)
		require.NoError(t, err)
		left, err := s.Accounts.Identities(t.Context(), jane.ID)
		require.NoError(t, err)
		require.Empty(t, left)
		_, err = s.Accounts.Arrive(t.Context(), arrival("s1", "jane"))
		require.ErrorAs(t, err, &taken)
	})
}

// TestADisabledAccountDoesNotArrive, and nothing about it changes.
func TestADisabledAccountDoesNotArrive(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Accounts.FollowGroup(t.Context(), "devs", "developers"))
		arrive(t, s, arrival("s1", "jane"))
		require.NoError(t, s.Accounts.Edit(t.Context(), "jane", func(a *accounts.Account) error { a.Disabled = true; return nil }))
		who := arrival("s1", "jane", "developers")
		who.Admin, who.Email = true, "new@example.com"
		_, err := s.Accounts.Arrive(t.Context(), who)
		require.ErrorIs(t, err, accounts.ErrDisabled)
		a, err := s.Accounts.Get(t.Context(), "jane")
		require.NoError(t, err)
		require.False(t, a.Admin)
		require.Empty(t, a.Email)
		groups, err := s.Accounts.Groups(t.Context())
		require.NoError(t, err)
		require.Empty(t, groups[0].Members)
	})
}

// TestGroupsFollowTheProvider where an administrator said so; groups of our own stay as they are.
func TestGroupsFollowTheProvider(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		account(t, s, "local")
		require.NoError(t, s.Accounts.FollowGroup(t.Context(), "Devs", "/team/Developers"))
		require.NoError(t, s.Accounts.FollowGroup(t.Context(), "ops", "ops"))
		require.NoError(t, s.Accounts.SetGroup(t.Context(), "devs", []string{"local"}))
		jane := arrive(t, s, arrival("s1", "jane", "/team/Developers", "own", "ops"))
		require.Equal(t, []string{"devs", "ops"}, jane.Joined)
		require.Empty(t, jane.Left)
		require.NoError(t, s.Accounts.SetGroup(t.Context(), "own", []string{"jane"}))
		members := func() map[string][]string {
			t.Helper()
			groups, err := s.Accounts.Groups(t.Context())
			require.NoError(t, err)
			m := map[string][]string{}
			for _, g := range groups {
				m[g.Name+"="+g.Provider] = g.Members
			}
			return m
		}
		require.Equal(t, map[string][]string{"devs=/team/Developers": {"jane", "local"}, "ops=ops": {"jane"}, "own=": {"jane"}}, members())
		again := arrive(t, s, arrival("s1", "jane", "/team/Developers", "ops"))
		require.Empty(t, again.Joined)
		require.Empty(t, again.Left)
		moved := arrive(t, s, arrival("s1", "jane", "/team/developers", "ops", "OPS"))
		require.Equal(t, []string{"devs"}, moved.Left, "case matters in names of the provider")
		require.Equal(t, map[string][]string{"devs=/team/Developers": {"local"}, "ops=ops": {"jane"}, "own=": {"jane"}}, members())
		require.NoError(t, s.Accounts.FollowGroup(t.Context(), "ops", ""))
		require.Empty(t, arrive(t, s, arrival("s1", "jane")).Left)
		require.Equal(t, []string{"jane"}, members()["ops="], "it is a group of our own now")
	})
}

// TestAGroupMakesAdministrators, and takes away only what it gave.
func TestAGroupMakesAdministrators(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		_, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: "root", Admin: true})
		require.NoError(t, err)
		as := func(subject string, admin bool) *accounts.Arrived {
			t.Helper()
			who := arrival(subject, "jane")
			who.Admin = admin
			return arrive(t, s, who)
		}
		edit := func(name string, admin bool) {
			t.Helper()
			require.NoError(t, s.Accounts.Edit(t.Context(), name, func(a *accounts.Account) error { a.Admin = admin; return nil }))
		}
		done := as("s1", true)
		require.True(t, done.Account.Admin && done.AdminChanged)
		done = as("s1", true)
		require.True(t, done.Account.Admin && !done.AdminChanged)
		done = as("s1", false)
		require.True(t, !done.Account.Admin && done.AdminChanged, "the group gave it, so the group takes it")

		edit("jane", true)
		done = as("s1", false)
		require.True(t, done.Account.Admin && !done.AdminChanged, "an administrator gave it here")
		as("s1", true)
		require.True(t, as("s1", false).Account.Admin, "the group did not give it")
		edit("jane", false)
		as("s1", true)
		edit("jane", false)
		edit("jane", true)
		require.True(t, as("s1", false).Account.Admin, "it was given here again")
		edit("jane", false)
		as("s1", true)
		require.NoError(t, s.Accounts.Edit(t.Context(), "jane", func(a *accounts.Account) error { a.Email = "x@example.com"; return nil }))
		require.False(t, as("s1", false).Account.Admin, "another change leaves that alone")
	})
}

// TestOnePersonArrivesTwiceAtOnce and has one account.
func TestOnePersonArrivesTwiceAtOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Accounts.FollowGroup(t.Context(), "devs", "devs"))
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { _, errs[i] = s.Accounts.Arrive(t.Context(), arrival("s1", "jane", "devs")) })
		}
		wait.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		list, err := s.Accounts.List(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}

// TestAccountsBeforeIdentities keep their sessions, groups and rights.
func TestAccountsBeforeIdentities(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		migrations, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = migrations.UpTo(t.Context(), 18)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into account (id, name, email, password, admin, created_at) values (1, 'root', '', 'hash', true, 1), (2, 'jane', 'j@example.com', 'hash', false, 1)",
			"insert into account_group (id, name) values (3, 'devs')",
			"insert into membership (group_id, account_id) values (3, 2)",
			"insert into group_access (group_id, scope, role) values (3, '', 1)",
			"insert into session (id, hash, account_id, created_at, used_at) values (4, '" + accounts.HashToken("old") + "', 2, 99999999999999, 99999999999999)",
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		s := open(t, address)
		list, err := s.Sessions.List(t.Context(), 2, "old", hours)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.True(t, list[0].Current)
		root, err := s.Accounts.Get(t.Context(), "root")
		require.NoError(t, err)
		require.True(t, root.Admin)
		groups, err := s.Accounts.Groups(t.Context())
		require.NoError(t, err)
		require.Equal(t, []accounts.Group{{ID: 3, Name: "devs", Members: []string{"jane"}}}, groups)
		require.NoError(t, s.Accounts.Link(t.Context(), "root", accounts.Identity{Issuer: issuer, Subject: "s1"}))
		require.True(t, arrive(t, s, arrival("s1", "x")).Account.Admin, "what it was before stays")
		grants, err := s.Accounts.Grants(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, accounts.RoleRead, grants.Role("PAY", ""))
	})
}
