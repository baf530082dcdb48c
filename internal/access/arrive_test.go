package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// jane is somebody whom a provider has identified.
func jane(change ...func(p *access.Person)) *access.Person {
	p := &access.Person{
		Identity: accounts.Identity{Issuer: "https://login.example.com", Subject: "s1"},
		Names:    []string{"Jane"}, Email: "jane@example.com", EmailVerified: true, Groups: []string{"devs", "sluice"},
	}
	for _, f := range change {
		f(p)
	}
	return p
}

// entries are the actions of the audit log, oldest first.
func (d *desk) entries(t *testing.T) (list []string) {
	t.Helper()
	events, err := d.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 100})
	require.NoError(t, err)
	for _, e := range events {
		list = append([]string{e.Actor + " " + e.Action + " " + e.Object + " " + e.Detail}, list...)
	}
	return list
}

// TestWhoIsAdmitted: by domain, by group, and only those who may have an account.
func TestWhoIsAdmitted(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		admission access.Admission
		person    *access.Person
		reason    string
	}{
		"everybody":                       {access.Admission{Create: true}, jane(), ""},
		"an allowed domain":               {access.Admission{Create: true, Domains: []string{"example.org", "example.com"}}, jane(func(p *access.Person) { p.Email = "Jane@EXAMPLE.com" }), ""},
		"another domain":                  {access.Admission{Create: true, Domains: []string{"example.org"}}, jane(), "allowed domain"},
		"a domain within":                 {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.Email = "jane@evil.example.com" }), "allowed domain"},
		"a domain before":                 {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.Email = "jane@example.com.evil.example" }), "allowed domain"},
		"two addresses":                   {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.Email = "jane@evil.example,x@example.com" }), "allowed domain"},
		"a name with an address":          {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.Email = `"x@example.com" <jane@evil.example>` }), "allowed domain"},
		"an address that is not verified": {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.EmailVerified = false }), "allowed domain"},
		"no address":                      {access.Admission{Create: true, Domains: []string{"example.com"}}, jane(func(p *access.Person) { p.Email = "" }), "allowed domain"},
		"the group":                       {access.Admission{Create: true, Group: "sluice"}, jane(), ""},
		"without the group":               {access.Admission{Create: true, Group: "Sluice"}, jane(), "required group"},
		"nobody new":                      {access.Admission{}, jane(), "none may be created"},
		"no subject":                      {access.Admission{Create: true}, jane(func(p *access.Person) { p.Subject = "" }), "subject"},
		"a subject with NUL":              {access.Admission{Create: true}, jane(func(p *access.Person) { p.Subject = "s\x001" }), "subject"},
		"a long subject":                  {access.Admission{Create: true}, jane(func(p *access.Person) { p.Subject = strings.Repeat("s", 10_000) }), "subject"},
		"no name":                         {access.Admission{Create: true}, jane(func(p *access.Person) { p.Names, p.Email = []string{"", "<b>"}, "" }), "name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			caller, err := d.Arrive(t.Context(), &access.Way{ID: "oidc", Title: "Example", Admission: x.admission}, x.person, "192.0.2.1")
			entries := d.entries(t)
			require.Len(t, entries, 1)
			if x.reason == "" {
				require.NoError(t, err)
				require.Equal(t, "jane", caller.Account.Name)
				require.Equal(t, []string{"oidc account.added jane subject s1"}, entries)
				return
			}
			var refused *access.NotAdmittedError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Reason, x.reason)
			require.NotEmpty(t, refused.Text)
			require.Contains(t, entries[0], "sign-in.refused")
			require.Contains(t, entries[0], refused.Reason+", from 192.0.2.1")
			require.Less(t, len(entries[0]), 1000)
			list, err := d.store.Accounts.List(t.Context())
			require.NoError(t, err)
			require.Len(t, list, 3, "nobody new")
		})
	}
}

