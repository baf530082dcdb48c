package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConan(t *testing.T) {
	t.Parallel()
	require.Equal(t, `1/conan.lock:3 freetype 2.12.1 direct
1/conan.lock:4 zlib 1.2.13 transitive via freetype
1/conan.lock:5 ninja 1.11.1 direct dev
2/conan.lock:3 zlib 1.2.13
2/conan.lock:4 own 1.0
2/conan.lock:6 cmake 3.26.0 dev
`, listed(tree(t, map[string]string{
		"1/conan.lock": `{"version": "0.4", "graph_lock": {"nodes": {
"0": {"ref": "shop/1.0", "path": "../conanfile.py", "requires": ["1"], "build_requires": ["3"], "context": "host"},
"1": {"ref": "freetype/2.12.1#7e1b", "requires": ["2"], "context": "host"},
"2": {"ref": "zlib/1.2.13", "context": "host"},
"3": {"ref": "ninja/1.11.1", "context": "build"},
"4": {"ref": "1.2.3"}}}}`,
		"2/conan.lock": `{"version": "0.5",
"requires": [
"zlib/1.2.13#13c96f538b52e1600c40b88994de240f%1667396813.733",
"own/1.0@team/stable#0123"],
"build_requires": [
"cmake/3.26.0#0123%1"], "python_requires": []}`,
	})))
}

func TestSwift(t *testing.T) {
	t.Parallel()
	require.Equal(t, `1/Package.resolved:2 https://git.example.org/acme/web.git 2.0.0
2/Package.resolved:2 https://git.example.org/acme/web 2.0.0
2/Package.resolved:3 https://git.example.org/acme/branch  git
2/Package.resolved:4 acme.listed 1.1.0
`, listed(tree(t, map[string]string{
		"1/Package.resolved": `{"object": {"pins": [
{"package": "web", "repositoryURL": "https://git.example.org/acme/web.git", "state": {"branch": null, "revision": "0123", "version": "2.0.0"}}]}, "version": 1}`,
		"2/Package.resolved": `{"originHash": "x", "pins": [
{"identity": "web", "kind": "remoteSourceControl", "location": "https://git.example.org/acme/web", "state": {"revision": "0123", "version": "2.0.0"}},
{"identity": "branch", "kind": "remoteSourceControl", "location": "https://git.example.org/acme/branch", "state": {"branch": "main", "revision": "0123"}},
{"identity": "acme.listed", "kind": "registry", "location": "", "state": {"version": "1.1.0"}},
{"identity": "own", "kind": "localSourceControl", "location": "/own", "state": {"revision": "0123"}}], "version": 3}`,
	})))
}

func TestRenv(t *testing.T) {
	t.Parallel()
	require.Equal(t, `renv.lock:3 cli 3.6.1
renv.lock:4 forked 0.1 git
renv.lock:5 BH 1.75.0-0 address
`, listed(tree(t, map[string]string{"renv.lock": `{
"R": {"Version": "4.2.0"}, "Packages": {
"cli": {"Package": "cli", "Version": "3.6.1", "Source": "Repository", "Repository": "CRAN", "Requirements": ["utils"]},
"forked": {"Package": "forked", "Version": "0.1", "Source": "GitHub"},
"BH": {"Package": "BH", "Version": "1.75.0-0", "Source": "Bioconductor"},
"own": {"Package": "own", "Version": "1", "Source": "Local"}}}`})))
}
