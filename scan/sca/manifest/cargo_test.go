package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const cargoLock = `# generated
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "lib",
 "old_rand",
 "rand 0.8.5",
 "testkit",
]

[[package]]
name = "lib"
version = "0.1.0"
dependencies = ["cc", "forked"]

[[package]]
name = "cc"
version = "1.0.83"
source = "registry+https://registry.example.org/index"
checksum = "F1174FB0B6EC23863F8B971027804A42614E347EFFB0A95BF0B12CDAE21FC4D0"

[[package]]
name = "forked"
version = "0.3.0"
source = "git+https://git.example.org/forked?branch=main#0123456789"

[[package]]
name = "rand"
version = "0.7.3"
source = "registry+https://registry.example.org/index"

[[package]]
name = "rand"
version = "0.8.5"
source = "sparse+https://registry.example.org/"
dependencies = ["rand_core 0.6.4 (registry+https://registry.example.org/index)"]

[[package]]
name = "rand_core"
version = "0.6.4"
source = "registry+https://registry.example.org/index"

[[package]]
name = "testkit"
version = "2.0.0"
source = "registry+https://registry.example.org/index"
dependencies = ["rand 0.7.3"]

[metadata]
"checksum rand_core 0.6.4 (registry+https://registry.example.org/index)" = "ec0be4795e2f6a28069bec0b5ff3e2ac9bafc99e6a9a7dc3547996c5c816922c"
`

func TestCargo(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"Cargo.lock": cargoLock,
		"Cargo.toml": `[workspace]
members = ["app", "lib"]
[workspace.dependencies]
testkit = "2"
rand = { version = "0.8", features = [
  "std", # a comment
] }
`,
		"app/Cargo.toml": `[package]
name = "app"
[dependencies]
lib = { path = "../lib" }
rand.workspace = true
[dev-dependencies.testkit]
workspace = true
`,
		"lib/Cargo.toml": `[dependencies]
[target.'cfg(unix)'.dependencies]
renamed = { package = "forked", git = "https://git.example.org/forked" }
[build-dependencies]
cc = "=1.0.83"
`}
	packages := tree(t, files)
	require.Equal(t, `Cargo.lock:20 cc 1.0.83 direct dev at lib/Cargo.toml:5
Cargo.lock:26 forked 0.3.0 direct git at lib/Cargo.toml:3
Cargo.lock:31 rand 0.7.3 transitive dev via testkit
Cargo.lock:36 rand 0.8.5 direct at Cargo.toml:5
Cargo.lock:42 rand_core 0.6.4 transitive via rand
Cargo.lock:47 testkit 2.0.0 direct dev at Cargo.toml:4
`, listed(packages))
	require.Equal(t, "\"cc\"\n\"forked\"\n\"rand\"\n\"rand\"\n\"rand_core\"\n\"testkit\"\n", marked(files, packages))
	require.Equal(t, "sha256:f1174fb0b6ec23863f8b971027804a42614e347effb0a95bf0b12cdae21fc4d0", packages[0].Hash)
	require.Equal(t, "sha256:ec0be4795e2f6a28069bec0b5ff3e2ac9bafc99e6a9a7dc3547996c5c816922c", packages[4].Hash)
}

func TestCargoLockAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Cargo.lock:6 a 1.0.0 direct
Cargo.lock:11 b 1.0.0 transitive via a
`, listed(tree(t, map[string]string{
		"Cargo.lock": `[root]
name = "app"
version = "0.1.0"
dependencies = ["a 1.0.0 (registry+x)"]
[[package]]
name = "a"
version = "1.0.0"
source = "registry+x"
dependencies = ["b 1.0.0 (registry+x)"]
[[package]]
name = "b"
version = "1.0.0"
source = "registry+x"
`})))
}

func TestCargoTOMLAlone(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Cargo.toml:2 a 1.2.3 direct\n", listed(tree(t, map[string]string{
		"Cargo.toml": "[dependencies]\r\na = \"=1.2.3\"\r\nb = \"1.2.3\"\r\nc = \"=1.2\"\r\nd = { path = \"d\", version = \"=1.0.0\" }\r\n",
	})))
}

// A table with many members is searched by an index. Dotted keys, quoted keys and reopened tables mean the same table.
func TestTOMLOfManyMembers(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Cargo.toml:2 a 1.0.0 direct
Cargo.toml:3 b 1.0.1 direct
Cargo.toml:4 c 1.0.2 direct git
Cargo.toml:5 d 1.0.3 direct
Cargo.toml:13 n 1.0.4 direct
Cargo.toml:15 q 1.0.5 direct
`, listed(tree(t, map[string]string{"Cargo.toml": `[dependencies]
a = "=1.0.0"
"b" = '=1.0.1'
c = { version = "=1.0.2", git = "x" }
d.version = "=1.0.3"
e = "1"
f = "1"
g = "1"
h = "1"
i = "1"
j = "1"
k = { path = "k" }
n = "=1.0.4" # é
d.features = ["x", 1, [2], { y = 1 }]
[dependencies.q]
version = "=1.0.5"
[dependencies.k.more]
x = 1
`})))
}
