package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPackageLock3(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"web/package.json": `{
  "name": "shop",
  "dependencies": {
    "express": "^4.0.0",
    "aliased": "npm:real@1.0.0"
  },
  "devDependencies": {
    "jest": "29.0.0"
  }
}`,
		"web/package-lock.json": `{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "shop",
      "workspaces": ["packages/a"],
      "dependencies": { "express": "^4.0.0", "aliased": "npm:real@1.0.0" },
      "devDependencies": { "jest": "29.0.0" }
    },
    "node_modules/express": {
      "version": "4.17.1",
      "resolved": "https://registry.example.org/express/-/express-4.17.1.tgz",
      "license": "MIT",
      "dependencies": { "qs": "6.7.0" }
    },
    "node_modules/aliased": {
      "name": "real",
      "version": "1.0.0"
    },
    "node_modules/express/node_modules/qs": {
      "version": "6.7.0"
    },
    "node_modules/jest": {
      "version": "29.0.0", "dev": true,
      "dependencies": { "qs": "^6.0.0", "forked": "*" }
    },
    "node_modules/qs": {
      "version": "6.11.0", "dev": true
    },
    "node_modules/forked": {
      "version": "1.0.0", "dev": true,
      "resolved": "git+ssh://git@git.example.org/forked.git#0123456"
    },
    "node_modules/a": { "resolved": "packages/a", "link": true },
    "packages/a": { "version": "0.1.0", "dependencies": { "qs": "^6.0.0" } }
  }
}`})
	require.Equal(t, `web/package-lock.json:11 express 4.17.1 direct at web/package.json:4
web/package-lock.json:17 real 1.0.0 direct at web/package.json:5
web/package-lock.json:21 qs 6.7.0 transitive via express
web/package-lock.json:24 jest 29.0.0 direct dev at web/package.json:8
web/package-lock.json:28 qs 6.11.0 direct
web/package-lock.json:31 forked 1.0.0 transitive dev git via jest
`, listed(packages))
	require.Equal(t, "MIT", packages[0].License)
}

func TestPackageLock1(t *testing.T) {
	t.Parallel()
	require.Equal(t, `package-lock.json:4 a 1.0.0 direct at package.json:1
package-lock.json:8 b 2.0.0 transitive via a
package-lock.json:11 b 3.0.0 transitive
`, listed(tree(t, map[string]string{
		"package.json": `{"dependencies": {"a": "^1.0.0"}}`,
		"package-lock.json": `{
  "lockfileVersion": 1,
  "dependencies": {
    "a": {
      "version": "1.0.0",
      "requires": {"b": "^2.0.0"},
      "dependencies": {
        "b": {"version": "2.0.0"}
      }
    },
    "b": {
      "version": "3.0.0"
    }
  }
}`})))
}

// Exact pins of the manifest are known, the rest is not.
func TestAManifestWithoutALockFileStandsForItself(t *testing.T) {
	t.Parallel()
	require.Equal(t, "package.json:1 a 1.2.3 direct\npackage.json:1 c 2.0.0-rc.1 direct dev\n", listed(tree(t, map[string]string{
		"package.json": `{"dependencies": {"a": "1.2.3", "b": "^1.0.0", "d": "file:../d"}, "devDependencies": {"c": "=2.0.0-rc.1"}}`,
	})))
}

// npm does the same.
func TestAShrinkwrapGoesBeforeALock(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a/npm-shrinkwrap.json:1 x 2.0.0\nb/package-lock.json:1 x 1.0.0\n", listed(tree(t, map[string]string{
		"a/package-lock.json":   `{"packages": {"node_modules/x": {"version": "1.0.0"}}}`,
		"a/npm-shrinkwrap.json": `{"packages": {"node_modules/x": {"version": "2.0.0"}}}`,
		"b/package-lock.json":   `{"packages": {"node_modules/x": {"version": "1.0.0"}}}`,
	})))
}
