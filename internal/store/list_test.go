package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// TestListsAreChosenAndOrdered by status, by risk and by the last scan.
func TestListsAreChosenAndOrdered(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 zeta=2", "core: main=1", "web: main=1"))
		scanned := func(slug, branchName string, list ...scan.Finding) {
			t.Helper()
			_, err := s.Queue.Enqueue(t.Context(), queue.Rescan(queue.Scope{BranchID: branch(t, s, "PAY", slug, branchName).ID}, "", "", false))
			require.NoError(t, err)
			finish(t, s, claim(t, s), list...)
		}
		scanned("web", "main", secret("aaaa", "a", scan.SeverityHigh))
		scanned("api", "zeta", secret("bbbb", "a", scan.SeverityCritical))
		scanned("core", "main")
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		repositories := func(f catalog.Filter) string {
			t.Helper()
			list, err := s.Catalog.Repositories(t.Context(), everything, p.ID, f, db.Page{Limit: 10})
			require.NoError(t, err)
			var names []string
			for _, r := range list {
				names = append(names, r.Slug)
			}
			return strings.Join(names, " ")
		}
		secure, vulnerable, outdated := status.Secure, status.Vulnerable, status.Outdated
		require.Equal(t, "api core web", repositories(catalog.Filter{}))
		require.Equal(t, "api web core", repositories(catalog.Filter{Order: catalog.ByRisk}))
		require.Equal(t, "core", repositories(catalog.Filter{Status: &secure, Order: catalog.ByScan}))
		require.Equal(t, "web", repositories(catalog.Filter{Status: &vulnerable, Name: "WEB"}))
		require.Empty(t, repositories(catalog.Filter{Status: &outdated}))
		_, err = s.Write.ExecContext(t.Context(), "update repository set last_scan_at = case slug when 'web' then 3 when 'api' then 2 end")
		require.NoError(t, err)
		require.Equal(t, "web api core", repositories(catalog.Filter{Order: catalog.ByScan}), "what was never scanned comes last")

		r, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		for order, want := range map[catalog.Order]string{catalog.ByName: "main zeta", catalog.ByRisk: "zeta main", catalog.ByScan: "zeta main"} {
			list, err := s.Catalog.Branches(t.Context(), r.ID, catalog.Filter{Order: order}, db.Page{Limit: 10})
			require.NoError(t, err)
			require.Equal(t, want, list[0].Name+" "+list[1].Name)
		}
		list, err := s.Catalog.Branches(t.Context(), r.ID, catalog.Filter{Status: &vulnerable}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}
