package connected_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/datacenter"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// TestAPullRequestIsScannedWhereThatIsWanted, when it is opened and when its branch moves.
func TestAPullRequestIsScannedWhereThatIsWanted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		newHooked(t, p, "a")
		require.NoError(t, p.Branches("PAY", "a", "main", "side"))
		testwait.Until(t, func() bool { return p.head("a", "side") != "" }, "the branch is there")
		p.OpenPull("PAY", "a", "side", "main")
		p.Settle()
		testwait.Until(t, func() bool { n, err := p.store.Connections.Looks(t.Context(), p.row().ID); return err == nil && n == 0 }, "it is looked at")
		_, err := p.store.Queue.Claim(t.Context(), "n", true)
		require.ErrorIs(t, err, db.ErrNotFound, "the setting is off")

		require.NoError(t, p.store.Settings.Set(t.Context(), settings.ScanOnPullRequest.Name, "true"))
		claim := func() (j *queue.Job) {
			testwait.Until(t, func() bool { j, err = p.store.Queue.Claim(t.Context(), "n", true); return err == nil }, "a scan waits")
			return j
		}
		p.OpenPull("PAY", "a", "side", "main")
		j := claim()
		require.Equal(t, "side", j.Branch)
		require.True(t, j.Force, "a result of the same commit does not stand in")
		require.NoError(t, p.store.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Dropped}))
		_, err = p.Push("PAY", "a", "side", "", "x.txt", rand())
		require.NoError(t, err)
		require.Equal(t, "side", claim().Branch)
	})
}

// TestAReportThatCannotBePublishedChangesNothing: the result is stored already.
func TestAReportThatCannotBePublishedChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a")
		p.put(func(s *connected.Settings) { s.Reports = true })
		set, _ := p.node("n1")
		p.sync()
		_, err := p.store.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		j, err := p.store.Queue.Claim(t.Context(), "n", true)
		require.NoError(t, err)
		commit := p.Head("PAY", "a", "main")
		o := &findings.Outcome{State: queue.Succeeded, Commit: commit, Result: &scan.Result{Commit: commit}, Gate: scan.Gate{FailOn: scan.SeverityHigh}}
		p.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/insights/") {
				return false
			}
			w.WriteHeader(http.StatusConflict)
			_, _ = fmt.Fprint(w, `{"errors":[{"message":"no"}]}`)
			return true
		})
		set.Ended(t.Context(), j, o)
		require.Empty(t, p.Reports().Reports(commit))
		p.Intercept(nil)
		// The server stops while it publishes.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		set.Ended(ctx, j, o)
		require.Len(t, p.Reports().Reports(commit), 1)
		require.Empty(t, p.Reports().Statuses(commit), "nobody asked for a build status")
	})
}

// TestEventsNameTheBranchOfAPullRequest, unless it comes from a fork.
func TestEventsNameTheBranchOfAPullRequest(t *testing.T) {
	t.Parallel()
	body := func(from int, ref string) []byte {
		return fmt.Appendf(nil, `{"pullRequest":{"fromRef":{"id":%q,"repository":{"id":%d}},"toRef":{"id":"refs/heads/main","repository":{"id":7,"slug":"a","project":{"key":"PAY"}}}}}`, ref, from)
	}
	for _, x := range []struct {
		key, ref string
		from     int
		want     string
	}{
		{"pr:opened", "refs/heads/side", 7, "side"}, {"pr:from_ref_updated", "refs/heads/a/b", 7, "a/b"}, {"pr:merged", "refs/heads/side", 7, ""}, {"pr:opened", "refs/heads/side", 8, ""},
		{"pr:opened", "refs/tags/side", 7, ""}, {"pr:opened", "refs/heads/-rf", 7, ""}, {"pr:opened", "refs/heads/../x", 7, ""},
	} {
		e, err := datacenter.ParseEvent(x.key, "bb", body(x.from, x.ref))
		require.NoError(t, err)
		require.Equal(t, x.want, e.Branch, "%+v", x)
		require.Equal(t, "bitbucket://bb/PAY/a#7", e.Repository.String())
	}
}

func FuzzEvent(f *testing.F) {
	for _, text := range []string{`{"test":true}`, `{}`, `{"repository":{"id":7,"slug":"a","project":{"key":"PAY"}},"changes":[]}`, `{"pullRequest":{"toRef":{"repository":null}}}`, `[`, `{"old":{},"new":{}}`} {
		f.Add("repo:refs_changed", []byte(text))
		f.Add("", []byte(text))
	}
	f.Fuzz(func(t *testing.T, key string, body []byte) {
		e, err := datacenter.ParseEvent(key, "bb", body)
		if err == nil && e.Repository != nil {
			require.NotContains(t, e.Repository.Project+e.Repository.Slug, "/")
			require.False(t, e.Ping, "a test call names nothing")
		}
	})
}
