package profile

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// body is the page of the caller's own account.
type body struct {
	Name, Email, Base string
	// May says in a word what the account is; empty for one with single roles.
	May string

	// Passwords are the fields of the form; nil for an account without a password, which signs in elsewhere.
	Passwords []page.Input

	Tokens    []tokenRow
	NewToken  tokenForm
	Once      string
	OnceName  string
	Sessions  []sessionRow
	EndOthers bool
}

// sessionRow is a session of the caller.
type sessionRow struct {
	ID, Agent, Address string
	Started, Used      figure.Moment
	Current            bool
}

// newBody reads what the page shows besides what somebody has just sent.
func (s *Pages) newBody(v *page.Visit) (*body, error) {
	b := &body{Name: v.Account.Name, Email: v.Account.Email, Base: v.Core.BasePath + path, NewToken: newTokenForm(nil, nil)}
	account, err := s.Accounts.Get(v.Ctx(), v.Account.Name)
	if err != nil {
		return nil, err
	}
	if account.Password != "" {
		b.Passwords = passwordFields(nil)
	}
	switch {
	case v.Account.Admin:
		b.May = "administrator"
	case v.May(access.Grantee, access.Place{}):
		b.May = "access to the whole instance"
	}
	tokens, err := s.Accounts.Tokens(v.Ctx(), v.Account.ID)
	if err != nil {
		return nil, err
	}
	for i := range tokens {
		b.Tokens = append(b.Tokens, newTokenRow(v, &tokens[i]))
	}
	list, err := v.ListSessions()
	if err != nil {
		return nil, err
	}
	for i := range list {
		x := &list[i]
		b.Sessions = append(b.Sessions, sessionRow{db.Key(x.ID), x.Agent, x.Address, figure.Ago(x.Started, v.Now), figure.Ago(x.Used, v.Now), x.Current})
		b.EndOthers = b.EndOthers || !x.Current
	}
	return b, nil
}

// show answers with the page; change puts in what somebody has sent.
func (s *Pages) show(v *page.Visit, status int, change func(b *body)) error {
	b, err := s.newBody(v)
	if err != nil {
		return err
	}
	if change != nil {
		change(b)
	}
	return v.Show(status, profilePage, "Your profile", b)
}

func (s *Pages) profile(v *page.Visit) error { return s.show(v, http.StatusOK, nil) }
