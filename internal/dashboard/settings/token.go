package settings

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
)

const tokensPath = "/settings/tokens"

// tokenRow is a token in the list. Nothing here knows its text.
type tokenRow struct {
	Owner, OwnerPath, Name, ID string
	Scopes                     []string
	Created, Used              figure.Moment
	// Expires is empty for a token that never does. Over is true for one that has expired, or whose account is disabled.
	Expires string
	Over    string
	Revoke  *page.Ask
}

// tokensBody is the list of the tokens of all accounts.
type tokensBody struct {
	sectioned

	Account   string
	Rows      []tokenRow
	List      page.List
	ClearPath string
}

// Pager is the list's, for the shared template.
func (b *tokensBody) Pager() page.Pager { return b.List.Pager }

func (s *Pages) tokens(v *page.Visit) error {
	b := &tokensBody{
		sectioned: newSectioned(v, "Tokens", "The API tokens of all accounts. People create their own in their profile. A token is shown once."),
		List:      v.List(), Account: strings.ToLower(strings.TrimSpace(v.Request.URL.Query().Get("account"))), ClearPath: v.Core.BasePath + tokensPath,
	}
	b.List.Keep("account", b.Account)
	b.List.Chosen = b.Account != ""
	list, err := s.Accounts.AllTokens(v.Ctx(), b.Account, b.List.Rows())
	if err != nil {
		return err
	}
	for _, t := range page.Paged(&b.List, list, 0) {
		row := tokenRow{
			Owner: t.Owner, OwnerPath: s.toAccount(v, t.Owner), Name: t.Name, ID: db.Key(t.ID), Scopes: t.Scopes, Created: figure.Ago(t.Created, v.Now), Used: figure.Ago(t.Used, v.Now), Expires: figure.Day(t.Expires),
			Revoke: &page.Ask{
				Word: "Revoke", Of: t.Name + " of " + t.Owner, Question: "Revoke the token " + t.Name + " of " + t.Owner + "? Programs that use it are refused at once.", Yes: "Revoke the token",
				Action: v.Core.BasePath + tokensPath + "/revoke", Fields: [][2]string{{"account", t.Owner}, {"token", db.Key(t.ID)}},
			},
		}
		switch {
		case t.Disabled:
			row.Over = "account disabled"
		case !t.Expires.IsZero() && !t.Expires.After(v.Now):
			row.Over = "expired"
		}
		b.Rows = append(b.Rows, row)
	}
	return v.Show(http.StatusOK, tokensPage, "Tokens", b)
}

func (s *Pages) revokeToken(v *page.Visit) error {
	form := v.Request.PostForm
	id, ok := db.ParseKey(form.Get("token"))
	if !ok {
		return page.BadRequest("The form does not say which token.")
	}
	a, err := s.Accounts.Get(v.Ctx(), form.Get("account"))
	if err == nil {
		err = s.Accounts.RemoveToken(v.Ctx(), a.ID, id)
	}
	// One that is gone already is as the caller wants it.
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err == nil {
		if err := v.Record("DELETE /accounts/{user}/tokens/{tokenId}", access.Shortened(a.Name)+" "+db.Key(id), ""); err != nil {
			return err
		}
	}
	return v.Done(v.Core.BasePath+tokensPath, "token-revoked")
}
