package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPnpm9(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"package.json": `{"dependencies": {"left": "^1.0.0", "other": "npm:real@2.0.5"},
"devDependencies": {"ui": "catalog:"}}`,
		"parts/a/package.json": `{"dependencies": {"left": "~1.1.0", "part-b": "workspace:*"}}`,
		"pnpm-lock.yaml": `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      left:
        specifier: ^1.0.0
        version: 1.2.3
      other:
        specifier: npm:real@2.0.5
        version: real@2.0.5
    devDependencies:
      ui:
        specifier: 'catalog:'
        version: 3.0.0(left@1.2.3)

  parts/a:
    dependencies:
      left:
        specifier: ~1.1.0
        version: 1.1.9
      part-b:
        specifier: workspace:*
        version: link:../b

packages:

  '@scope/deep@3.1.0':
    resolution: {integrity: sha512-AAAA}
    engines: {node: '>=6'}

  fork@https://codeload.github.com/owner/fork/tar.gz/abc:
    resolution: {tarball: https://codeload.github.com/owner/fork/tar.gz/abc}
    version: 0.9.0

  left@1.1.9:
    resolution:
      {
        integrity: sha512-AAAA,
      }
    deprecated: |-
      a text: of
      several lines

  left@1.2.3:
    resolution: {integrity: sha512-AAAA}

  local@file:local:
    resolution: {directory: local, type: directory}

  real@2.0.5:
    resolution: {integrity: sha512-AAAA}

  ui@3.0.0:
    resolution: {integrity: sha512-AAAA}
    peerDependencies:
      left: '*'

snapshots:

  '@scope/deep@3.1.0': {}

  fork@https://codeload.github.com/owner/fork/tar.gz/abc: {}

  left@1.1.9: {}

  left@1.2.3:
    dependencies:
      '@scope/deep': 3.1.0
    optional: true

  real@2.0.5: {}

  ui@3.0.0(left@1.2.3):
    dependencies:
      fork: https://codeload.github.com/owner/fork/tar.gz/abc
      left: 1.2.3
`})
	require.Equal(t, `pnpm-lock.yaml:32 @scope/deep 3.1.0 transitive via left
pnpm-lock.yaml:36 fork 0.9.0 transitive dev git via ui
pnpm-lock.yaml:40 left 1.1.9 direct at parts/a/package.json:1
pnpm-lock.yaml:49 left 1.2.3 direct at package.json:1
pnpm-lock.yaml:55 real 2.0.5 direct at package.json:1
pnpm-lock.yaml:58 ui 3.0.0 direct dev at package.json:2
`, listed(packages))
	for _, at := range []int{0, 2, 3} {
		require.Equal(t, "sha512:000000", packages[at].Hash)
	}
}

func TestPnpm5And6(t *testing.T) {
	t.Parallel()
	require.Equal(t, `5/pnpm-lock.yaml:14 @scope/deep 3.1.0 transitive via left
5/pnpm-lock.yaml:18 left 1.2.3 direct
5/pnpm-lock.yaml:25 ui 3.0.0 direct dev
5/pnpm-lock.yaml:31 fork 1.0.0 transitive dev git via ui
5/pnpm-lock.yaml:37 hosted 4.0.0 transitive dev via ui
6/pnpm-lock.yaml:17 @scope/deep 3.1.0 transitive via left
6/pnpm-lock.yaml:20 left 1.2.3 direct
6/pnpm-lock.yaml:24 ui 3.0.0 direct dev
`, listed(tree(t, map[string]string{
		"5/pnpm-lock.yaml": `lockfileVersion: 5.4

specifiers:
  left: ^1.0.0
  ui: ^3.0.0

dependencies:
  left: 1.2.3
devDependencies:
  ui: 3.0.0_left@1.2.3

packages:

  /@scope/deep/3.1.0:
    resolution: {integrity: sha512-AAAA}
    dev: false

  /left/1.2.3:
    resolution: {integrity: sha512-AAAA}
    dependencies:
      '@scope/deep': 3.1.0
    dev: false

  # a comment
  /ui/3.0.0_left@1.2.3:
    dependencies:
      fork: github.com/owner/fork/0123456
      hosted: npm.example.org/hosted/4.0.0
    dev: true

  github.com/owner/fork/0123456:
    resolution: {tarball: https://codeload.github.com/owner/fork/tar.gz/0123456}
    name: fork
    version: 1.0.0
    dev: true

  npm.example.org/hosted/4.0.0:
    resolution: {integrity: sha512-AAAA, registry: https://npm.example.org/, tarball: https://npm.example.org/hosted/-/hosted-4.0.0.tgz}
    dev: true

  file:local:
    resolution: {directory: local, type: directory}
    name: local
`,
		"6/pnpm-lock.yaml": `lockfileVersion: '6.0'

dependencies:
  left:
    specifier: ^1.0.0
    version: 1.2.3
  linked:
    specifier: link:../x
    version: link:../x
devDependencies:
  ui:
    specifier: ^3.0.0
    version: 3.0.0(left@1.2.3)(@scope/deep@3.1.0)

packages:

  /@scope/deep@3.1.0:
    resolution: {integrity: sha512-AAAA}

  /left@1.2.3:
    dependencies:
      '@scope/deep': 3.1.0

  ? /ui@3.0.0(left@1.2.3)(@scope/deep@3.1.0)
  : resolution: {integrity: sha512-AAAA}
    dependencies:
      left: 1.2.3
`})))
}
