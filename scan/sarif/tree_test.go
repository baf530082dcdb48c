package sarif_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sarif"
)

// located reads a log with one result per place and returns the files, "" for none.
func located(t *testing.T, tree *sarif.Tree, roots []string, run string, uris ...string) (files []string, notes string) {
	t.Helper()
	var list []string
	for i, uri := range uris {
		list = append(list, fmt.Sprintf(`{"ruleId":"%04d","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{%s},"region":{"startLine":1}}}]}`, i, uri))
	}
	runs := read(t, `{"version":"2.1.0","runs":[{`+run+`"tool":{"driver":{"name":"T"}},"results":[`+strings.Join(list, ",")+`]}]}`,
		sarif.ReadOptions{Tree: tree, Root: roots[0], Roots: roots[1:]})
	files = make([]string, len(uris))
	for _, f := range runs[0].Result.Findings {
		var i int
		_, err := fmt.Sscan(f.RuleID, &i)
		require.NoError(t, err)
		files[i] = f.Path
	}
	for _, n := range runs[0].Result.Notes {
		notes += n.Code + ": " + n.Text + "\n"
	}
	return files, notes
}

func TestReadPlacesAsTheOneFileThatTheyMustBe(t *testing.T) {
	t.Parallel()
	tree := &sarif.Tree{
		Paths: []string{"Dockerfile", "package-lock.json", "src/app.py", "src/util.py", "service-a/src/main.py", "service-b/src/main.py", "service-b/src/only.py", "service-a/pom.xml", "web/src/index.js", "web/src/App.js"},
		Names: []string{"shop"},
	}
	roots := []string{"/opt/atlassian/pipelines/agent/build", "/private/build"}
	for name, c := range map[string]struct {
		run, uri, want string
		note           string
	}{
		"relative":                         {"", "src/app.py", "src/app.py", ""},
		"below the clone":                  {"", "file:///opt/atlassian/pipelines/agent/build/src/app.py", "src/app.py", ""},
		"below the clone's real path":      {"", "/private/build/src/app.py", "src/app.py", ""},
		"generated in the clone":           {"", "/private/build/dist/out.js", "dist/out.js", "import-absent"},
		"another clone":                    {"", "file:///builds/acme/shop/src/app.py", "src/app.py", ""},
		"a sub-project of another clone":   {"", "file:///builds/acme/shop/service-a/src/main.py", "service-a/src/main.py", ""},
		"from the root":                    {"", "/src/app.py", "src/app.py", ""},
		"from the root, at the top":        {"", "/Dockerfile", "Dockerfile", ""},
		"a mount":                          {"", "/mnt/src/app.py", "src/app.py", ""},
		"a mount, at the top":              {"", "/tf/plan/Dockerfile", "Dockerfile", ""},
		"a mount of a sub-project":         {"", "/mnt/src/only.py", "service-b/src/only.py", ""},
		"a mount of one of two":            {"", "/mnt/src/main.py", "", "import-ambiguous"},
		"up from an unknown folder":        {"", "../../src/app.py", "src/app.py", ""},
		"up to the root of the machine":    {"", "../../builds/acme/shop/src/app.py", "src/app.py", ""},
		"up, one of two":                   {"", "../src/main.py", "", "import-ambiguous"},
		"a sub-project's own":              {"", "src/only.py", "service-b/src/only.py", ""},
		"a sub-project's own, at its top":  {"", "pom.xml", "service-a/pom.xml", ""},
		"a sub-project's own, one of two":  {"", "src/main.py", "", "import-ambiguous"},
		"from the folder above":            {"", "shop/src/app.py", "src/app.py", ""},
		"from a folder above that is none": {"", "other/src/app.py", "other/src/app.py", "import-absent"},
		"a working directory":              {`"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///home/ci/w/"}}],`, "file:///home/ci/w/src/app.py", "src/app.py", ""},
		"below a working directory":        {`"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///home/ci/w/service-a"}}],`, "src/main.py", "service-a/src/main.py", ""},
		"up from a working directory":      {`"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///home/ci/w/service-a"}}],`, "../service-b/src/main.py", "service-b/src/main.py", ""},
		"a working directory of ours":      {`"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///private/build/web"}}],`, "src/index.js", "web/src/index.js", ""},
		"a base":                           {`"originalUriBaseIds":{"ROOT":{"uri":"file:///agent/7/s/service-a/"}},`, `src/main.py","uriBaseId":"ROOT`, "service-a/src/main.py", ""},
		"a base that is a sub-project":     {`"originalUriBaseIds":{"ROOT":{"uri":"file:///data/"}},`, `src/only.py","uriBaseId":"ROOT`, "service-b/src/only.py", ""},
		"a base, one of two":               {`"originalUriBaseIds":{"ROOT":{"uri":"file:///data/"}},`, `src/main.py","uriBaseId":"ROOT`, "", "import-ambiguous"},
		"a drive":                          {"", `C:\\agent\\_work\\1\\s\\src\\app.py`, "src/app.py", ""},
		"a drive as an address":            {"", `file:///D:/a/1/s/service-a/pom.xml`, "service-a/pom.xml", ""},
		"a share":                          {"", `\\\\server\\builds\\shop\\src\\app.py`, "src/app.py", ""},
		"a system's file":                  {"", "/usr/lib/python3/src/app.py", "", "import-outside"},
		"a package's file":                 {"", "/home/ci/.m2/src/app.py", "", "import-outside"},
		"a package in a folder":            {"", "/w/node_modules/x/web/src/index.js", "", "import-outside"},
		"a file of nobody":                 {"", "/home/ci/other/thing.c", "", "import-outside"},
		"a container's sources":            {"", "/usr/src/app/src/app.py", "src/app.py", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, notes := located(t, tree, roots, c.run, `"uri":"`+c.uri+`"`)
			require.Equal(t, c.want, files[0])
			if c.note == "" {
				require.Empty(t, notes)
			} else {
				require.Contains(t, notes, c.note)
			}
		})
	}
}

