package demo_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
)

var (
	everything = &scope.Visible{All: true}
	start      = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	all        = db.Page{Limit: 1000}
)

// TestTheSameCommits come of the same time, also in another folder.
func TestTheSameCommits(t *testing.T) {
	t.Parallel()
	var heads [2]map[string]string
	for i := range heads {
		f, err := demo.New(t.TempDir(), demo.Projects, start)
		require.NoError(t, err)
		l, err := f.List(t.Context())
		require.NoError(t, err)
		heads[i] = map[string]string{}
		for _, p := range l.Projects {
			for _, r := range p.Repositories {
				for _, b := range r.Branches {
					heads[i][p.Name+"/"+r.Name+":"+b.Name] = b.Head
				}
			}
		}
	}
	require.Greater(t, len(heads[0]), 35)
	require.Contains(t, heads[0], "Payments/mobile-wallet:main")
	require.Equal(t, heads[0], heads[1])
}

// TestGitReadsTheRepositories that are not broken on purpose, and finds nothing wrong.
func TestGitReadsTheRepositories(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := demo.New(dir, demo.Projects, start)
	require.NoError(t, err)
	for _, location := range []string{"SHOP/checkout.git", "SHOP/search.git", "PAY/ledger.git", "PAY/docs.git", "~jdoe/dotfiles.git"} {
		out, err := exec.CommandContext(t.Context(), "git", "-C", filepath.Join(dir, location), "fsck", "--strict", "--no-dangling").CombinedOutput()
		require.NoError(t, err, "%s: %s", location, out)
	}
	out, err := exec.CommandContext(t.Context(), "git", "-C", filepath.Join(dir, "SHOP/checkout.git"), "log", "--format=%an", "develop").CombinedOutput()
	require.NoError(t, err)
	require.Len(t, strings.Fields(strings.ReplaceAll(string(out), " ", "")), 5)
}

// filled is a database that the demo has filled.
func filled(t *testing.T) (*store.Store, *demo.Folder) {
	t.Helper()
	st, err := store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	require.NoError(t, demo.AddAccounts(t.Context(), st, nil))
	f, err := testdashboard.Demo(t.Context(), st, t.TempDir())
	require.NoError(t, err)
	return st, f
}

// TestEveryStateIsReal: each branch has the state that it is to have, and a scan said so.
func TestEveryStateIsReal(t *testing.T) {
	t.Parallel()
	st, _ := filled(t)
	r, err := st.Catalog.Repository(t.Context(), everything, "PAY", "api")
	require.NoError(t, err)
	list, err := st.Catalog.Branches(t.Context(), r.ID, catalog.Filter{}, all)
	require.NoError(t, err)
	got := map[string]string{}
	for i := range list {
		got[list[i].Name] = list[i].Knowledge.ScanStatusText() + " " + list[i].Status.String()
	}
	require.Equal(t, map[string]string{
		"main": "Up To Date VULNERABLE", "feature/login": "Scanned 3 Commits Ago OUTDATED", "feature/refunds": "Scanning NOT_SCANNED", "release/2.4": "Up To Date SECURE",
		"release/2.3": "Scanned 1 Commit Ago OUTDATED", "hotfix/card-token": "Queued NOT_SCANNED", "feature/old-history": "Scanned 2 Commits Ago OUTDATED",
		"feature/vendor-import": "Scanned In Part PARTIALLY_SCANNED", "spike/ledger": "Cancelled NOT_SCANNED", "build/cache": "Internal Error OUTDATED",
		"chore/rules": "Scanned With Older Rules OUTDATED", "feature/new": "Not Scanned NOT_SCANNED",
	}, got)
	n, err := st.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "all counters are right")
}

// TestFindingsAreWhereTheySay: the lines exist, people wrote them at different times, and every engine and decision is there.
func TestFindingsAreWhereTheySay(t *testing.T) {
	t.Parallel()
	st, f := filled(t)
	list, err := st.Findings.List(t.Context(), everything, findings.Filter{}, 1000)
	require.NoError(t, err)
	engines, states, places, ways := map[string]int{}, map[findings.State]int{}, map[string]bool{}, map[string]int{}
	reader := connection.NewReader(f)
	for _, x := range list {
		engines[string(x.Engine)]++
		states[x.State]++
		places[x.ProjectKey+"/"+x.Slug] = true
		require.Less(t, x.FirstSeen, time.Now().Add(-24*time.Hour), x.Path)
		r, err := st.Catalog.Repository(t.Context(), everything, x.ProjectKey, x.Slug)
		require.NoError(t, err)
		b, err := st.Catalog.Branch(t.Context(), r.ID, x.Branch)
		require.NoError(t, err)
		line, err := reader.Line(t.Context(), r.Location, b.Head, x.Path, x.Line)
		require.NoError(t, err, x.Path)
		require.NotEmpty(t, line)
		if len(x.Flow) > 2 {
			ways[x.ProjectKey+"/"+x.Slug]++
		}
	}
	require.Greater(t, len(list), 25)
	require.Greater(t, engines["secrets"], 15)
	require.Greater(t, engines["dependencies"], 6)
	require.Greater(t, engines["code"], 10)
	for _, place := range []string{"PAY/api", "PAY/ledger", "SHOP/checkout"} {
		require.Positive(t, ways[place], "a way of data in %s", place)
	}
	require.Len(t, places, 5)
	for _, state := range []findings.State{findings.Open, findings.InReview, findings.Accepted, findings.FalsePositive, findings.Fixed} {
		require.Positive(t, states[state], state)
	}
}

// TestAroundTheFindings there is a past, and what administrators set.
func TestAroundTheFindings(t *testing.T) {
	t.Parallel()
	st, _ := filled(t)
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	now := time.Now()
	points, err := st.Trends.Points(t.Context(), everything, trends.Scope{}, now.AddDate(0, 0, -60), now, now)
	require.NoError(t, err)
	require.Len(t, points, 61)
	total := points[60].Counts.Total()
	require.Greater(t, total, 15)
	for _, p := range points {
		require.Equal(t, total, p.Counts.Total(), "repositories neither come nor go")
	}
	require.Greater(t, points[0].Counts.NotScanned, points[60].Counts.NotScanned)
	require.Greater(t, points[30].Open.Total(), points[60].Open.Total())

	var texts []string
	require.NoError(t, st.Reviews.Each(t.Context(), reviews.Scope{}, func(r *reviews.Review) error {
		text, err := r.Text(keys)
		texts = append(texts, text)
		return err
	}))
	require.Len(t, texts, 2)
	require.NotContains(t, texts, "")
	rules, err := st.Policy.Rules(t.Context())
	require.NoError(t, err)
	require.Len(t, rules, 3)
	schedules, err := st.Queue.Schedules(t.Context())
	require.NoError(t, err)
	require.Len(t, schedules, 3)
	stuck, err := st.Mails.List(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, stuck, 2)
	require.Equal(t, []bool{false, true}, failed(stuck))
	check, err := st.Audit.Check(t.Context())
	require.NoError(t, err)
	require.Zero(t, check.BrokenAt)
	require.Greater(t, check.Entries, 5)
}

func failed(list []mails.Mail) (is []bool) {
	for i := range list {
		is = append(is, !list[i].Failed.IsZero())
	}
	return is
}
