package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

const poetryLock = `[[package]]
name = "flask"
version = "2.0.1"
groups = ["main"]
files = [
    {file = "flask-2.0.1.tar.gz", hash = "sha256:1c4c257b1892aec1398784c63791cbaa43062f1f7aeb555c4da961b20ee68f55"},
]

[package.dependencies]
Werkzeug = ">=2.0"
importlib-metadata = {version = ">=3.6", markers = "python_version < \"3.10\""}

[[package]]
name = "importlib_metadata"
version = "4.0.0"

[[package]]
name = "pytest"
version = "7.0.0"

[package.dependencies]
iniconfig = "*"

[[package]]
name = "iniconfig"
version = "1.0.0"

[[package]]
name = "werkzeug"
version = "2.0.2"

[[package]]
name = "forked"
version = "1.0"
[package.source]
type = "git"
url = "https://git.example.org/forked.git"

[[package]]
name = "part"
version = "0.1.0"
[package.source]
type = "directory"
url = "part"

[metadata.files]
werkzeug = [{file = "w.whl", hash = "sha256:aa2bb6fc8dee8d6c504c0ac1e7f5f7dc5810a9903e793b6f715a9f015bdadb9a"}]
`

func TestPoetry(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"poetry.lock": poetryLock,
		"pyproject.toml": `[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.9"
Flask = {version = "^2.0", extras = ["async"]}
forked = {git = "https://git.example.org/forked.git"}
part = {path = "part"}
[tool.poetry.group.test.dependencies]
pytest = "7.0.0"
[build-system]
requires = ["poetry-core==1.0.0"]
`}
	packages := tree(t, files)
	require.Equal(t, `poetry.lock:2 flask 2.0.1 direct at pyproject.toml:5
poetry.lock:14 importlib_metadata 4.0.0 transitive via flask
poetry.lock:18 pytest 7.0.0 direct dev at pyproject.toml:9
poetry.lock:25 iniconfig 1.0.0 transitive dev via pytest
poetry.lock:29 werkzeug 2.0.2 transitive via flask
poetry.lock:33 forked 1.0 direct git at pyproject.toml:6
pyproject.toml:11 poetry-core 1.0.0 direct dev
`, listed(packages))
	require.Equal(t, "sha256:1c4c257b1892aec1398784c63791cbaa43062f1f7aeb555c4da961b20ee68f55", packages[0].Hash)
	require.Equal(t, "sha256:aa2bb6fc8dee8d6c504c0ac1e7f5f7dc5810a9903e793b6f715a9f015bdadb9a", packages[4].Hash)
}

// Without a pyproject.toml, the lock file decides what is for development.
func TestPoetryAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, "poetry.lock:2 a 1 dev\npoetry.lock:6 b 1 dev\npoetry.lock:10 c 1\n", listed(tree(t, map[string]string{
		"poetry.lock": "[[package]]\nname = \"a\"\nversion = \"1\"\ncategory = \"dev\"\n[[package]]\nname = \"b\"\nversion = \"1\"\ngroups = [\"test\", \"docs\"]\n" +
			"[[package]]\nname = \"c\"\nversion = \"1\"\ngroups = [\"main\", \"docs\"]\n[metadata]\n",
	})))
}

func TestPyprojectAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, `pyproject.toml:3 a-b 1.2 direct
pyproject.toml:6 h 3 direct
pyproject.toml:8 i 1.0.post1 direct dev
pyproject.toml:10 k 1 direct dev
pyproject.toml:12 l 1 direct dev
pyproject.toml:14 m 2.1 direct
`, listed(tree(t, map[string]string{"pyproject.toml": `[project]
dependencies = [
  "a-b[x,y] == 1.2 ; python_version > '3'",
  "c>=1", "d==1.*", "e (>=1)", "f @ https://example.org/f.zip", "g",
]
optional-dependencies.http = ["h===3"]
[dependency-groups]
test = ["i==1.0.post1", {include-group = "other"}, "not a requirement"]
[tool.pdm.dev-dependencies]
lint = ["k==1"]
[tool.uv]
dev-dependencies = ["l==1"]
[tool.poetry.dependencies]
m = "2.1"
n = "^2.1"
o = "2.1 || 2.2"
`})))
}

func TestPDM(t *testing.T) {
	t.Parallel()
	require.Equal(t, `pdm.lock:2 requests 2.0 direct at pyproject.toml:1
pdm.lock:13 urllib3 1.26 transitive via requests
pdm.lock:17 pysocks 1.7 transitive via requests
pdm.lock:21 pytest 7.0 transitive dev
pdm.lock:25 forked 1.0 transitive git
`, listed(tree(t, map[string]string{
		"pyproject.toml": `project.dependencies = ["requests[socks]>=2"]`,
		"pdm.lock": `[[package]]
name = "requests"
version = "2.0"
groups = ["default"]
dependencies = ["urllib3<2,>=1.21; python_version > \"3\""]
[[package]]
name = "requests"
version = "2.0"
extras = ["socks"]
groups = ["default"]
dependencies = ["requests==2.0", "PySocks!=1.5.7,>=1.5.6"]
[[package]]
name = "urllib3"
version = "1.26"
groups = ["default"]
[[package]]
name = "pysocks"
version = "1.7"
groups = ["default"]
[[package]]
name = "pytest"
version = "7.0"
groups = ["test"]
[[package]]
name = "forked"
version = "1.0"
git = "https://git.example.org/forked.git"
revision = "0123456"
[[package]]
name = "part"
version = "1.0"
path = "./part"
[metadata]
lock_version = "4.4"
`})))
}

