package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// TestTheWayOfDataIsTold by each answer that has the finding, and masked in all of them.
func TestTheWayOfDataIsTold(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	injection := scan.Finding{
		Engine: "code", RuleID: "PYTHON_SQL_INJECTION", Title: "SQL", Severity: scan.SeverityHigh, Fingerprint: "way", Path: "=app/orders.py", Occurrence: 1, Excerpt: "cursor.execute(query)",
		Position: scan.Position{StartLine: 9, StartColumn: 5, EndLine: 9, EndColumn: 26},
	}
	injection.Flow = []scan.Step{
		{Path: "=app/web.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 3, StartColumn: 8, EndLine: 3, EndColumn: 20}, Text: `name = request.args["name"], "••••••••"`},
		{Path: "=app/orders.py", Kind: scan.StepOn, Position: scan.Position{StartLine: 8, StartColumn: 13, EndLine: 8, EndColumn: 30}, Text: `query = "select " + name`},
		{Path: "=app/orders.py", Kind: scan.StepSink, Position: injection.Position, Text: injection.Excerpt},
	}
	s.scanAll(injection, at("PASSWORD", "b.env", 9, plainLine, canary))

	want := []any{
		map[string]any{"kind": "source", "path": "=app/web.py", "line": 3.0, "column": 8.0, "endLine": 3.0, "endColumn": 20.0, "textMasked": `name = request.args["name"], "••••••••"`},
		map[string]any{"kind": "step", "path": "=app/orders.py", "line": 8.0, "column": 13.0, "endLine": 8.0, "endColumn": 30.0, "textMasked": `query = "select " + name`},
		map[string]any{"kind": "sink", "path": "=app/orders.py", "line": 9.0, "column": 5.0, "endLine": 9.0, "endColumn": 26.0, "textMasked": "cursor.execute(query)"},
	}
	for _, as := range []string{"reader", "writer", "admin"} {
		for _, v := range s.call(as, http.MethodGet, "/findings").json(t)["values"].([]any) {
			f := v.(map[string]any)
			if f["engine"] != "code" {
				require.NotContains(t, f, "flow", as)
				continue
			}
			require.Equal(t, want, f["flow"], as)
			require.Equal(t, want, s.call(as, http.MethodGet, "/findings/"+f["id"].(string)).json(t)["flow"], as)
		}
		found := lines(t, s.call(as, http.MethodGet, "/scan/PAY/repos/api?engine=all"))
		require.Len(t, found, 2)
		for _, line := range found {
			if line["engine"] == "code" {
				require.Equal(t, want, line["flow"], as)
			} else {
				require.NotContains(t, line, "flow", as)
			}
		}
	}
	for _, row := range s.report("writer", "/export-report/PAY/repos/api") {
		if row["engine"] == "code" {
			require.Equal(t, "'=app/web.py:3 -> =app/orders.py:8 -> =app/orders.py:9", row["flow"], "no formula")
		} else {
			require.Empty(t, row["flow"])
		}
	}
}
