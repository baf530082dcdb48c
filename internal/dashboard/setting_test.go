package dashboard_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// audited lists the entries of the audit log, newest first, as "actor action object detail".
func (s *service) audited() (list []string) {
	s.t.Helper()
	events, err := s.store.Audit.List(s.t.Context(), audit.Filter{}, db.Page{Limit: 1000})
	require.NoError(s.t, err)
	for _, e := range events {
		list = append(list, e.Actor+" "+e.Action+" "+e.Object+" "+e.Detail)
	}
	return list
}

// followed opens the page that an action leads to.
func (b *browser) followed(a answer) answer {
	b.s.t.Helper()
	require.Equal(b.s.t, http.StatusSeeOther, a.status, a.text)
	return b.get(a.header.Get("Location")[len(b.s.base):])
}

// TestSettingsAreChangedOneByOne: what a form leaves as it was stays, also when somebody else has changed it meanwhile.
func TestSettingsAreChangedOneByOne(t *testing.T) {
	t.Parallel()
	databases(t, testSettingsAreChangedOneByOne)
}

func testSettingsAreChangedOneByOne(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", nil)
	b := s.browser("grantee")
	page := b.get("/settings/general").text
	for _, words := range []string{"Parallel scans per node", "How many scans each node runs at once; 0 means the number of its processors.", "0 to 256 · default: 2", "<code>parallelScans</code>", "main, master, develop, release/**", "default: Low"} {
		require.Contains(t, page, words)
	}
	require.NotContains(t, page, "Reset to default")
	settings := func() map[string]any { _, body := s.rest("admin", "/settings"); return body }
	form := url.Values{"was:parallelScans": {"2"}, "parallelScans": {"7"}, "was:keepResults": {"5"}, "keepResults": {"5"}, "was:scanOnPush": {"false"}, "scanOnPush": {"true"}, "was:repositoryRules": {"false"}, "was:codeFloor": {"LOW"}, "codeFloor": {"HIGH"}, "was:rollupBranches": {"main"}, "rollupBranches": {" main , hot/** "}}
	require.Equal(t, http.StatusSeeOther, s.browser("admin").post("/settings/general", url.Values{"keepResults": {"9"}, "was:keepResults": {"5"}}).status)
	a := b.followed(b.post("/settings/general", form))
	require.Contains(t, a.text, "The settings are saved.")
	require.Contains(t, a.text, `Reset to default: Parallel scans per node`)
	now := settings()
	require.Equal(t, []any{7.0, 9.0, true, false, "HIGH", []any{"main", "hot/**"}}, []any{now["parallelScans"], now["keepResults"], now["scanOnPush"], now["repositoryRules"], now["codeFloor"], now["rollupBranches"]})
	require.Contains(t, s.audited()[0]+s.audited()[1], "grantee PUT /settings  codeFloor=HIGH parallelScans=7 rollupBranches=main,hot/** scanOnPush=true", "as the API says it")

	a = b.post("/settings/general", url.Values{"parallelScans": {"257"}, "keepResults": {"0"}, "keepAuditDays": {"1e3"}, "hookPosition": {"ALWAYS"}, "rollupBranches": {"[", "x"}, "was:scanOnPush": {"true"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"Nothing was saved: 4 values are not possible.", `role="alert"`, "it must be a whole number from 0 to 256", "it must be a whole number from 1 to 1000", "a list of branch names", `value="257"`, `value="1e3"`} {
		require.Contains(t, a.text, words)
	}
	require.Equal(t, now, settings(), "all or nothing")

	a = b.followed(b.post("/settings/general", url.Values{"reset": {"parallelScans"}, "parallelScans": {"9"}}))
	require.Contains(t, a.text, "default value again")
	require.Equal(t, 2.0, settings()["parallelScans"])
	require.Contains(t, b.followed(b.post("/settings/general", url.Values{"reset": {"made-up"}})).text, "Nothing was changed")
	require.Equal(t, "/sluice/settings/general", b.get("/settings").header.Get("Location"))
	require.NotContains(t, s.browser("padmin").get("/projects").text, "/settings/general")
}
