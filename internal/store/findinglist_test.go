package store_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// TestListsOfFindingsAreWalkedInEveryOrder, forwards and backwards, without leaving out or repeating a finding, also
// when many have the same severity and the same time.
func TestListsOfFindingsAreWalkedInEveryOrder(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1", "web: main=w1"))
		severities := []scan.Severity{scan.SeverityLow, scan.SeverityHigh, scan.SeverityHigh, scan.SeverityCritical, scan.SeverityHigh, scan.SeverityMedium, scan.SeverityHigh}
		var list []scan.Finding
		for i, severity := range severities {
			list = append(list, secret("f-"+string(rune('a'+i)), "a.env", severity))
		}
		scanned(t, s, list...)
		// Three times for fourteen findings.
		_, err := s.Write.ExecContext(t.Context(), "update finding set first_seen = 1000000 + (id % 3) * 1000")
		require.NoError(t, err)
		all, err := s.Findings.List(t.Context(), everything, findings.Filter{}, 100)
		require.NoError(t, err)
		require.Len(t, all, 14)
		newestID := func(a, b findings.Listed) int { return cmp.Compare(b.ID, a.ID) }
		newest := func(a, b findings.Listed) int { return cmp.Or(b.FirstSeen.Compare(a.FirstSeen), newestID(a, b)) }
		for order, compare := range map[findings.Order]func(a, b findings.Listed) int{
			findings.ByID: newestID, findings.Newest: newest, findings.Oldest: func(a, b findings.Listed) int { return newest(b, a) },
			findings.Severest: func(a, b findings.Listed) int { return cmp.Or(cmp.Compare(b.Severity, a.Severity), newestID(a, b)) },
		} {
			want := slices.Clone(all)
			slices.SortFunc(want, compare)
			f := findings.Filter{Order: order}
			var got []findings.Listed
			for {
				page, err := s.Findings.List(t.Context(), everything, f, 4)
				require.NoError(t, err)
				if len(page) == 0 {
					break
				}
				got = append(got, page...)
				f.After = page[len(page)-1].Key()
			}
			require.Equal(t, want, got, "%v", order)
			f.After, f.Backwards = want[9].Key(), true
			back, err := s.Findings.List(t.Context(), everything, f, 4)
			require.NoError(t, err)
			require.Equal(t, want[5:9], back, "%v", order)
			f.After = want[2].Key()
			back, err = s.Findings.List(t.Context(), everything, f, 4)
			require.NoError(t, err)
			require.Equal(t, want[:2], back, "%v", order)
		}
	})
}

// TestFindingsAreFilteredByTheirPlaces: path, author and branch must match at one place, which the list then shows.
func TestFindingsAreFilteredByTheirPlaces(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 dev=b1"))
		listed(t, s, project("OPS", "infra: main=c1"))
		list := func(v *scope.Visible, f findings.Filter) (places []string) {
			t.Helper()
			found, err := s.Findings.List(t.Context(), v, f, 100)
			require.NoError(t, err)
			for i := range found {
				l := &found[i]
				places = append(places, strings.Join([]string{l.ProjectKey + "/" + l.Slug, l.Branch, l.Path}, " "))
			}
			slices.Sort(places)
			return places
		}
		second := secret("f-1", "Deploy/B_100%.env", scan.SeverityHigh)
		second.Occurrence = 1
		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan, By: "admin"})
		require.NoError(t, err)
		for range done.Scheduled {
			j := claim(t, s)
			switch j.Branch {
			case "dev":
				require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{
					State: queue.Succeeded, Commit: j.Head, Findings: []scan.Finding{secret("f-1", "a.env", scan.SeverityHigh), second},
					Origins: map[int]findings.Origin{1: {Commit: "c", Author: "Ada Lovelace", Email: "ada@example.com"}}, Hash: hash,
				}))
			default:
				finish(t, s, j, secret("f-1", "a.env", scan.SeverityHigh), secret("f-2", "deploy/c.env", scan.SeverityLow))
			}
		}
		require.Equal(t, []string{"OPS/infra main a.env", "OPS/infra main deploy/c.env", "PAY/api main a.env", "PAY/api main deploy/c.env"}, list(everything, findings.Filter{}))
		require.Equal(t, []string{"OPS/infra main deploy/c.env", "PAY/api dev Deploy/B_100%.env", "PAY/api main deploy/c.env"}, list(everything, findings.Filter{Path: "DEPLOY/"}))
		require.Equal(t, []string{"PAY/api dev Deploy/B_100%.env"}, list(everything, findings.Filter{Path: "b_100%"}))
		require.Empty(t, list(everything, findings.Filter{Path: "b?100"}))
		require.Empty(t, list(everything, findings.Filter{Path: "b-100"}), "no character stands for another")
		require.Equal(t, []string{"OPS/infra main deploy/c.env", "PAY/api main deploy/c.env"}, list(everything, findings.Filter{Path: "deploy/", DefaultBranch: true}), "the place on dev does not count")
		for _, author := range []string{"lovelace", "ADA@", "ada l"} {
			require.Contains(t, list(everything, findings.Filter{Author: author}), "PAY/api dev Deploy/B_100%.env", author)
		}
		require.Empty(t, list(everything, findings.Filter{Author: "ada", Path: "a.env"}), "not at one place")
		require.Empty(t, list(everything, findings.Filter{Author: "ada", DefaultBranch: true}))
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		require.Equal(t, []string{"PAY/api dev Deploy/B_100%.env", "PAY/api main deploy/c.env"}, list(everything, findings.Filter{Path: "deploy/", Repository: api.ID}))
		require.Equal(t, []string{"PAY/api dev Deploy/B_100%.env", "PAY/api main deploy/c.env"}, list(&scope.Visible{Repositories: []int64{api.ID}}, findings.Filter{Path: "deploy/"}))
		require.Empty(t, list(&scope.Visible{}, findings.Filter{Path: "deploy/"}))
		require.Len(t, list(everything, findings.Filter{Since: time.Now().Add(-time.Hour)}), 4)
		require.Empty(t, list(everything, findings.Filter{Since: time.Now().Add(time.Hour)}))
	})
}
