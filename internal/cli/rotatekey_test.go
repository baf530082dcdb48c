package cli_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// After a rotation, reviewed texts stay reviewed and the former key opens nothing. A rotation that was interrupted can
// be finished.
func TestRotateKey(t *testing.T) {
	t.Parallel()
	const reviewed, other = "canary-reviewed-text", "canary-other-text"
	data := t.TempDir()
	teststore.SQLiteAt(t, filepath.Join(data, "sluice.db"))
	file := filepath.Join(data, "master.key")
	open := func() (*store.Store, *seal.Keys) {
		t.Helper()
		st, err := store.Open(t.Context(), filepath.Join(data, "sluice.db"))
		require.NoError(t, err)
		keys, _, err := seal.LoadOrCreate(file)
		require.NoError(t, err)
		return st, keys
	}
	st, keys := open()
	require.NoError(t, keys.Verify(t.Context(), st.Settings))
	require.NoError(t, st.Policy.ReviseRules(t.Context(), ""))
	done, err := teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: "PAY", Name: "PAY", Repositories: []connection.Repository{{
		Slug: "api", Name: "api", Location: "x", DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: "1", HeadAt: time.UnixMilli(1)}},
	}}})
	require.NoError(t, err)
	finding := func(text string) scan.Finding {
		return scan.Finding{Engine: "secrets", RuleID: "R", Severity: scan.SeverityHigh, Fingerprint: text[:9], Path: "a", Excerpt: "x", Secret: scan.NewSecret(text)}
	}
	scanned := func(st *store.Store, keys *seal.Keys) {
		t.Helper()
		_, err := st.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		j, err := st.Queue.Claim(t.Context(), "n", true)
		require.NoError(t, err)
		rules, err := st.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.NoError(t, st.Findings.Finish(t.Context(), j, &findings.Outcome{
			State: queue.Succeeded, Commit: "1", Config: rules.ConfigOf(policy.NoRulesFile, "", ""), Findings: []scan.Finding{finding(reviewed), finding(other)}, Hash: keys.Hash,
		}))
	}
	scanned(st, keys)
	_, err = st.Reviews.Add(t.Context(), keys, 0, "ada", []reviews.NewReview{{Text: reviewed}})
	require.NoError(t, err)
	branch := func(st *store.Store) *catalog.Branch {
		t.Helper()
		b, err := st.Catalog.Branch(t.Context(), done.Moved[0].RepositoryID, "")
		require.NoError(t, err)
		return b
	}
	require.Equal(t, 1, branch(st).Open.Total())
	require.Empty(t, branch(st).Knowledge.Stale())
	_, err = st.Connections.Put(t.Context(), "bb", connections.KindDataCenter, "{}", func(place string) string { return keys.Connections().Seal("canary-credential", place) })
	require.NoError(t, err)
	require.NoError(t, st.Close())
	before, err := os.ReadFile(file)
	require.NoError(t, err)

	got := inProcess(t, nil, "rotate-key", "--data", data)
	require.Zero(t, got.code, got.stderr)
	require.Contains(t, got.stdout, "1 reviewed texts were encrypted again")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	for _, key := range []string{string(before), string(after)} {
		require.NotContains(t, got.stdout+got.stderr, strings.TrimSpace(key))
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	old := keys
	st, keys = open()
	require.ErrorIs(t, old.Verify(t.Context(), st.Settings), seal.ErrWrongKey)
	require.NoError(t, keys.Verify(t.Context(), st.Settings))
	require.NoError(t, st.Reviews.Each(t.Context(), reviews.Scope{}, func(r *reviews.Review) error {
		_, err := r.Text(old)
		require.Error(t, err)
		text, err := r.Text(keys)
		require.Equal(t, reviewed, text)
		return err
	}))
	row, err := st.Connections.Remote(t.Context(), "bb")
	require.NoError(t, err)
	_, err = old.Connections().Open(row.Credential, connections.Place(row.ID))
	require.Error(t, err)
	credential, err := keys.Connections().Open(row.Credential, connections.Place(row.ID))
	require.NoError(t, err)
	require.Equal(t, "canary-credential", credential)
	require.Equal(t, 1, branch(st).Open.Total(), "reviewed is reviewed")
	require.Equal(t, []catalog.StaleReason{catalog.ConfigChanged}, branch(st).Knowledge.Stale())
	scanned(st, keys)
	require.Empty(t, branch(st).Knowledge.Stale())
	require.Equal(t, 1, branch(st).Open.Total())
	_, err = st.Reviews.Add(t.Context(), keys, 0, "ada", []reviews.NewReview{{Text: other}})
	require.NoError(t, err)
	require.Zero(t, branch(st).Open.Total(), "what is found again can be reviewed")
	events, err := st.Audit.List(t.Context(), audit.Filter{Action: "masterkey"}, db.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.NoError(t, st.Close())

	// Interrupted after the change of the database, and before it.
	require.NoError(t, os.Rename(file, file+".new"))
	require.NoError(t, os.WriteFile(file, before, 0o600))
	got = inProcess(t, nil, "rotate-key", "--data", data)
	require.Zero(t, got.code, got.stderr)
	require.Contains(t, got.stdout, "already complete")
	now, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, after, now)
	require.NoError(t, os.WriteFile(file+".new", before, 0o600))
	require.Zero(t, inProcess(t, nil, "rotate-key", "--data", data).code)
	st, keys = open()
	require.NoError(t, keys.Verify(t.Context(), st.Settings))
	require.NoError(t, st.Close())

	// With a key from the environment.
	last, err := os.ReadFile(file)
	require.NoError(t, err)
	env := []string{"SLUICE_MASTER_KEY=" + strings.TrimSpace(string(last))}
	require.Contains(t, inProcess(t, env, "rotate-key", "--data", data).stderr, "SLUICE_NEW_MASTER_KEY")
	next := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	got = inProcess(t, append(env, "SLUICE_NEW_MASTER_KEY="+next), "rotate-key", "--data", data)
	require.Zero(t, got.code, got.stderr)
	got = inProcess(t, append(env, "SLUICE_NEW_MASTER_KEY="+next), "rotate-key", "--data", data)
	require.Equal(t, 2, got.code)
	require.NotContains(t, got.stderr, next)
}
