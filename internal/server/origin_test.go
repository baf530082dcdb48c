package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// Results and reports contain the origin of a line if it is known.
func TestAuthorsOfLines(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.call("writer", http.MethodPost, scanPath)
	j := s.work()
	require.NoError(t, s.store.Findings.Finish(t.Context(), j, &findings.Outcome{
		State: queue.Succeeded, Commit: "1", Findings: []scan.Finding{at("PASSWORD", "a.env", 1, plainLine, canary), at("PASSWORD", "a.env", 2, plainLine, canary)},
		Origins: map[int]findings.Origin{1: {Commit: "c0ffee", Author: "=Grace", Email: "grace@example.com", At: time.UnixMilli(1_700_000_000_000)}}, Hash: func(string) string { return "h" },
	}))
	got := lines(t, s.call("reader", http.MethodGet, scanPath))
	require.Equal(t, []any{nil, nil, nil, nil, "1"}, []any{got[0]["author"], got[0]["authorEmail"], got[0]["originCommit"], got[0]["originDate"], got[0]["commit"]})
	require.Equal(t, []any{"=Grace", "grace@example.com", "c0ffee", "2023-11-14T22:13:20.000Z", "1"}, []any{got[1]["author"], got[1]["authorEmail"], got[1]["originCommit"], got[1]["originDate"], got[1]["commit"]})
	rows := s.report("writer", "/export-report/projects/PAY/repos/api")
	require.Equal(t, []string{"1", "", ""}, []string{rows[0]["commit"], rows[0]["author"], rows[0]["author_email"]})
	require.Equal(t, []string{"c0ffee", "'=Grace", "grace@example.com", "2023-11-14T22:13:20.000Z"}, []string{rows[1]["commit"], rows[1]["author"], rows[1]["author_email"], rows[1]["commit_date"]})
}