// TestHostileClaimsNameNobody: what a provider says takes over no account and breaks no rule for names.
func TestHostileClaimsNameNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	way := &access.Way{ID: "oidc", Title: "Example", Admission: access.Admission{Create: true}}
	as := func(subject string, names ...string) (*access.Caller, error) {
		return d.Arrive(t.Context(), way, jane(func(p *access.Person) { p.Subject, p.Names, p.Email = subject, names, subject+"@example.com" }), "192.0.2.1")
	}
	for i, name := range []string{"<script>alert(1)</script>", "ja\x00ne", strings.Repeat("j", 10_000), "jane doe", "../admin", "", "ＡＤＭＩＮ", "admin\u200b", "@devs", "a:b"} {
		subject := "h" + string(rune('a'+i))
		caller, err := as(subject, name)
		require.NoError(t, err, "%q", name)
		require.Equal(t, subject+"@example.com", caller.Account.Name, "%q: the address names the account", name)
	}
	for _, name := range []string{"admin", "ADMIN", " Admin ", "jdoe", "gone"} {
		_, err := as("x-"+strings.TrimSpace(name), name)
		var refused *access.NotAdmittedError
		require.ErrorAs(t, err, &refused, "%q", name)
		require.Contains(t, refused.Text, "There is already an account "+strings.ToLower(strings.TrimSpace(name)))
	}
	caller, err := d.Arrive(t.Context(), way, jane(func(p *access.Person) {
		p.Groups = []string{"a\x00b", strings.Repeat("g", 10_000), "", "devs"}
		p.Email = "jane@example.com\r\nBcc: all@example.com"
	}), "192.0.2.1")
	require.NoError(t, err)
	require.Empty(t, caller.Account.Email)
}

// TestADisabledAccountStaysOut however the person signs in.
func TestADisabledAccountStaysOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	who := jane()
	require.NoError(t, d.store.Accounts.Link(t.Context(), "gone", who.Identity))
	way := &access.Way{ID: "oidc", Title: "Example", Admission: access.Admission{Create: true, Admins: "sluice"}}
	_, err := d.Arrive(t.Context(), way, who, "192.0.2.1")
	var refused *access.NotAdmittedError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Text, "switched off")
	a, err := d.store.Accounts.Get(t.Context(), "gone")
	require.NoError(t, err)
	require.False(t, a.Admin)
}

// TestChangesByTheProviderAreRecorded, and a sign-in that changes nothing is not.
func TestChangesByTheProviderAreRecorded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	require.NoError(t, d.store.Accounts.FollowGroup(t.Context(), "team", "devs"))
	require.NoError(t, d.store.Accounts.GrantGroup(t.Context(), "team", "PAY", accounts.RoleWrite))
	way := &access.Way{ID: "oidc", Title: "Example", Admission: access.Admission{Create: true, Admins: "sluice"}}
	caller, err := d.Arrive(t.Context(), way, jane(), "192.0.2.1")
	require.NoError(t, err)
	require.True(t, caller.Account.Admin && caller.Visible.All)
	_, err = d.Arrive(t.Context(), way, jane(), "192.0.2.1")
	require.NoError(t, err)
	caller, err = d.Arrive(t.Context(), way, jane(func(p *access.Person) { p.Groups = []string{"devs"} }), "192.0.2.1")
	require.NoError(t, err)
	require.False(t, caller.Account.Admin)
	require.Equal(t, accounts.RoleWrite, caller.Grants.Role("PAY", "api"), "the rights of the group count at once")
	_, err = d.Arrive(t.Context(), way, jane(func(p *access.Person) { p.Groups = nil }), "192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, []string{"oidc account.added jane subject s1; joined team; admin=true", "oidc account.changed jane admin=false", "oidc account.changed jane left team"}, d.entries(t))
}

// TestPasswordsOfAdministratorsAlone, where the server is set up so; tokens still work.
func TestPasswordsOfAdministratorsAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *access.Options) { o.OnlyAdmins = true })
	sign := func(name, secret string) error {
		_, err := d.SignIn(t.Context(), access.Credentials{Name: name, Secret: secret, Address: "192.0.2.1"}, access.Use{Scope: "read"})
		return err
	}
	require.NoError(t, sign("admin", "admin-password"))
	var wrong *access.WrongError
	require.ErrorAs(t, sign("jdoe", "jdoe-password"), &wrong)
	require.NoError(t, sign("jdoe", access.TokenPrefix+"jdoe-read"))
}

// TestAttemptsOfAnAddressAreBounded, for all accounts together.
func TestAttemptsOfAnAddressAreBounded(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	d := newDesk(t, func(o *access.Options) { o.Now, o.Rate = func() time.Time { return at }, 0 })
	for range 50 {
		require.NoError(t, d.ThrottleAddress(t.Context(), "2001:db8::1"))
	}
	require.Zero(t, d.held)
	var wait *access.WaitError
	for range 20 {
		if err := d.ThrottleAddress(t.Context(), "2001:db8::2"); err != nil {
			require.ErrorAs(t, err, &wait)
		}
	}
	require.NotNil(t, wait, "the neighbours of a network count together")
	require.Positive(t, d.held)
	require.NoError(t, d.ThrottleAddress(t.Context(), "192.0.2.1"), "another address")
}
