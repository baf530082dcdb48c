package reachability_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/reachability"
	"github.com/sluice-scan/sluice/scan"
)

// files writes files below a folder.
func files(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// about returns an advisory on one function of the standard library, in the format of Go's database.
func about(id, symbol string) string {
	return `{"schema_version":"1.3.1","id":"` + id + `","modified":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z","aliases":["CVE-` + id + `"],"affected":[{"package":{"name":"stdlib","ecosystem":"Go"},
"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],"ecosystem_specific":{"imports":[{"path":"strings","symbols":["` + symbol + `"]}]}}]}`
}

func finding(path, id string) scan.Finding {
	return scan.Finding{Message: "text.", Dependency: &scan.Dependency{IDs: []string{id}, Package: scan.Package{Ecosystem: scan.EcosystemGo, Name: "stdlib", Path: path}}}
}

// TestMark runs the real analysis with the real go command over a real module.
func TestMark(t *testing.T) {
	t.Parallel()
	db := files(t, map[string]string{
		"index/db.json":        `{"modified":"2026-01-01T00:00:00Z"}`,
		"index/modules.json":   `[{"path":"stdlib","vulns":[{"id":"GO-2026-0001","modified":"2026-01-01T00:00:00Z"},{"id":"GO-2026-0002","modified":"2026-01-01T00:00:00Z"}]}]`,
		"index/vulns.json":     `[{"id":"GO-2026-0001","modified":"2026-01-01T00:00:00Z"},{"id":"GO-2026-0002","modified":"2026-01-01T00:00:00Z"}]`,
		"ID/GO-2026-0001.json": about("GO-2026-0001", "ToUpper"), "ID/GO-2026-0002.json": about("GO-2026-0002", "ToLower"),
	})
	root := files(t, map[string]string{
		"app/go.mod":    "module example.com/app\n\ngo 1.26\n",
		"app/main.go":   "package main\n\nimport \"strings\"\n\nfunc main() { println(strings.ToUpper(\"a\")) }\n",
		"broken/go.mod": "module example.com/broken\n\ngo 1.26\n",
	})
	findings := []scan.Finding{
		finding("app/go.mod", "GO-2026-0001"), finding("app/go.mod", "CVE-GO-2026-0002"), finding("app/go.mod", "GHSA-unknown"), finding("broken/go.mod", "GO-2026-0001"),
		{Message: "a secret"},
	}
	notes := reachability.Mark(t.Context(), root, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOTOOLCHAIN=local"), "file://"+filepath.ToSlash(db), findings)
	require.Equal(t, scan.ImportedCalled, findings[0].Dependency.Imported)
	require.Equal(t, "text. The code here calls an affected function.", findings[0].Message)
	require.Equal(t, scan.ImportedNotCalled, findings[1].Dependency.Imported)
	require.Equal(t, scan.ImportedUnknown, findings[2].Dependency.Imported)
	require.Equal(t, scan.ImportedUnknown, findings[3].Dependency.Imported)
	require.Len(t, notes, 1, "a module that cannot be loaded is named")
	require.Contains(t, notes[0].Text, "broken/go.mod")
}
