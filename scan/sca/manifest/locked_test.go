package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A lock file determines the packages that it contains. The tool installs the manifest's pin for a package that it does
// not contain.
func TestPinsThatTheLockDoesNotHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"another version": {map[string]string{
			"package.json": `{"dependencies": {"left": "1.0.0"}}`, "package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.1"}}}`,
		}, "package-lock.json:1 left 1.0.1 direct at package.json:1\npackage.json:1 left 1.0.0 direct\n"},
		"overridden": {map[string]string{
			"package.json": `{"dependencies": {"left": "1.0.0"}, "pnpm": {"overrides": {"a>left@1": "1.0.1"}}}`, "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  left@1.0.1:\n    resolution: {}\nsnapshots:\n  left@1.0.1: {}\n",
		}, "pnpm-lock.yaml:3 left 1.0.1 transitive at package.json:1\n"},
		"overridden above": {map[string]string{
			"package.json": `{"resolutions": {"left": "1.0.1"}}`, "part/package.json": `{"dependencies": {"left": "1.0.0"}}`, "yarn.lock": "left@1.0.0:\n  version \"1.0.1\"\n",
		}, "yarn.lock:1 left 1.0.1 direct at package.json:1\n"},
		"a workspace of yarn": {map[string]string{
			"package.json": `{"workspaces": ["*"], "dependencies": {"part": "1.0.0"}}`, "part/package.json": `{"name": "part", "version": "1.0.0"}`, "yarn.lock": "left@^1:\n  version \"1.0.0\"\n",
		}, "yarn.lock:1 left 1.0.0 transitive\n"},
		"a package of that name, and no workspace": {map[string]string{
			"package.json": `{"dependencies": {"part": "1.0.0"}}`, "docs/package.json": `{"name": "part", "version": "1.0.0"}`, "yarn.lock": "left@^1:\n  version \"1.0.0\"\n",
		}, "package.json:1 part 1.0.0 direct\nyarn.lock:1 left 1.0.0 transitive\n"},
		"a workspace of pnpm": {map[string]string{
			"package.json": `{"dependencies": {"part": "1.0.0"}}`, "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      part:\n        specifier: 1.0.0\n        version: link:part\n",
		}, ""},
		"a member of uv": {map[string]string{
			"pyproject.toml": "[project]\ndependencies = [\"part==1.0\"]\n", "uv.lock": "[[package]]\nname = \"part\"\nversion = \"1.0\"\nsource = { editable = \"part\" }\n",
		}, ""},
		"spelled otherwise": {map[string]string{
			"pyproject.toml": "[project]\ndependencies = [\"Torch_X==2.5\"]\n", "uv.lock": "[[package]]\nname = \"torch-x\"\nversion = \"2.5.0+cpu\"\n",
		}, "uv.lock:2 torch-x 2.5.0+cpu direct at pyproject.toml:2\n"},
		"from a repository": {map[string]string{
			"package.json": `{"dependencies": {"left": "1.0.0"}}`, "package-lock.json": `{"packages": {"node_modules/left": {"version": "2.0.0", "resolved": "git+ssh://git@example.com/left.git#0"}}}`,
		}, "package-lock.json:1 left 2.0.0 direct git at package.json:1\n"},
		"a version that gives way": {map[string]string{
			"a.csproj": `<Project><ItemGroup><PackageReference Include="X" Version="1.0.0"/></ItemGroup></Project>`, "packages.lock.json": `{"dependencies": {"net8.0": {"X": {"type": "Direct", "resolved": "1.5.0"}}}}`,
		}, "packages.lock.json:1 X 1.5.0 direct at a.csproj:1\n"},
		"a part of PHP that stands in": {map[string]string{
			"composer.json": `{"require": {"a/part": "1.0.0"}}`, "composer.lock": `{"packages": [{"name": "a/all", "version": "1.0.0", "replace": {"a/part": "self.version"}}]}`,
		}, "composer.lock:1 a/all 1.0.0 direct\n"},
		"a shrinkwrap that lacks something": {map[string]string{
			"package.json":        `{"dependencies": {"left": "^1", "right": "^1"}}`,
			"package-lock.json":   `{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.1"}}}`,
			"npm-shrinkwrap.json": `{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.2"}}}`,
		}, "npm-shrinkwrap.json:1 left 1.0.2 direct at package.json:1\npackage-lock.json:1 left 1.0.1 direct at package.json:1\n"},
		"a shrinkwrap that has all": {map[string]string{
			"package.json":        `{"dependencies": {"left": "^1"}, "devDependencies": {"right": "^1"}}`,
			"package-lock.json":   `{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.1"}}}`,
			"npm-shrinkwrap.json": `{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.2"}}}`,
		}, "npm-shrinkwrap.json:1 left 1.0.2 direct at package.json:1\n"},
	} {
		require.Equal(t, c.want, listed(tree(t, c.files)), name)
	}
}
