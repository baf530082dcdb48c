package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// TestIncompleteIsNeverSecure: wherever a branch is shown, the answer says what its scan did not cover.
func TestIncompleteIsNeverSecure(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	_, err := s.store.Queue.Enqueue(t.Context(), queue.Request{Force: true})
	require.NoError(t, err)
	key := ""
	for range 2 {
		j, err := s.store.Queue.Claim(t.Context(), "n", true)
		require.NoError(t, err)
		o := &findings.Outcome{State: queue.Succeeded, Commit: "1"}
		if j.Slug == "api" {
			key = db.Key(j.ID)
			o.Incomplete, o.Warnings = []string{"a.txt: rule SLOW took longer", "b.txt: it broke off"}, []string{"soteri-security.yml:3: what"}
		}
		require.NoError(t, s.store.Findings.Finish(t.Context(), j, o))
	}
	reasons := []any{"a.txt: rule SLOW took longer", "b.txt: it broke off"}
	get := func(path string) map[string]any {
		t.Helper()
		a := s.call("admin", http.MethodGet, path)
		require.Equal(t, http.StatusOK, a.status, a.text)
		return a.json(t)
	}
	branch := get("/status/projects/PAY/repos/api/branches")["values"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"PARTIALLY_SCANNED", "INCOMPLETE", "Scanned In Part", true, reasons, []any{"soteri-security.yml:3: what"}},
		[]any{branch["status"], branch["scanStatus"], branch["scanStatusText"], branch["incomplete"], branch["incompleteReasons"], branch["warnings"]})
	repository := get("/status/projects/PAY/repos/api")
	require.Equal(t, []any{"PARTIALLY_SCANNED", 1.0, 1.0}, []any{repository["status"], repository["counts"].(map[string]any)["partiallyScanned"], repository["branchCount"]})
	project := get("/status/projects/PAY")
	require.Equal(t, []any{"PARTIALLY_SCANNED", 1.0, 1.0}, []any{project["status"], project["counts"].(map[string]any)["partiallyScanned"], project["counts"].(map[string]any)["secure"]})
	for _, query := range []string{"", "?scanKey=" + key} {
		result := get("/scan/PAY/repos/api" + query)
		require.Equal(t, []any{true, false, reasons}, []any{result["actual"], result["complete"], result["incompleteReasons"]})
	}
	require.Equal(t, true, get("/scan/PAY/repos/web")["complete"])
	require.Equal(t, reasons, get("/scans/" + key)["incompleteReasons"])
	for _, path := range []string{"/export-report/projects/PAY", "/export-report/projects/PAY/repos/api", "/export-report/PAY/repos/api"} {
		report := s.call("admin", http.MethodGet, path).text
		require.Contains(t, report, "INCOMPLETE_SCAN,,The scan did not look at everything")
		require.Contains(t, report, "a.txt: rule SLOW took longer; b.txt: it broke off")
	}
	require.NotContains(t, s.call("admin", http.MethodGet, "/export-report/PAY/repos/web").text, "INCOMPLETE")
	points := get("/trends?projectKey=PAY&repoSlug=api")
	require.Contains(t, s.call("admin", http.MethodGet, "/trends?projectKey=PAY").text, `"partiallyScanned":1`, points)

	// It is not up to date: on request it is scanned again.
	require.Equal(t, true, s.call("admin", http.MethodPost, "/scan/PAY/repos/api").json(t)["scheduled"])
	require.Equal(t, false, s.call("admin", http.MethodPost, "/scan/PAY/repos/web").json(t)["scheduled"])
}
