package settings

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// roleMeaning is a role for people: its word, and what it permits.
type roleMeaning struct {
	role          accounts.Role
	Word, Meaning string
}

var roleMeanings = []roleMeaning{
	{accounts.RoleRead, "Read", "see status and masked findings"},
	{accounts.RoleWrite, "Write", "also see secrets, review findings and scan a repository"},
	{accounts.RoleProjectAdmin, "Administer", "also scan and export a project and set its hook; at the instance, all projects"},
	{accounts.RoleGrantee, "Whole instance", "its page, its settings and rules, and scans of what the account may read; only at the instance"},
}

// roleWord is the word of a role.
func roleWord(r accounts.Role) string {
	for _, m := range roleMeanings {
		if m.role == r {
			return m.Word
		}
	}
	return r.String()
}

// roleRow is a role in the list.
type roleRow struct {
	User, Group, Place, Role string
	Remove                   *page.Ask
}

// rolesBody is the list of roles, and the form of a new one.
type rolesBody struct {
	accessBody

	Rows   []roleRow
	List   page.List
	Fields []page.Input
	Action string
	// Meanings say what each role permits.
	Meanings []roleMeaning
}

// Pager is the list's, for the shared template.
func (b *rolesBody) Pager() page.Pager { return b.List.Pager }

func (s *Pages) roles(v *page.Visit) error { return s.showRoles(v, http.StatusOK, nil) }

func (s *Pages) showRoles(v *page.Visit, status int, bad access.Problems) error {
	b := &rolesBody{accessBody: newAccessBody(v, "Roles"), List: v.List(), Action: v.Core.BasePath + accessPath + "/roles", Meanings: roleMeanings}
	list, err := s.Accounts.AllAccess(v.Ctx(), b.List.Rows())
	if err != nil {
		return err
	}
	for _, a := range page.Paged(&b.List, list, 0) {
		who := a.Account + a.Group
		place := access.PlaceWord(a.Scope)
		b.Rows = append(b.Rows, roleRow{a.Account, a.Group, place, roleWord(a.Role), &page.Ask{
			Word: "Remove", Of: who + " at " + place, Question: "Remove the role of " + who + " at " + place + "?", Yes: "Remove the role", Action: b.Action + "/remove",
			Fields: [][2]string{{"user", a.Account}, {"group", a.Group}, {"scope", a.Scope}},
		}})
	}
	form := v.Request.PostForm
	var roles []page.Choice
	for _, m := range roleMeanings {
		roles = append(roles, page.Choice{Value: m.role.String(), Word: m.Word, Chosen: form.Get("role") == m.role.String()})
	}
	kind := page.Chosen(form.Get("kind"), holderKinds, "user")
	b.Fields = []page.Input{
		{Name: "kind", Label: "Who", Choices: page.Choices(holderKinds, kind)},
		{Name: "who", Label: "Name", Value: form.Get("who"), Required: true, Problem: bad.Of("user")},
		{Name: "scope", Label: "Where", Value: form.Get("scope"), Required: true, Problem: bad.Of("scope"), Hint: "instance, a project's key, or key/slug of a repository"},
		{Name: "role", Label: "Role", Choices: roles, Problem: bad.Of("role")},
	}
	return v.Show(status, rolesPage, "Roles", b)
}

var holderKinds = [][2]string{{"user", "Account"}, {"group", "Group"}}

// holderOf is who a form names.
func holderOf(form url.Values) access.Holder {
	who := strings.TrimSpace(form.Get("who"))
	if form.Get("kind") == "group" {
		return access.Holder{Group: who}
	}
	return access.Holder{User: who}
}

func (s *Pages) giveRole(v *page.Visit) error {
	form := v.Request.PostForm
	holder := holderOf(form)
	place, role, bad := access.ReadRole(holder, strings.TrimSpace(form.Get("scope")), form.Get("role"))
	if holder == (access.Holder{}) {
		bad = append(access.Problems{{Field: "user", Err: errors.New("it is missing")}}, bad...)
	}
	if bad != nil {
		return s.showRoles(v, http.StatusBadRequest, bad)
	}
	place, err := v.Core.Places.Canonical(v.Ctx(), v.Visible, place)
	if err != nil {
		return err
	}
	who, err := holder.Give(v.Ctx(), s.Accounts, place, role)
	if errors.Is(err, db.ErrNotFound) {
		what := "account"
		if holder.Group != "" {
			what = "group"
		}
		return s.showRoles(v, http.StatusBadRequest, access.Problems{{Field: "user", Err: errors.New("there is no " + what + " with that name")}})
	}
	if err != nil {
		return err
	}
	if err := v.Record("PUT /access", "", who+" scope="+access.PlaceWord(place)+" role="+role.String()); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+accessPath+"/roles", "role-given")
}

func (s *Pages) removeRole(v *page.Visit) error {
	form := v.Request.PostForm
	holder := access.Holder{User: form.Get("user"), Group: form.Get("group")}
	scope := form.Get("scope")
	if scope == "" {
		scope = access.PlaceWord("")
	}
	place, bad := access.ReadHeldRole(holder, scope)
	if bad != nil {
		return page.BadRequest("The form does not say whose role it is, or where.")
	}
	place, err := v.Core.Places.Canonical(v.Ctx(), v.Visible, place)
	if err != nil {
		return err
	}
	who, err := holder.Give(v.Ctx(), s.Accounts, place, accounts.RoleNone)
	// An account or a group that is gone has no role any longer.
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err := v.Record("DELETE /access", "", who+" scope="+access.Shortened(access.PlaceWord(place))); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+accessPath+"/roles", "role-removed")
}
