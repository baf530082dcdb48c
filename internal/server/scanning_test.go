package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestTheNearestSettingDecidesAboutScansOnPush: the repository's, else the project's, else the instance's. A renamed project
// keeps its own.
func TestTheNearestSettingDecidesAboutScansOnPush(t *testing.T) {
	t.Parallel()
	s := newService(t)
	set := func(path, body string) map[string]any {
		t.Helper()
		a := s.call("padmin", http.MethodPut, path, body)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, a.json(t), s.call("padmin", http.MethodGet, path).json(t))
		return a.json(t)
	}
	head := 0
	queued := func() string {
		var slugs []string
		t.Helper()
		head++
		p := &connection.Project{Key: "PAY", Name: "Payments", Identity: "dc:1"}
		for _, slug := range []string{"api", "web"} {
			p.Repositories = append(p.Repositories, connection.Repository{Slug: slug, Name: slug, Location: slug, DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: string(rune('a' + head))}}})
		}
		_, err := teststore.Sync(t, s.store).Apply(t.Context(), p)
		require.NoError(t, err)
		for {
			job, err := s.store.Queue.Claim(t.Context(), "n", true)
			if err != nil {
				require.ErrorIs(t, err, db.ErrNotFound)
				slices.Sort(slugs)
				return strings.Join(slugs, " ")
			}
			slugs = append(slugs, job.Slug)
			require.NoError(t, s.store.Findings.Finish(t.Context(), job, &findings.Outcome{State: queue.Failed, Reason: "x"}))
		}
	}
	require.Empty(t, queued())
	require.Equal(t, map[string]any{"scanOnPush": "INHERIT", "scanOnPullRequest": "INHERIT", "effective": map[string]any{"scanOnPush": false, "scanOnPullRequest": false}}, s.call("padmin", http.MethodGet, "/projects/PAY/scanning").json(t))
	require.NoError(t, s.store.Settings.Set(t.Context(), settings.ScanOnPush.Name, "true"))
	require.Equal(t, "api web", queued())
	require.Equal(t, false, set("/projects/PAY/scanning", `{"scanOnPush": "OFF"}`)["effective"].(map[string]any)["scanOnPush"])
	require.Empty(t, queued())
	require.Equal(t, true, set("/projects/PAY/repos/web/scanning", `{"scanOnPush": "ON", "scanOnPullRequest": "ON"}`)["effective"].(map[string]any)["scanOnPush"])
	require.Equal(t, "web", queued())
	set("/projects/PAY/scanning", `{"scanOnPush": "INHERIT"}`)
	require.Equal(t, "api web", queued())
	require.Equal(t, "ON", set("/projects/PAY/repos/web/scanning", `{"scanOnPush": "OFF"}`)["scanOnPullRequest"], "what is absent stays")
	require.Equal(t, "api", queued())
	require.Equal(t, http.StatusBadRequest, s.call("padmin", http.MethodPut, "/projects/PAY/scanning", `{"scanOnPush": "maybe"}`).status)
	require.Equal(t, http.StatusForbidden, s.call("writer", http.MethodPut, "/projects/PAY/repos/api/scanning", `{}`).status)
}
