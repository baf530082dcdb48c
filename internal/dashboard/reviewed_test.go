package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

var removeButton = regexp.MustCompile(`name="id" value="([^"]*)"`)

// actions are the entries of the audit log about reviews, oldest first.
func (s *service) actions() (list []string) {
	s.t.Helper()
	events, err := s.store.Audit.List(s.t.Context(), audit.Filter{}, db.Page{Limit: 100})
	require.NoError(s.t, err)
	for _, e := range events {
		if strings.Contains(e.Action, "review") {
			list = append([]string{strings.Join(strings.Fields(e.Actor+" "+e.Action+" "+e.Object+" "+e.Detail), " ")}, list...)
		}
	}
	return list
}

// TestReviewedTexts: added, shown without the text, downloaded with it, removed and uploaded; each change is in the audit
// log under the name of the API's call, and the API has the same.
func TestReviewedTexts(t *testing.T) {
	t.Parallel()
	databases(t, testReviewedTexts)
}

func testReviewedTexts(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", testdashboard.Projects)
	b := s.browser("grantee")
	require.Contains(t, b.get("/reviewed").text, "No text is reviewed for all repositories")
	a := b.post("/reviewed/add", url.Values{"text": {"canary-one\r\nline two"}, "comment": {"an example"}, "expires": {"2999-01-02"}})
	require.Equal(t, "/sluice/reviewed?done=reviewed", a.header.Get("Location"))
	page := b.get("/reviewed?done=reviewed").text
	require.Contains(t, page, "Findings of these texts no longer count")
	for _, words := range []string{"an example", "2999-01-02", "grantee"} {
		require.Contains(t, page, words)
	}
	require.NotContains(t, page, "canary")
	writer := s.browser("writer")
	require.Equal(t, http.StatusSeeOther, writer.post("/projects/PAY/repos/api/reviewed/add", url.Values{"text": {"canary-two"}}).status)
	own := writer.get("/projects/PAY/repos/api/reviewed").text
	require.NotContains(t, own, "an example", "those for all repositories are on another page")
	require.NotContains(t, own, "canary")
	list := writer.get("/reviewed").text
	require.Contains(t, list, `href="/sluice/projects/PAY/repos/api/reviewed"`)
	require.NotContains(t, list, "an example", "a writer does not see those for all repositories")
	require.NotContains(t, s.browser("reader").get("/reviewed").text, "/repos/api/reviewed")

	require.Equal(t, "/sluice/projects/PAY/repos/api/reviewed", writer.get("/reviewed?place=pay/API").header.Get("Location"))
	for _, place := range []string{"PAY", "PAY/web", "SHOP/checkout", "PAY/", "<script>"} {
		a := writer.get("/reviewed?place=" + url.QueryEscape(place))
		require.Equal(t, http.StatusOK, a.status, place)
		require.Contains(t, a.text, "no repository of this name that you may write to", place)
		require.NotContains(t, s.withoutOwnScript(a.text), "<script")
	}
	csv := b.post("/reviewed/export", nil)
	require.Equal(t, http.StatusOK, csv.status)
	require.Equal(t, `attachment; filename="reviewed.csv"`, csv.header.Get("Content-Disposition"))
	require.Contains(t, csv.text, "GLOBAL,,,,\"canary-one\nline two\",an example,grantee,")
	require.Contains(t, csv.text, "REPOSITORY,PAY,api,,canary-two,")
	rest := s.browser("").do(http.MethodGet, "/rest/security/latest/export/reviewed", nil, func(r *http.Request) { r.SetBasicAuth("grantee", testdashboard.Password("grantee")) })
	require.Equal(t, rest.text, csv.text)
	one := writer.post("/projects/PAY/repos/api/reviewed/export", nil)
	require.NotContains(t, one.text, "canary-one")
	require.Contains(t, one.text, "canary-two")

	// What was downloaded can be uploaded, once it was removed.
	global := removeButton.FindStringSubmatch(b.get("/reviewed").text)[1]
	require.Equal(t, http.StatusSeeOther, writer.post("/projects/PAY/repos/api/reviewed/remove", url.Values{"id": {global}}).status, "it does not belong to that repository")
	require.Contains(t, b.get("/reviewed").text, "an example")
	require.Equal(t, http.StatusSeeOther, b.post("/reviewed/remove", url.Values{"id": {global}}).status)
	require.NotContains(t, b.get("/reviewed").text, "an example")
	admin := s.browser("admin")
	require.Equal(t, http.StatusSeeOther, admin.upload("/reviewed/import", url.Values{"mode": {"add"}}, csv.text).status)
	require.Contains(t, admin.get("/reviewed").text, "an example")
	require.Equal(t, http.StatusSeeOther, admin.upload("/reviewed/import", url.Values{"mode": {"remove"}}, "match_text\n\"canary-one\nline two\"\n").status)
	require.Contains(t, admin.get("/reviewed").text, "No text is reviewed for all repositories")
	require.Equal(t, []string{
		"grantee POST /global-reviewed/create created 1", "writer POST /review-lines/projects/{projectKey}/repos/{repoSlug}/create PAY/api created 1",
		"grantee GET /export/reviewed", "grantee GET /export/reviewed", "writer GET /export/reviewed/projects/{projectKey}/repos/{repoSlug} PAY/api",
		"writer POST /review-lines/projects/{projectKey}/repos/{repoSlug}/delete PAY/api deleted 0", "grantee POST /global-reviewed/delete deleted 1",
		"admin POST /global-reviewed/create created 1", "admin POST /global-reviewed/delete deleted 1",
	}, s.actions())
}

