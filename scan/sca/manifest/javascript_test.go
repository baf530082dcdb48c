package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBun(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"package.json":         `{"dependencies": {"left": "^1.0.0"}, "devDependencies": {"other": "npm:real@2"}}`,
		"parts/a/package.json": `{"name": "@shop/a", "dependencies": {"left": "^0.9.0"}}`,
		"bun.lock": `{
  // written by a tool
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "shop", "dependencies": { "left": "^1.0.0" }, "devDependencies": { "other": "npm:real@2", }, },
    "parts/a": { "name": "@shop/a", "dependencies": { "left": "^0.9.0" } },
  },
  "packages": {
    "@shop/a": ["@shop/a@workspace:parts/a"],

    "@shop/a/left": ["left@0.9.5", "", {}, "sha512-AAAA"],

    "deep": ["deep@3.1.0", "", { "bin": { "deep": "cli.js" } }, "sha512-AAAA"],

    "fork": ["fork@github:owner/fork#0123456", {}, "owner-fork-0123456"],

    "left": ["left@1.2.3", "https://npm.example.org/left/-/left-1.2.3.tgz", { "dependencies": { "deep": "^3" } }, "sha512-AAAA"],

    "other": ["real@2.0.5", "", { "dependencies": { "deep": "^2", "fork": "owner/fork" } }, "sha512-AAAA"],

    "other/deep": ["deep@2.0.0", "", {}, "sha512-AAAA"],
  },
}
`})
	require.Equal(t, `bun.lock:11 left 0.9.5 direct at parts/a/package.json:1
bun.lock:13 deep 3.1.0 transitive via left
bun.lock:15 fork  transitive dev git via real
bun.lock:17 left 1.2.3 direct at package.json:1
bun.lock:19 real 2.0.5 direct dev at package.json:1
bun.lock:21 deep 2.0.0 transitive dev via real
`, listed(packages))
	require.Equal(t, "sha512:000000", packages[1].Hash)
}

func TestDeno(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"2/deno.lock": `{"version": "2", "remote": {"https://example.org/x.ts": "abc"}, "npm": {
"specifiers": {"left@1": "left@1.2.3"}, "packages": {
"left@1.2.3": {"integrity": "sha512-AAAA", "dependencies": {"other": "deep@3.1.0"}},
"deep@3.1.0": {"integrity": "sha512-AAAA", "dependencies": {}}}}}`,
		"3/deno.lock": `{"version": "3", "packages": {"specifiers": {"npm:left@1": "npm:left@1.2.3_peer@1.0.0", "jsr:@std/path@^1": "jsr:@std/path@1.0.2",
"jsr:@std/inner@^1": "jsr:@std/inner@1.0.0"}, "jsr": {
"@std/path@1.0.2": {"integrity": "0123456789012345678901234567890123456789012345678901234567890123", "dependencies": ["jsr:@std/inner@^1"]},
"@std/inner@1.0.0": {"integrity": "x"}}, "npm": {
"left@1.2.3_peer@1.0.0": {"dependencies": {}}}}}`,
		"5/deno.lock": `{"version": "5", "specifiers": {"npm:left@1": "1.2.3", "npm:tool@*": "4.0.0"}, "npm": {
"left@1.2.3": {"dependencies": ["deep", "alias@npm:twice@1.0.0"]},
"deep@3.1.0": {"optionalDependencies": ["twice@2.0.0"]},
"tool@4.0.0": {},
"twice@1.0.0": {}, "twice@2.0.0": {}},
"workspace": {"dependencies": ["npm:left@1"], "packageJson": {"dependencies": ["npm:tool@*"]}}}`,
		"4/deno.lock": `{"version": "4", "specifiers": {"jsr:@std/fs@^1": "1.0.23", "jsr:@std/path@^1.1": "1.1.4", "npm:@scope/ui@^2": "2.9.0_left@1.2.3"}, "jsr": {
"@std/fs@1.0.23": {"dependencies": ["jsr:@std/path"]},
"@std/path@1.1.4": {"integrity": "x"}}, "npm": {
"@scope/ui@2.9.0_left@1.2.3": {"dependencies": ["left", "@std/jsonc@npm:@jsr/std__jsonc@1.0.2"]},
"left@1.2.3": {},
"@jsr/std__jsonc@1.0.2": {}}}`,
		"5/package.json": `{"dependencies": {"left": "1"}, "devDependencies": {"tool": "*"}}`,
		"3/deno.jsonc": `{ // imports
  "imports": { "other-left": "npm:left@1",
    "@std/path": "jsr:/@std/path@^1/posix", "x": "./x.ts", "y": "https://example.org/y.ts" } }`,
		"exact/deno.json": `{"imports": {"e": "npm:@scope/exact@1.2.3"}}`,
	})
	require.Equal(t, `2/deno.lock:3 left 1.2.3 direct
2/deno.lock:4 deep 3.1.0 transitive via left
3/deno.lock:3 @std/path 1.0.2 direct at 3/deno.jsonc:3
3/deno.lock:4 @std/inner 1.0.0 transitive via @std/path
3/deno.lock:5 left 1.2.3 direct at 3/deno.jsonc:2
4/deno.lock:2 @std/fs 1.0.23 direct
4/deno.lock:3 @std/path 1.1.4 transitive via @std/fs
4/deno.lock:4 @scope/ui 2.9.0 direct
4/deno.lock:5 left 1.2.3 transitive via @scope/ui
4/deno.lock:6 @jsr/std__jsonc 1.0.2 transitive via @scope/ui
5/deno.lock:2 left 1.2.3 direct at 5/package.json:1
5/deno.lock:3 deep 3.1.0 transitive via left
5/deno.lock:4 tool 4.0.0 direct dev at 5/package.json:1
5/deno.lock:5 twice 1.0.0 transitive via left
5/deno.lock:5 twice 2.0.0 transitive via left
exact/deno.json:1 @scope/exact 1.2.3 direct
`, listed(packages))
	require.Equal(t, "JSR", string(packages[2].Ecosystem))
	require.Equal(t, "sha256:0123456789012345678901234567890123456789012345678901234567890123", packages[2].Hash)
}

