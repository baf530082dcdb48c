package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}

// repository is a real git repository.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	r := &repository{t, filepath.Join(t.TempDir(), "shop")}
	require.NoError(t, os.Mkdir(r.dir, 0o755))
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit writes files, given as pairs of name and content, and commits them.
func (r *repository) commit(files ...string) string {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(r.dir, files[i])
		require.NoError(r.t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(r.t, os.WriteFile(name, []byte(files[i+1]), 0o644))
	}
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "change")
	return r.git("rev-parse", "HEAD")
}

func env(pairs ...string) variable.Lookup {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// open opens a place with these variables, until the test ends.
func open(t *testing.T, place engine.Place, pairs ...string) (*engine.Checkout, *engine.Plan) {
	t.Helper()
	c, p, err := engine.Open(t.Context(), env(pairs...), place, engine.Means{}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c, p
}

func codes(notes []scan.Note) []string {
	var list []string
	for _, n := range notes {
		list = append(list, n.Code)
	}
	return list
}

func TestACheckoutSaysWhatIsScannedAndCompared(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	first := r.commit("a.txt", "1\n")
	r.git("checkout", "-q", "-b", "feature")
	second := r.commit("sub/b.txt", "2\n")
	empty := newRepository(t)
	for name, c := range map[string]struct {
		place engine.Place
		pairs []string
		want  engine.Checkout
	}{
		"a commit":           {engine.Place{Dir: r.dir}, nil, engine.Checkout{Commit: second, Root: r.dir, Name: "shop"}},
		"a named one":        {engine.Place{Dir: r.dir, Revision: "main", Workspace: "acme", Repository: "till"}, nil, engine.Checkout{Commit: first, Root: r.dir, Name: "acme/till"}},
		"a folder of it":     {engine.Place{Dir: filepath.Join(r.dir, "sub"), Subtree: true}, nil, engine.Checkout{Commit: second, Root: filepath.Join(r.dir, "sub"), Name: "sub"}},
		"the files":          {engine.Place{Dir: r.dir, Worktree: true}, nil, engine.Checkout{Root: r.dir, Name: "shop"}},
		"no repository":      {engine.Place{Dir: filepath.Dir(r.dir), Fallback: true}, nil, engine.Checkout{Root: filepath.Dir(r.dir), Name: filepath.Base(filepath.Dir(r.dir))}},
		"nothing yet":        {engine.Place{Dir: empty.dir}, nil, engine.Checkout{Root: empty.dir, Name: "shop", Notes: []scan.Note{{Code: "empty"}}}},
		"a base":             {engine.Place{Dir: r.dir}, []string{"BASE_COMMIT", "main"}, engine.Checkout{Commit: second, Root: r.dir, Name: "shop", Base: scan.Base{Kind: scan.BaseCommit, Commit: first}}},
		"a pull request":     {engine.Place{Dir: r.dir}, []string{"BITBUCKET_PR_ID", "1", "BITBUCKET_PR_DESTINATION_BRANCH", "main"}, engine.Checkout{Commit: second, Root: r.dir, Name: "shop", Base: scan.Base{Kind: scan.BaseMerge, Commit: first}}},
		"one without a base": {engine.Place{Dir: r.dir}, []string{"BITBUCKET_PR_ID", "1", "BITBUCKET_PR_DESTINATION_BRANCH", "gone"}, engine.Checkout{Commit: second, Root: r.dir, Name: "shop", Notes: []scan.Note{{Code: "no-base"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, plan := open(t, c.place, c.pairs...)
			require.Equal(t, []any{c.want.Commit, c.want.Root, c.want.Name, c.want.Base}, []any{got.Commit, got.Root, got.Name, got.Base})
			require.Equal(t, codes(c.want.Notes), codes(got.Notes))
			require.Equal(t, codes(got.Notes), codes(plan.Notes), "the plan passes them on")
		})
	}
}

func TestAPlanOfAPullRequestGoesByTheDestination(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit(".sluice.yml", "fail-on: LOW\nengines: [secrets]\n", "known.json", "[]")
	r.git("checkout", "-q", "-b", "feature")
	r.commit(".sluice.yml", "fail-on: NONE\n")
	_, plan := open(t, engine.Place{Dir: r.dir}, "BITBUCKET_PR_ID", "1", "BITBUCKET_PR_DESTINATION_BRANCH", "main")
	require.Equal(t, scan.Gate{FailOn: scan.SeverityLow, Scope: scan.ScopeNew}, plan.Gate, "a pull request does not switch its own gate off")
	require.Equal(t, engine.Engines{"secrets"}, plan.Config.Scan.Engines)
	require.Equal(t, []string{"config-changed"}, codes(plan.Notes))
	value, ok := plan.Lookup("FAIL_ON")
	require.True(t, ok)
	require.Equal(t, "LOW", value, "what is published reads the same settings")

	_, plan = open(t, engine.Place{Dir: r.dir}, "FAIL_ON", "HIGH")
	require.Equal(t, scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeAll}, plan.Gate, "the caller's own settings come first")
}

func TestAPlanNamesTheVariablesThatWerePassedOnUnset(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", "1\n")
	_, plan := open(t, engine.Place{Dir: r.dir}, "JOBS", "$JOBS", "REPORT_LINK", "$REPORT_LINK")
	require.Len(t, plan.Notes, 1, "the caller reads no REPORT_LINK")
	require.Contains(t, plan.Notes[0].Text, "JOBS counts as not set")
}

func TestOpenReleasesWhatItOpenedBeforeAnError(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit(".sluice.yml", "fail-on: SOMETIMES\n")
	var usage *variable.UsageError
	for _, pairs := range [][]string{{}, {"CONFIG", "/nowhere.yml"}, {"JOBS", "none"}} {
		c, p, err := engine.Open(t.Context(), env(pairs...), engine.Place{Dir: r.dir}, engine.Means{}, slog.New(slog.DiscardHandler))
		require.ErrorAs(t, err, &usage)
		require.True(t, c == nil && p == nil)
	}
	_, _, err := engine.Open(t.Context(), env("BASE_COMMIT", "gone"), engine.Place{Dir: r.dir}, engine.Means{}, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, git.ErrUnknownRevision)
	_, _, err = engine.Open(t.Context(), env("BASE_COMMIT", "main"), engine.Place{Dir: r.dir, Worktree: true}, engine.Means{}, slog.New(slog.DiscardHandler))
	require.ErrorAs(t, err, &usage)
}

func TestADestinationThatCannotBeFetchedIsAdvisedOn(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", "1\n")
	pairs := []string{"BITBUCKET_PR_ID", "1", "BITBUCKET_PR_DESTINATION_BRANCH", "gone"}
	var asked []string
	fetch := func(_ context.Context, _ *git.Repository, want string, _ int) error {
		asked = append(asked, want)
		return errors.New("the wire is cut")
	}
	c, _ := open(t, engine.Place{Dir: r.dir, Fetch: fetch}, pairs...)
	require.Equal(t, []string{"gone"}, asked)
	require.Contains(t, c.Notes[0].Text, "fetching it (DEEPEN) did not work: the wire is cut")
	c, _ = open(t, engine.Place{Dir: r.dir, Fetch: fetch}, append(pairs, "DEEPEN", "off")...)
	require.Equal(t, []string{"gone"}, asked)
	require.Contains(t, c.Notes[0].Text, "DEEPEN is off")
}
