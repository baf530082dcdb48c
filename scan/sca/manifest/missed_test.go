package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// All spellings of an exact version are recognized.
func TestPinsInPython(t *testing.T) {
	t.Parallel()
	require.Equal(t, `requirements.txt:1 a 2.5.0 direct
requirements.txt:2 b 2.30 direct
requirements.txt:3 c  direct
requirements.txt:4 d  direct
requirements.txt:5 e 1.0 direct
requirements.txt:6 requests 2.30.0 direct
requirements.txt:7 k_l 1.9 direct
requirements.txt:8 m 1.0+cu118 direct
requirements.txt:9 n 1.2 direct
requirements.txt:10 o 3.1.post1 direct
requirements.txt:11 p 1.0 direct
requirements.txt:12 q  direct address
requirements.txt:13 r  direct git
`, listed(tree(t, map[string]string{"requirements.txt": `a == 2.5.0, != 2.4
b>=2.30,==2.30
c==1.0,==2.0
d==1.*,>=1.0
e (>0.9, ==1.0)
requests @ https://files.example.org/aa/requests-2.30.0-py3-none-any.whl#sha256=00
https://files.example.org/aa/k_l-1.9-py3-none-any.whl ; python_version > "3"
m @ https://files.example.org/m-1.0%2Bcu118-cp311-cp311-linux_x86_64.whl
https://files.example.org/n-1.2.tar.gz
./wheels/o-3.1.post1-py3-none-any.whl
p @ file:///wheels/p-1.0.zip
q @ https://git.example.org/group/q/archive/main.zip
r @ git+https://git.example.org/r@v1.0
./folder
`})))
	require.Equal(t, `pyproject.toml:2 builder 1.5 direct dev
pyproject.toml:7 left 1.0 direct
pyproject.toml:8 left 2.0 direct
pyproject.toml:10 right 3.0 direct
`, listed(tree(t, map[string]string{"pyproject.toml": `[build-system]
requires = ["builder==1.5", "setuptools>=61"]
[tool.poetry.dependencies]
python = "^3.8"
left = [
  {platform = "x",
   version = "1.0"},
  {version = "2.0", python = ">=3.9"},
  {version = "^3", python = ">=3.12"}, ]
right = {url = "https://files.example.org/right-3.0-py3-none-any.whl"}
`})))
}

// A constraint sets the version of a package that something asks for, and is not a package itself.
func TestConstraintsInstallNothing(t *testing.T) {
	t.Parallel()
	const constraints = "asked==1.0\nother==2.0\n"
	const want = "requirements.txt:2 asked 1.0 direct at constraints.txt:1\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"alone":              {map[string]string{"constraints.txt": constraints}, ""},
		"included":           {map[string]string{"constraints.txt": constraints, "requirements.txt": "-c constraints.txt\nasked\n"}, want},
		"given by hand":      {map[string]string{"constraints.txt": constraints, "requirements.txt": "\nasked>=0.5\n"}, want},
		"elsewhere":          {map[string]string{"docs/constraints.txt": constraints, "requirements.txt": "asked\n"}, "requirements.txt:1 asked  direct\n"},
		"for what it reads":  {map[string]string{"limits.in": constraints, "requirements.txt": "-c limits.in\n-r more.txt\n", "more.txt": "Asked\nown==3.0\n"}, "more.txt:1 Asked 1.0 direct at limits.in:1\nmore.txt:2 own 3.0 direct\n"},
		"overruled":          {map[string]string{"constraints.txt": constraints, "requirements.txt": "-c constraints.txt\nasked==1.1\n"}, "requirements.txt:2 asked 1.1 direct\n"},
		"a project's":        {map[string]string{"constraints.txt": constraints, "pyproject.toml": "[project]\ndependencies = [\n\"asked\"]\n"}, "pyproject.toml:3 asked 1.0 direct at constraints.txt:1\n"},
		"also a requirement": {map[string]string{"constraints.txt": constraints, "requirements.txt": "-r constraints.txt\n"}, "constraints.txt:1 asked 1.0\nconstraints.txt:2 other 2.0\n"},
		"the name of requirements": {map[string]string{"requirements.txt": "asked==1.0\n", "dev.txt": "", "requirements-dev.txt": "-c requirements.txt\nlinter==2.0\n"},
			"requirements-dev.txt:2 linter 2.0 direct dev\nrequirements.txt:1 asked 1.0 direct\n"},
		"that a tool resolved": {map[string]string{"constraints.txt": "deep==1.0\n    # via asked\nasked==1.0\n    # via -r requirements.in\nother==2.0\n", "requirements.txt": "asked\n"},
			"constraints.txt:1 deep 1.0 transitive\nrequirements.txt:1 asked 1.0 direct at constraints.txt:3\n"},
	} {
		require.Equal(t, c.want, listed(tree(t, c.files)), name)
	}
}