func TestReadPlacesOfOneRunTogether(t *testing.T) {
	t.Parallel()
	tree := &sarif.Tree{Paths: []string{"main.py", "src/main.py", "lib/b.py", "service-a/src/main.py", "service-a/lib/b.py", "service-b/src/main.py"}, Names: []string{"shop"}}
	none := []string{""}
	uris := func(list ...string) []string {
		for i := range list {
			list[i] = `"uri":"` + list[i] + `"`
		}
		return list
	}
	files, notes := located(t, tree, none, "", uris("/src/main.py")...)
	require.Equal(t, []string{""}, files, "a folder of the repository, or where it is mounted")
	require.Contains(t, notes, "/src/main.py may be src/main.py or main.py")
	files, _ = located(t, tree, none, "", uris("/src/main.py", "/src/lib/b.py")...)
	require.Equal(t, []string{"main.py", "lib/b.py"}, files, "the second place says that it is mounted there")
	files, _ = located(t, tree, none, "", uris("/ci/shop/src/main.py")...)
	require.Equal(t, []string{"src/main.py"}, files, "the folder is called like the repository")
	files, notes = located(t, tree, none, "", uris("../src/main.py", "../lib/b.py")...)
	require.Equal(t, []string{"", ""}, files, "both folders have both: "+notes)

	tree.Paths = []string{"src/main.py", "service-a/src/main.py", "service-a/src/b.py"}
	files, _ = located(t, tree, none, "", uris("src/main.py", "src/b.py")...)
	require.Equal(t, []string{"service-a/src/main.py", "service-a/src/b.py"}, files, "the tool ran in the one folder that has both")
	working := `"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///ci/x/service-a"}}],`
	files, _ = located(t, tree, none, working, uris("src/main.py")...)
	require.Equal(t, []string{"service-a/src/main.py"}, files, "it says that it ran there")
}
