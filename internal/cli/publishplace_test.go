package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func TestPublishFindsTheFileWhereverTheToolRan(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("src/app.py", "a\nb\nc\n", "service-a/src/main.py", "a\nb\n")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(r.dir, link))
	real, err := filepath.EvalSymlinks(r.dir)
	require.NoError(t, err)
	for name, c := range map[string]struct{ clone, uri, want string }{
		"the clone":                     {r.dir, r.dir + "/src/app.py", "src/app.py"},
		"a link to the clone":           {r.dir, link + "/src/app.py", "src/app.py"},
		"a clone that is named by link": {link, link + "/src/app.py", "src/app.py"},
		"its real path":                 {link, real + "/src/app.py", "src/app.py"},
		"generated, by link":            {link, link + "/dist/out.js", "dist/out.js"},
		"a folder of the clone":         {filepath.Join(r.dir, "service-a"), "src/main.py", "service-a/src/main.py"},
		"the clone from a folder":       {filepath.Join(r.dir, "service-a"), r.dir + "/src/app.py", "src/app.py"},
		"a mount":                       {r.dir, "/src/service-a/src/main.py", "service-a/src/main.py"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New()
			got := inProcess(t, append(pipeline(r, proxy(t, server), commit), "BITBUCKET_CLONE_DIR="+c.clone), "publish", sarifFile(t, "Lint", results(sarifResult("R1", c.uri, 2, ""))))
			annotations := server.Annotations(commit, "sluice-lint")
			require.Len(t, annotations, 1, got.stderr)
			require.Equal(t, c.want, annotations[0].Path, got.stdout)
			require.Equal(t, 2, annotations[0].Line)
		})
	}
	server := fakebitbucket.New()
	got := inProcess(t, pipeline(r, proxy(t, server), commit), "publish", sarifFile(t, "Lint", `"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/app.py"},"region":{"charOffset":4,"charLength":1}}}]}]`))
	require.Equal(t, 3, server.Annotations(commit, "sluice-lint")[0].Line, got.stdout)
}
