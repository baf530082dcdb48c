package dashboard_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/scan"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// cellsOf are the texts of the rows of all tables of a page.
func cellsOf(text string) (rows [][]string) {
	for _, row := range strings.Split(text, "<tr>")[1:] {
		row, _, _ = strings.Cut(row, "</tr>")
		var cells []string
		for _, cell := range regexp.MustCompile(`</t[hd]>`).Split(row, -1) {
			cells = append(cells, strings.Join(strings.Fields(tag.ReplaceAllString(cell, " ")), " "))
		}
		rows = append(rows, cells[:len(cells)-1])
	}
	return rows
}

// TestDependenciesAreTheAPIs for every role: packages, versions and repositories.
func TestDependenciesAreTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testDependenciesAreTheAPIs)
}

func testDependenciesAreTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	require.NoError(t, testdashboard.AddPackages(t.Context(), s.store))
	for _, as := range testdashboard.Names {
		b := s.browser(as)
		for _, query := range []string{"", "name=lod", "ecosystem=npm", "vulnerable=true", "name=none"} {
			_, body := s.rest(as, "/dependencies?"+query)
			page := b.get("/dependencies?" + query)
			require.Equal(t, http.StatusOK, page.status)
			var want, got [][]string
			for _, v := range body["values"].([]any) {
				p := v.(map[string]any)
				want = append(want, []string{p["name"].(string), p["ecosystem"].(string), fmt.Sprint(p["repositoryCount"]), fmt.Sprint(p["branchCount"]), fmt.Sprint(p["vulnerableRepositoryCount"])})
			}
			for _, row := range cellsOf(page.text) {
				if row[0] != "Package" {
					got = append(got, row[:5])
				}
			}
			require.Equal(t, want, got, "%s %s", as, query)
		}
		for _, query := range []string{"", "&vulnerable=true", "&version=4.17.15", "&version=9"} {
			status, body := s.rest(as, "/dependencies/usages?ecosystem=npm&name=lodash&limit=50"+query)
			page := b.get("/dependencies/package?ecosystem=npm&name=lodash" + query)
			require.Equal(t, http.StatusOK, page.status)
			if status == http.StatusNotFound {
				require.Contains(t, page.text, "No repository that you may read is known to use this package.")
				continue
			}
			var want, got []string
			for _, v := range body["values"].([]any) {
				u := v.(map[string]any)
				want = append(want, fmt.Sprintf("%v / %v %v %v", u["project"].(map[string]any)["name"], u["repository"].(map[string]any)["name"], u["version"], strings.ReplaceAll(fmt.Sprint(u["relation"]), "transitive", "indirect")))
			}
			_, repositories, _ := strings.Cut(page.text, "<h2>Repositories</h2>")
			for _, row := range cellsOf(repositories) {
				if row[0] != "Repository" {
					got = append(got, strings.Join(row[:3], " "))
				}
			}
			require.Equal(t, want, got, "%s %s", as, query)
			_, body = s.rest(as, "/dependencies/package?ecosystem=npm&name=lodash")
			require.Contains(t, page.text, fmt.Sprintf("Used by <b>%v</b> repositories on <b>%v</b> branches", body["repositoryCount"], body["branchCount"]))
			for _, v := range body["versions"].([]any) {
				x := v.(map[string]any)
				require.Contains(t, strings.Join(strings.Fields(tag.ReplaceAllString(page.text, " ")), " "), fmt.Sprintf("%v %v %v ", x["version"], x["repositoryCount"], x["branchCount"]))
			}
		}
	}
	admin := s.browser("admin")
	require.Contains(t, admin.get("/dependencies").text, "are not known until the next scan", "every seventh branch")
	require.Contains(t, admin.get("/dependencies/package?ecosystem=npm&name=made-up").text, "are not known until the next scan")
	require.Contains(t, s.browser("nobody").get("/dependencies").text, "No packages are known in the repositories that you may read")
	require.Contains(t, admin.get("/dependencies?name=made-up").text, "Show all")
	status, _ := s.rest("admin", "/dependencies/usages?ecosystem=npm")
	require.Equal(t, http.StatusBadRequest, status)
	status, _ = s.rest("admin", "/dependencies/package?ecosystem=npm&name=made-up")
	require.Equal(t, http.StatusNotFound, status)
	status, _ = s.rest("admin", "/dependencies?vulnerable=maybe")
	require.Equal(t, http.StatusBadRequest, status)
}

// TestHostilePackagesBreakOutOfNothing, and pages of many of them stay small.
func TestHostilePackagesBreakOutOfNothing(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{`"><script>alert(1)</script>`, `'onmouseover='alert(1)`, `{{.Body}}`, "javascript:alert(1)", "\u202egnp.exe", strings.Repeat("<", 5000), "a\x00b\xff"} {
		s := newService(t, "", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "api", Branches: []string{"main=secure"}}}}})
		r, err := s.store.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		main, err := s.store.Catalog.Branch(t.Context(), r.ID, "main")
		require.NoError(t, err)
		var packages []scan.Package
		var findings []scan.Finding
		for i := range 120 {
			p := scan.Package{Ecosystem: scan.Ecosystem(evil), Name: evil, Version: fmt.Sprint(i, evil)}
			if i%2 == 0 {
				p = scan.Package{Ecosystem: "npm", Name: fmt.Sprint(i, evil), Version: evil}
			}
			packages = append(packages, p)
			findings = append(findings, scan.Finding{Severity: scan.SeverityHigh, Dependency: &scan.Dependency{Package: p, IDs: []string{evil, "x"}, Fix: evil}})
		}
		require.NoError(t, s.store.Tx(t.Context(), func(tx *sql.Tx) error {
			require.NoError(t, s.store.Dependencies.Save(t.Context(), tx, r.ID, main.ID, packages, findings))
			return s.store.Status.CountRepository(t.Context(), tx, r.ID)
		}))
		b := s.browser("admin")
		paths := []string{"/dependencies", "/dependencies?page=2"}
		for _, m := range regexp.MustCompile(`href="(/dependencies/package[^"]*)"`).FindAllStringSubmatch(b.get("/dependencies").text, 2) {
			paths = append(paths, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		q := url.QueryEscape(strings.ToValidUTF8(strings.ReplaceAll(evil[:min(len(evil), 200)], "\x00", ""), ""))
		paths = append(paths, fmt.Sprintf("/dependencies?name=%[1]s&ecosystem=%[1]s", q), fmt.Sprintf("/dependencies/package?name=%[1]s&ecosystem=%[1]s&version=%[1]s", q))
		for _, path := range paths {
			a := b.get(path)
			require.Contains(t, []int{http.StatusOK, http.StatusRequestURITooLong}, a.status, path[:min(len(path), 200)])
			require.Less(t, len(a.text), 150<<10)
			text := strings.ReplaceAll(a.text, `value="`+evil+`"`, "")
			for _, broken := range []string{"<script", "onmouseover='", `href="javascript:`} {
				require.NotContains(t, s.withoutOwnScript(text), broken)
			}
		}
	}
}