// TestARefusedFileChangesNothing: rows are named by line, and no text of the file or the form comes back.
func TestARefusedFileChangesNothing(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	b := s.browser("grantee")
	for file, want := range map[string]string{
		"":                                 "it is empty",
		"match_text\ncanary\n\"can\"ary\n": "line 3: text after a closing quote",
		"match_text,expires_at\ncanary-1,\ncanary-2,soon\ncanary-3,later":    "<b>line 3</b>: expires_at",
		"scope,project_key,repository,match_text\nREPOSITORY,PAY,api,canary": "grantee may not write to PAY/api",
		"scope,project_key,repository,match_text\nREPOSITORY,NO,no,canary":   "there is no repository NO/no",
		"match_text\n" + strings.Repeat("canary\n", 100_001):                 "more than 100000 rows",
	} {
		a := b.upload("/reviewed/import", url.Values{"mode": {"add"}}, file)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.text, want)
		require.NotContains(t, a.text, "canary")
	}
	a := b.upload("/reviewed/import", nil, strings.Repeat("x", 6<<20))
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "too long")
	require.Equal(t, http.StatusBadRequest, b.post("/reviewed/import", url.Values{"file": {"canary"}}).status, "no file")
	for _, form := range []url.Values{{}, {"text": {""}}, {"text": {strings.Repeat("canary", 50_000)}}, {"text": {"canary"}, "expires": {"soon"}}} {
		a := b.post("/reviewed/add", form)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.NotContains(t, a.text, "canary")
	}
	require.Equal(t, http.StatusBadRequest, b.post("/reviewed/remove", url.Values{"id": {"!"}}).status)
	require.Contains(t, b.get("/reviewed").text, "No text is reviewed for all repositories")
	require.Empty(t, s.actions())
	require.Equal(t, http.StatusForbidden, s.browser("writer").upload("/reviewed/import", nil, "canary").status)
	evil := `"><script>alert(1)</script>`
	for i := range 60 {
		require.Equal(t, http.StatusSeeOther, b.post("/reviewed/add", url.Values{"text": {fmt.Sprint("canary", i)}, "comment": {evil + strings.Repeat("<", 900)}}).status)
	}
	page := b.get("/reviewed")
	require.NotContains(t, s.withoutOwnScript(page.text), "<script")
	require.NotContains(t, page.text, "canary")
	require.Less(t, len(page.text), 150<<10)
	require.Contains(t, b.get("/reviewed?page=2").text, "51–60")
}
