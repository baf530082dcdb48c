package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The place of a package is the line that sets its version, in any kind of file.
func TestPlacesOfVersions(t *testing.T) {
	t.Parallel()
	lock := `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1.0.0"}},
"node_modules/a": {"version": "1.0.0"},
"node_modules/left": {"version": "1.0.1"},
"node_modules/a/node_modules/left": {"version": "2.0.0"}}}`
	pnpm := "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      left:\n        specifier: 'catalog:'\n        version: 1.0.1\n      right:\n        specifier: catalog:new\n        version: 2.0.0\npackages:\n  left@1.0.1: {}\n  right@2.0.0: {}\nsnapshots:\n  left@1.0.1: {}\n"
	catalogs := "packages: [a]\ncatalog:\n  left: 1.0.1\ncatalogs:\n  new:\n    'right': 2.0.0\n"
	asked := "{\"dependencies\": {\n\"left\": \"catalog:\",\n\"right\": \"catalog:new\"}}"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"overrides of npm": {map[string]string{"package-lock.json": lock, "package.json": "{\"dependencies\": {\"a\": \"1.0.0\"},\n\"overrides\": {\n\"left\": \"1.0.1\",\n\"a\": {\".\": \"1.0.0\",\n\"left@^2\": \"2.0.0\"}}}"},
			"package-lock.json:2 a 1.0.0 direct at package.json:4\npackage-lock.json:3 left 1.0.1 transitive at package.json:3\npackage-lock.json:4 left 2.0.0 transitive at package.json:5\n"},
		"resolutions of yarn": {map[string]string{"yarn.lock": "\"@x/left@^1\":\n  version \"1.0.1\"\nright@^1:\n  version \"1.0.0\"\n", "package.json": "{\n\"resolutions\": {\n\"**/@x/left\": \"1.0.1\", \"a/right\": \"1.5.0\"}}"},
			"yarn.lock:1 @x/left 1.0.1 at package.json:3\nyarn.lock:3 right 1.0.0\n"},
		"overrides of pnpm": {map[string]string{"pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  left@1.0.1: {}\nsnapshots:\n  left@1.0.1: {}\n", "package.json": "{\"pnpm\": {\n\"overrides\": {\n\"a@1>left@<1.0.1\": \"^1.0.1\"}}}"},
			"pnpm-lock.yaml:3 left 1.0.1 at package.json:3\n"},
		"overrides of a workspace": {map[string]string{"pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  left@1.0.1: {}\nsnapshots:\n  left@1.0.1: {}\n", "pnpm-workspace.yaml": "overrides:\n  a: 1\n  left: 1.0.1\n"},
			"pnpm-lock.yaml:3 left 1.0.1 at pnpm-workspace.yaml:3\n"},
		"the version of a direct one": {map[string]string{"package-lock.json": lock, "package.json": "{\"dependencies\": {\"a\": \"1.0.0\"},\n\"overrides\": {\"left\": \"$a\"}}"},
			"package-lock.json:2 a 1.0.0 direct at package.json:1\npackage-lock.json:3 left 1.0.1 transitive\npackage-lock.json:4 left 2.0.0 transitive\n"},
		"an override elsewhere": {map[string]string{"package-lock.json": lock, "docs/package.json": "{\"overrides\": {\"left\": \"1.0.1\"}}"},
			"package-lock.json:2 a 1.0.0 direct\npackage-lock.json:3 left 1.0.1 transitive\npackage-lock.json:4 left 2.0.0 transitive\n"},
		"catalogues": {map[string]string{"pnpm-lock.yaml": pnpm, "package.json": asked, "pnpm-workspace.yaml": catalogs},
			"pnpm-lock.yaml:12 left 1.0.1 direct at pnpm-workspace.yaml:3\npnpm-lock.yaml:13 right 2.0.0 direct at pnpm-workspace.yaml:6\n"},
		"catalogues without a lock": {map[string]string{"part/package.json": asked, ".yarnrc.yml": catalogs},
			"part/package.json:2 left 1.0.1 direct at .yarnrc.yml:3\npart/package.json:3 right 2.0.0 direct at .yarnrc.yml:6\n"},
		"catalogues of Bun": {map[string]string{"part/package.json": asked, "package.json": "{\"workspaces\": {\"packages\": [\"part\"],\n\"catalog\": {\n\"left\": \"1.0.1\"},\n\"catalogs\": {\"new\": {\"right\": \"2.0.0\"}}}}"},
			"part/package.json:2 left 1.0.1 direct at package.json:3\npart/package.json:3 right 2.0.0 direct at package.json:4\n"},
	} {
		require.Equal(t, c.want, listed(tree(t, c.files)), name)
	}
	packages := tree(t, map[string]string{"package-lock.json": lock, "package.json": `{"overrides": {"left": "1.0.1"}}`})
	require.Equal(t, []string{"", "overrides", ""}, []string{packages[0].PinnedBy, packages[1].PinnedBy, packages[2].PinnedBy})
	packages = tree(t, map[string]string{"constraints.txt": "left==1.0\n", "requirements.txt": "left\n"})
	require.Equal(t, "constraints", packages[0].PinnedBy)
}
