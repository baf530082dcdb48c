package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestComposer(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"composer.json": `{
  "require": { "php": ">=8.1", "ext-json": "*", "Acme/Web": "^2.0" },
  "require-dev": { "acme/test": "^1.0" }
}`,
		"composer.lock": `{
  "packages": [
    { "name": "acme/web", "version": "v2.1.0", "license": ["MIT", "GPL-2.0-only"],
      "dist": {"type": "zip", "shasum": "0123456789012345678901234567890123456789"},
      "require": { "php": ">=8", "acme/console": "^1", "acme/branch": "dev-main" } },
    { "name": "acme/all", "version": "1.5.0", "replace": { "acme/console": "self.version" } },
    { "name": "acme/branch", "version": "dev-main" },
    { "name": "acme/own", "version": "1.0.0", "dist": { "type": "path", "url": "../own" } }
  ],
  "packages-dev": [
    { "name": "acme/test", "version": "1.0.0", "license": [] }
  ],
  "aliases": []
}`,
		"loose/composer.json": `{"require": {"acme/exact": "1.2.3", "acme/range": "^1"}}`,
	})
	require.Equal(t, `composer.lock:3 acme/web v2.1.0 direct at composer.json:2
composer.lock:6 acme/all 1.5.0 transitive via acme/web
composer.lock:7 acme/branch  transitive git via acme/web
composer.lock:11 acme/test 1.0.0 direct dev at composer.json:3
loose/composer.json:1 acme/exact 1.2.3 direct
`, listed(packages))
	require.Equal(t, "MIT OR GPL-2.0-only", packages[0].License)
	require.Equal(t, "sha1:0123456789012345678901234567890123456789", packages[0].Hash)
}

func TestPipenv(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Pipfile.lock:4 requests 2.31.0 direct at Pipfile:7
Pipfile.lock:5 urllib3 2.0.0 transitive
Pipfile.lock:6 fork  direct git at Pipfile:8
Pipfile.lock:10 pytest 7.0.0 direct dev at Pipfile:13
Pipfile.lock:13 my-docs 1.0.0 direct at Pipfile:16
`, listed(tree(t, map[string]string{
		"Pipfile": "[[source]]\nurl = \"https://pypi.example.org/simple\"\nname = \"x\"\n\n[packages]\n# a comment\nRequests = {version = \">=2,<3\", extras = [\"a\"]} # why\n" +
			"fork = { git = \"https://git.example.org/fork.git\", ref = \"main\" }\nlocal = {path = \".\", editable = true}\n\n[dev-packages]\n\npytest = \"*\"\n\n" +
			"[docs]\n\"my.docs\" = '==1.0.0'\n\n[requires]\npython_version = \"3.11\"\n",
		"Pipfile.lock": `{
  "_meta": { "hash": { "sha256": "x" } },
  "default": {
    "requests": { "hashes": ["sha256:aa"], "version": "==2.31.0", "markers": "python_version >= '3.7'" },
    "urllib3": { "version": "==2.0.0" },
    "fork": { "git": "https://git.example.org/fork.git", "ref": "0123456" },
    "local": { "path": ".", "editable": true }
  },
  "develop": {
    "pytest": { "version": "==7.0.0" }
  },
  "docs": {
    "my-docs": { "version": "==1.0.0" }
  }
}`})))
}

func TestPipfileAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Pipfile:2 exact 1.2.3 direct
Pipfile:6 dotted 3.0 direct
Pipfile:7 table 2.0 direct dev
`, listed(tree(t, map[string]string{
		"Pipfile": "[packages]\r\nexact = \"==1.2.3\"\r\nrange = \"==1.*\"\r\nnested = {version = \"~=1.0\", markers = \"x == '1'\"}\r\nany = \"*\"\r\ndotted.version = \"==3.0\"\r\n[dev-packages.table]\r\nversion = \"==2.0\"\r\n",
	})))
}
