package profile

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// tokenRow is a token of the caller. Nothing here knows its text.
type tokenRow struct {
	Name, ID      string
	Scopes        []string
	Created, Used figure.Moment
	// Expires is a day; empty for a token that never expires. Over is true when it has.
	Expires string
	Over    bool
	Revoke  *page.Ask
}

func newTokenRow(v *page.Visit, t *accounts.Token) tokenRow {
	return tokenRow{
		Name: t.Name, ID: db.Key(t.ID), Scopes: t.Scopes, Created: figure.Ago(t.Created, v.Now), Used: figure.Ago(t.Used, v.Now), Expires: figure.Day(t.Expires), Over: !t.Expires.IsZero() && !t.Expires.After(v.Now),
		Revoke: &page.Ask{
			Word: "Revoke", Of: t.Name, Question: "Revoke the token " + t.Name + "? Programs that use it are refused at once.", Yes: "Revoke the token", Action: v.Core.BasePath + path + "/tokens/revoke",
			Fields: [][2]string{{"token", db.Key(t.ID)}},
		},
	}
}

// scopeWords say what each scope permits.
var scopeWords = map[string]string{
	"read": "see status and findings", "scan": "start and cancel scans; what the hook calls", "triage": "decide about findings", "export": "fetch reports", "settings": "change settings, rules and access",
	access.PlaintextScope: "see the text of secrets, where the account may",
}

// scopeChoice is a scope that a token may have.
type scopeChoice struct {
	Name, Meaning string
	Chosen        bool
}

// tokenForm is the form of a new token.
type tokenForm struct {
	Name, Days page.Input
	Scopes     []scopeChoice
	// Problem is what is wrong with the scopes.
	Problem string
}

// lifetimes are the days for which a token can be valid; 0 for no end.
var lifetimes = [][2]string{{"30", "30 days"}, {"90", "90 days"}, {"365", "a year"}, {"0", "never"}}

// newTokenForm is the form with what somebody sent, nil for nothing, and what is wrong with it.
func newTokenForm(form map[string][]string, bad access.Problems) tokenForm {
	get := func(name, usual string) string {
		if list := form[name]; len(list) > 0 {
			return list[0]
		}
		return usual
	}
	scopes := []string{"read"}
	if form != nil {
		scopes = form["scope"]
	}
	f := tokenForm{
		Name:    page.Input{Name: "name", Label: "Name", Value: get("name", ""), Required: true, Problem: bad.Of("name"), Hint: "What uses it"},
		Days:    page.Input{Name: "days", Label: "Expires after", Choices: page.Choices(lifetimes, page.Chosen(get("days", ""), lifetimes, "90")), Problem: bad.Of("expiryDays")},
		Problem: bad.Of("scopes"),
	}
	for _, name := range access.TokenScopes {
		f.Scopes = append(f.Scopes, scopeChoice{name, scopeWords[name], slices.Contains(scopes, name)})
	}
	return f
}

// addToken makes a token. Only this answer has its text.
func (s *Pages) addToken(v *page.Visit) error {
	form := v.Request.PostForm
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil {
		days = -1
	}
	t, text, bad := access.NewToken(v.Account.ID, strings.TrimSpace(form.Get("name")), form["scope"], days, v.Now)
	if bad != nil {
		return s.show(v, http.StatusBadRequest, func(b *body) { b.NewToken = newTokenForm(form, bad) })
	}
	id, err := s.Accounts.AddToken(v.Ctx(), t, text)
	if err != nil {
		return err
	}
	if err := v.Record("POST /tokens", "", "token "+db.Key(id)+" scopes="+strings.Join(t.Scopes, ",")); err != nil {
		return err
	}
	return s.show(v, http.StatusOK, func(b *body) { b.Once, b.OnceName = text, t.Name })
}

func (s *Pages) revokeToken(v *page.Visit) error {
	id, ok := db.ParseKey(v.Request.PostForm.Get("token"))
	if !ok {
		return page.BadRequest("The form does not say which token.")
	}
	err := s.Accounts.RemoveToken(v.Ctx(), v.Account.ID, id)
	// One that is gone already is as the caller wants it.
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err == nil {
		if err := v.Record("DELETE /tokens/{tokenId}", db.Key(id), ""); err != nil {
			return err
		}
	}
	return v.Done(v.Core.BasePath+path, "own-token-revoked")
}
