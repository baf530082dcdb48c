package settings

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// namedMembers is how many members of a group its row names.
const namedMembers = 12

// groupRow is a group in the list.
type groupRow struct {
	Name, Path string
	// Provider is the provider's group that it follows; empty for none.
	Provider string
	Members  []string
	// More is how many are not named.
	More   int
	Count  string
	Remove *page.Ask
}

// groupsBody is the list of groups, and the form of one.
type groupsBody struct {
	accessBody

	Rows []groupRow
	List page.List
	// Fields are those of the form; Edits is true when they are of a group that exists.
	Fields []page.Input
	Edits  bool
	Action string
}

// Pager is the list's, for the shared template.
func (b *groupsBody) Pager() page.Pager { return b.List.Pager }

func (s *Pages) groups(v *page.Visit) error {
	name := strings.ToLower(v.Request.URL.Query().Get("group"))
	return s.showGroups(v, http.StatusOK, name, nil, nil)
}

// showGroups lists the groups. The form has the group with a name, or what a person sent, with what is wrong with it.
func (s *Pages) showGroups(v *page.Visit, status int, name string, sent *string, bad access.Problems) error {
	all, err := s.Accounts.Groups(v.Ctx())
	if err != nil {
		return err
	}
	path := v.Core.BasePath + accessPath + "/groups"
	b := &groupsBody{accessBody: newAccessBody(v, "Groups"), Action: path, List: v.List()}
	members, provider := "", ""
	var rows []groupRow
	for _, g := range all {
		if g.Name == name {
			b.Edits, members, provider = true, strings.Join(g.Members, "\n"), g.Provider
		}
		rows = append(rows, newGroupRow(path, &g))
	}
	b.Rows = page.Paged(&b.List, rows[min(b.List.Start(), len(rows)):], len(all))
	if sent != nil {
		members, provider = *sent, v.Request.PostForm.Get("provider")
	} else if !b.Edits {
		name = ""
	}
	b.Fields = []page.Input{
		{Name: "group", Label: "Group", Value: name, Required: true, Problem: bad.Of("group"), Hint: "Letters, digits and . _ @ + -"},
		{Name: "members", Label: "Members", Value: members, Rows: 5, Problem: bad.Of("members"), Hint: "Names of accounts, one a line. They replace the members that the group has"},
		{Name: "provider", Label: "Group of the provider", Value: provider, Problem: bad.Of("providerGroup"), Hint: "May be empty. People who sign in at an OpenID Connect provider join and leave this group as they do there"},
	}
	return v.Show(status, groupsPage, "Groups", b)
}

func newGroupRow(path string, g *accounts.Group) groupRow {
	named := g.Members[:min(len(g.Members), namedMembers)]
	return groupRow{
		Name: g.Name, Provider: g.Provider, Path: path + "?group=" + url.QueryEscape(g.Name) + "#group", Members: named, More: len(g.Members) - len(named), Count: figure.Count(len(g.Members), "account", "accounts"),
		Remove: &page.Ask{Word: "Remove", Of: g.Name, Question: "Remove the group " + g.Name + " and its roles? Its accounts stay.", Yes: "Remove the group", Action: path + "/remove", Fields: [][2]string{{"group", g.Name}}},
	}
}

func (s *Pages) setGroup(v *page.Visit) error {
	form := v.Request.PostForm
	name, sent := strings.ToLower(strings.TrimSpace(form.Get("group"))), form.Get("members")
	members := strings.FieldsFunc(sent, func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) })
	provider := given(form, "provider")
	if bad := access.CheckGroup(name, members, provider); bad != nil {
		return s.showGroups(v, http.StatusBadRequest, name, &sent, bad)
	}
	err := s.Accounts.SetGroup(v.Ctx(), name, members)
	if errors.Is(err, db.ErrNotFound) {
		return s.showGroups(v, http.StatusBadRequest, name, &sent, access.Problems{{Field: "members", Err: err}})
	}
	if err != nil {
		return err
	}
	note := fmt.Sprintf("%d members", len(members))
	if provider != nil {
		if err := s.Accounts.FollowGroup(v.Ctx(), name, *provider); err != nil {
			return err
		}
		note += " provider group " + *provider
	}
	if err := v.Record("PUT /groups/{group}", name, note); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+accessPath+"/groups", "group-saved")
}

func (s *Pages) removeGroup(v *page.Visit) error {
	name := v.Request.PostForm.Get("group")
	// One that is gone already is as the caller wants it.
	if err := s.Accounts.RemoveGroup(v.Ctx(), name); err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err := v.Record("DELETE /groups/{group}", access.Shortened(name), ""); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+accessPath+"/groups", "group-removed")
}