// Version 1 has the address of a package in place of its version.
func TestPackageLock1Addresses(t *testing.T) {
	t.Parallel()
	require.Equal(t, `npm-shrinkwrap.json:2 real 1.0.0 dev
npm-shrinkwrap.json:3 nested 2.0.0
npm-shrinkwrap.json:4 fork  git
npm-shrinkwrap.json:5 archive  address
npm-shrinkwrap.json:6 @scope/hosted 1.2.3-rc.1
npm-shrinkwrap.json:7 vendored  address
npm-shrinkwrap.json:9 bundled 1.0.0
`, listed(tree(t, map[string]string{"npm-shrinkwrap.json": `{"lockfileVersion": 1, "dependencies": {
"alias": {"version": "npm:real@1.0.0", "dev": true, "dependencies": {
  "nested": {"version": "2.0.0"}}},
"fork": {"version": "git+https://git.example.org/fork.git#0123456", "from": "fork@git+https://git.example.org/fork.git"},
"archive": {"version": "https://example.org/archive.tgz"},
"@scope/hosted": {"version": "https://npm.example.org/@scope/hosted/-/hosted-1.2.3-rc.1.tgz"},
"vendored": {"version": "file:vendor/vendored.tgz"},
"local": {"version": "file:local"},
"bundled": {"version": "1.0.0", "bundled": true}
}}`})))
}

// Without other information, the packages in a package's folder are its dependencies.
func TestPackageLockOfOldNPM(t *testing.T) {
	t.Parallel()
	require.Equal(t, `npm-shrinkwrap.json:2 left 1.2.3 direct at package.json:1
npm-shrinkwrap.json:3 deep 3.1.0 transitive via left
npm-shrinkwrap.json:4 deeper 1.0.0 transitive via left
`, listed(tree(t, map[string]string{
		"package.json": `{"dependencies": {"left": "^1"}}`,
		"npm-shrinkwrap.json": `{"name": "shop", "dependencies": {
"left": {"version": "1.2.3", "from": "left@^1", "dependencies": {
  "deep": {"version": "3.1.0", "dependencies": {
    "deeper": {"version": "1.0.0"}}}}}}}`,
	})))
}

// The old tree is a repetition and not read; a part of the project contains other packages; archives in the tree are
// packages of others, folders are not.
func TestPackageLock2Oddities(t *testing.T) {
	t.Parallel()
	require.Equal(t, `package-lock.json:4 fromregistry 1.0.0 direct
package-lock.json:5 vendored 1.0.0 direct address
package-lock.json:6 @owner/hosted 3.0.0 direct
package-lock.json:7 inbundle 1.0.0 transitive
package-lock.json:8 maybe 1.0.0 transitive via fromregistry
package-lock.json:10 inner 1.0.0 direct at parts/a/package.json:1
package-lock.json:11 inner 2.0.0 transitive via @owner/hosted
`, listed(tree(t, map[string]string{
		"parts/a/package.json": `{"dependencies": {"inner": "^1"}}`,
		"package-lock.json": "\xef\xbb\xbf" + `{"lockfileVersion": 2, "packages": {
"": {"dependencies": {"fromregistry": "1", "vendored": "file:v/vendored.tgz", "a": "*", "@owner/hosted": "3"}},
"node_modules/a": {"resolved": "parts/a", "link": true},
"node_modules/fromregistry": {"version": "1.0.0", "license": {"type": "MIT"}, "optionalDependencies": {"maybe": "1"}},
"node_modules/vendored": {"version": "1.0.0", "resolved": "https://example.org/any.tgz"},
"node_modules/@owner/hosted": {"version": "3.0.0", "resolved": "https://npm.example.org/download/@owner/hosted/3.0.0/abc", "peerDependencies": {"inner": "2"}},
"node_modules/fromregistry/node_modules/inbundle": {"version": "1.0.0", "inBundle": true},
"node_modules/maybe": {"version": "1.0.0", "resolved": "https://npm.example.org/any/maybe-1.0.0.tgz", "devOptional": true, "optional": true},
"parts/a": {"dependencies": {"inner": "^1"}},
"parts/a/node_modules/inner": {"version": "1.0.0"},
"node_modules/inner": {"version": "2.0.0"}
}, "dependencies": {"fromregistry": {"version": "1.0.0"}}}`})))
}