// The name of an archive contains the version, wherever the archive is.
func TestArchivesOfNPM(t *testing.T) {
	t.Parallel()
	require.Equal(t, `package.json:1 left 1.0.0 direct
package.json:2 @scope/right 2.0.0-rc.1 direct
package.json:3 near 3.0.0 direct
`, listed(tree(t, map[string]string{"package.json": `{"dependencies": {"left": "https://files.example.org/left/-/left-1.0.0.tgz",
"@scope/right": "https://files.example.org/right-2.0.0-rc.1.tgz?x=1",
"near": "file:vendor/near-3.0.0.tgz", "other": "file:vendor/another-1.0.0.tgz", "folder": "file:folder", "tag": "https://files.example.org/tag-next.tgz"}}`})))
	for name, text := range map[string]string{
		"package-lock.json":   `{"lockfileVersion": 3, "packages": {"node_modules/near": {"version": "3.0.0", "resolved": "file:vendor/near-3.0.0.tgz"}, "node_modules/odd": {"version": "3.0.0", "resolved": "file:vendor/archive.tgz"}}}`,
		"1/package-lock.json": `{"lockfileVersion": 1, "dependencies": {"near": {"version": "file:vendor/near-3.0.0.tgz"}, "odd": {"version": "file:vendor/archive.tgz"}}}`,
		"yarn.lock":           "\"near@file:vendor/near-3.0.0.tgz\":\n  version \"3.0.0\"\n  resolved \"file:vendor/near-3.0.0.tgz\"\n\"odd@file:vendor/archive.tgz\":\n  version \"3.0.0\"\n",
		"berry/yarn.lock":     "__metadata:\n  version: 8\n\"near@file:vendor/near-3.0.0.tgz::locator=x\":\n  version: 3.0.0\n  resolution: \"near@file:vendor/near-3.0.0.tgz#vendor/near-3.0.0.tgz::hash=1&locator=x\"\n\"odd@file:vendor/archive.tgz\":\n  version: 3.0.0\n  resolution: \"odd@file:vendor/archive.tgz\"\n",
		"pnpm-lock.yaml":      "lockfileVersion: '9.0'\npackages:\n  near@file:vendor/near-3.0.0.tgz:\n    resolution: {integrity: sha512-AAAA, tarball: file:vendor/near-3.0.0.tgz}\n    version: 3.0.0\n  odd@file:vendor/archive.tgz:\n    resolution: {tarball: file:vendor/archive.tgz}\n    version: 3.0.0\nsnapshots:\n  near@file:vendor/near-3.0.0.tgz: {}\n",
	} {
		matchable := 0
		for _, p := range tree(t, map[string]string{name: text}) {
			if p.Matchable() {
				matchable++
				require.Equal(t, "near 3.0.0", p.Name+" "+p.Version, name)
			}
		}
		require.Equal(t, 1, matchable, name)
	}
}

// Bundler's lock file has the version of a gem from a repository.
func TestGemsOfRepositories(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{"Gemfile.lock": "GIT\n  remote: https://git.example.org/near.git\n  revision: 0\n  specs:\n    near (1.0)\n\nGEM\n  specs:\n    far (2.0)\n\nDEPENDENCIES\n  near!\n"})
	require.Equal(t, "Gemfile.lock:5 near 1.0 direct git\nGemfile.lock:9 far 2.0 transitive\n", listed(packages))
	require.True(t, packages[0].Matchable())
}