const uvLock = `version = 1
requires-python = ">=3.9"

[manifest]
members = ["shop"]

[[package]]
name = "click"
version = "8.1.0"
source = { registry = "https://registry.example.org/simple" }
sdist = { url = "https://registry.example.org/click.tar.gz", hash = "sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd", size = 1 }

[[package]]
name = "coverage"
version = "7.0"
source = { registry = "https://registry.example.org/simple" }
wheels = [
    { url = "https://registry.example.org/coverage.whl", hash = "sha256:aaa2bb6fc8dee8d6c504c0ac1e7f5f7dc5810a9903e793b6f715a9f015bdadb9" },
    { url = "https://registry.example.org/coverage2.whl", hash = "sha256:1234" },
]

[[package]]
name = "flask"
version = "3.0"
source = { registry = "https://registry.example.org/simple" }
dependencies = [
    { name = "click" },
    { name = "numpy", version = "1.26", source = { registry = "x" }, marker = "python_full_version < '3.10'" },
]

[[package]]
name = "numpy"
version = "1.26"
source = { registry = "https://registry.example.org/simple" }

[[package]]
name = "numpy"
version = "2.0"
source = { git = "https://git.example.org/numpy?rev=main#0123" }

[[package]]
name = "pytest"
version = "8.0"
source = { registry = "https://registry.example.org/simple" }
[package.optional-dependencies]
cov = [{ name = "coverage" }]

[[package]]
name = "shop"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "flask" }]
[package.dev-dependencies]
dev = [{ name = "pytest", extra = ["cov"] }]

[[package]]
name = "archive"
version = "1.0"
source = { path = "vendor/archive-1.0.whl" }
`

func TestUV(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"uv.lock":        uvLock,
		"pyproject.toml": "[project]\ndependencies = [\n  \"Flask>=3\"\n]\n[dependency-groups]\ndev = [\"pytest[cov]\"]\n",
	})
	require.Equal(t, `uv.lock:8 click 8.1.0 transitive via flask
uv.lock:14 coverage 7.0 transitive dev via pytest
uv.lock:23 flask 3.0 direct at pyproject.toml:3
uv.lock:32 numpy 1.26 transitive via flask
uv.lock:37 numpy 2.0 transitive git
uv.lock:42 pytest 8.0 direct dev at pyproject.toml:6
uv.lock:57 archive 1.0 transitive address
`, listed(packages))
	require.Equal(t, "sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd", packages[0].Hash)
	require.Equal(t, "sha256:aaa2bb6fc8dee8d6c504c0ac1e7f5f7dc5810a9903e793b6f715a9f015bdadb9", packages[1].Hash)
}

func TestPylock(t *testing.T) {
	t.Parallel()
	const lock = `lock-version = "1.0"
[[packages]]
name = "attrs"
version = "25.1.0"
dependencies = [{name = "cattrs"}]
wheels = [{name = "attrs.whl", hashes = {sha256 = "c75a69e28a550a7e93789579c22aa26b0f5b83b75dc4e08fe092980051e1090a"}}]
[[packages]]
name = "cattrs"
version = "24.1.2"
[[packages]]
name = "forked"
[packages.vcs]
type = "git"
url = "https://git.example.org/forked.git"
commit-id = "0123"
[[packages]]
name = "shop"
[packages.directory]
path = "."
[[packages]]
name = "zipped"
archive = {url = "https://example.org/zipped.zip", hashes = {sha512 = "01234567890123456789012345678901"}}
`
	packages := tree(t, map[string]string{"pylock.dev.toml": lock, "pyproject.toml": "project.dependencies = ['attrs']"})
	require.Equal(t, `pylock.dev.toml:3 attrs 25.1.0 direct at pyproject.toml:1
pylock.dev.toml:8 cattrs 24.1.2 transitive via attrs
pylock.dev.toml:11 forked  transitive git
pylock.dev.toml:21 zipped  transitive address
`, listed(packages))
	require.Equal(t, "sha256:c75a69e28a550a7e93789579c22aa26b0f5b83b75dc4e08fe092980051e1090a", packages[0].Hash)
	require.Equal(t, "sha512:01234567890123456789012345678901", packages[3].Hash)
	for name, want := range map[string]bool{"pylock.toml": true, "a/pylock.dev.toml": true, "pylock.a.b.toml": false, "pylock..toml": false, "pylock.lock": false} {
		_, ok := manifest.Kind(name)
		require.Equal(t, want, ok, name)
	}
}

func TestTOMLThatIsBroken(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cut":                "[[package]]\nname = \"a\"\nversion = \"1\n",
		"deep lists":         "[[package]]\nname = \"a\"\nb = [[[[[[[[",
		"a value as a table": "[[package]]\nname = \"a\"\n[package.name]\nb = 1\n",
	} {
		doc, err := manifest.Read("poetry.lock", []byte(text))
		require.ErrorContains(t, err, "line ", name)
		require.Len(t, doc.Entries, 1, name)
	}
	doc, err := manifest.Read("poetry.lock", []byte("\ufeff[[package]]\r\nname = 'a'\r\nversion = \"\"\"\r\n1\"\"\"\r\n[metadata]\r\n"))
	require.NoError(t, err)
	require.Equal(t, 2, doc.Entries[0].Package.Line)
	require.Equal(t, 23, doc.Entries[0].Package.Start)
	require.Equal(t, "1", doc.Entries[0].Package.Version)
}
