package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// listsOfLines are the formats in which the first lines of a file are a valid file, so that truncation cannot always be
// detected: files that people write, and files whose tools write nothing after the packages.
var listsOfLines = map[string]bool{
	"requirements.txt": true, "go.mod": true, "go.work": true, "Pipfile": true, "pyproject.toml": true, "Cargo.toml": true, "libs.versions.toml": true,
	"Dockerfile": true, "bitbucket-pipelines.yml": true, "GitHub workflow": true, "cabal.project.freeze": true,
	"yarn.lock": true, "Cargo.lock": true, "pdm.lock": true, "uv.lock": true, "pylock.toml": true,
}

// looseNames are formats whose file names other tools use too: a file in another format is not an error.
var looseNames = map[string]bool{"SBOM": true, "deps.json": true}

// A truncated file gives all packages or an error, at every position. The same holds for a file that was replaced by
// something else.
func TestACutFileIsNotComplete(t *testing.T) {
	t.Parallel()
	// A truncated version on the last line may look like a shorter one.
	names := func(packages []scan.Package) map[string]bool {
		all := map[string]bool{}
		for _, p := range packages {
			all[p.Name] = true
		}
		return all
	}
	for path, generate := range generators {
		kind, _ := manifest.Kind(path)
		text := generate(8)
		doc, err := manifest.Read(path, []byte(text))
		require.NoError(t, err, path)
		manifests := []*document.Document{doc}
		all, _ := manifest.Resolve(manifests)
		if len(all) == 0 {
			continue
		}
		whole := names(all)
		if listsOfLines[kind] || path == "5/pnpm-lock.yaml" { // only version 9 has something after the packages
			continue
		}
		for cut := range len(text) {
			doc, err := manifest.Read(path, []byte(text[:cut]))
			packages, failures := manifest.Resolve([]*document.Document{doc})
			if err == nil && len(failures) == 0 && cut > 0 {
				require.Equal(t, whole, names(packages), "%s, cut at %d of %d: ...%q", path, cut, len(text), text[max(cut-60, 0):cut])
			}
		}
		for _, other := range []string{"[]", "null", "\x01\x02", "nothing of the kind\n"} {
			if looseNames[kind] && (other == "[]" || other == "null") {
				continue
			}
			doc, err := manifest.Read(path, []byte(other))
			_, failures := manifest.Resolve([]*document.Document{doc})
			require.False(t, err == nil && len(failures) == 0, "%s replaced by %q", path, other)
		}
	}
}

// Wherever such a file is truncated, it gives all packages or an error.
func TestALockFileWithoutWhatStandsBehindThePackagesIsNamed(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"Gemfile.lock": "GIT\n  remote: https://git.example.org/g.git\n  revision: 01\n  specs:\n    g (1.0)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    a (1.0)\n    b (2.0)\n\n" +
			"PLATFORMS\n  ruby\n\nDEPENDENCIES\n  a\n  b\n  g!\n\nBUNDLED WITH\n   2.5.0\n",
		"Podfile.lock":    "PODS:\n  - A (1.0)\n  - B (2.0):\n    - A\n\nDEPENDENCIES:\n  - B\n\nSPEC CHECKSUMS:\n  A: 01\n\nCOCOAPODS: 1.12.0\n",
		"stack.yaml.lock": "packages:\n- completed:\n    hackage: a-1.0@sha256:01,1\n  original:\n    hackage: a-1.0\n- completed:\n    hackage: b-2.0@sha256:01,1\n  original:\n    hackage: b-2.0\nsnapshots: []\n",
		"pubspec.lock":    "packages:\n  a:\n    dependency: \"direct main\"\n    description:\n      name: a\n    source: hosted\n    version: \"1.0.0\"\n  b:\n    dependency: transitive\n    description:\n      name: b\n    source: hosted\n    version: \"2.0.0\"\nsdks:\n  dart: \">=3.0.0\"\n",
		"gradle.lockfile": "# This is a Gradle generated file for dependency locking.\na:a:1.0=compileClasspath\nb:b:1.0=compileClasspath,testCompileClasspath\nempty=annotationProcessor\n",
		"poetry.lock": "[[package]]\nname = \"a\"\nversion = \"1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0\"\n\n[extras]\nx = [\"b\"]\n\n" +
			"[metadata]\nlock-version = \"2.0\"\npython-versions = \"^3.9\"\ncontent-hash = \"01\"\n",
		"old/poetry.lock": "[[package]]\nname = \"a\"\nversion = \"1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0\"\n\n[metadata]\ncontent-hash = \"01\"\n\n[metadata.hashes]\na = []\nb = []\n",
		"old/pdm.lock":    "[[package]]\nname = \"a\"\nversion = \"1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0\"\n\n[metadata]\nlock_version = \"3.1\"\ncontent_hash = \"01\"\n",
		"pnpm-lock.yaml":  "lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n\n  b@1.0.0:\n    resolution: {integrity: x}\n\nsnapshots:\n\n  a@1.0.0: {}\n\n  b@1.0.0: {}\n",
	} {
		require.Empty(t, problems(t, map[string]string{path: text}), path)
		doc, _ := manifest.Read(path, []byte(text))
		whole := len(doc.Entries)
		for cut := 1; cut < len(text); cut++ {
			doc, err := manifest.Read(path, []byte(text[:cut]))
			packages, failures := manifest.Resolve([]*document.Document{doc})
			if err == nil && len(failures) == 0 {
				require.Len(t, packages, whole, "%s, cut behind ...%q", path, text[max(cut-40, 0):cut])
			}
		}
	}
	// Only the last package can reveal these.
	for path, text := range map[string]string{
		"Cargo.lock":           "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"01\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n",
		"uv.lock":              "version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = { registry = \"https://pypi.org/simple\" }\n",
		"cabal.project.freeze": "constraints: any.a ==1.0,\n             any.b ==2.0,\n",
		"requirements.txt":     "a==1.0 \\\n    --hash=sha256:01 \\\n",
	} {
		require.Contains(t, problems(t, map[string]string{path: text})[path], "ends early", path)
	}
}

// Old tools end their files differently.
func TestLockFilesOfOldToolsAreComplete(t *testing.T) {
	t.Parallel()
	require.Empty(t, problems(t, map[string]string{
		"1/Cargo.lock":     "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n",
		"2/Cargo.lock":     "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[metadata]\n\"checksum a 1.0.0 (registry+x)\" = \"01\"\n",
		"3/Cargo.lock":     "version = 3\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"01\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"git+https://git.example.org/b#01\"\n",
		"pubspec.lock":     "packages:\n  a:\n    description: a\n    source: hosted\n    version: \"1.0.0\"\n",
		"requirements.txt": "a==1.0 \\\n",
		"pnpm-lock.yaml":   "lockfileVersion: 5.4\n\nspecifiers:\n  a: 1.0.0\n\ndependencies:\n  a: 1.0.0\n\npackages:\n\n  /a/1.0.0:\n    resolution: {integrity: x}\n",
		"gradle/dependency-locks/compileClasspath.lockfile": "# This is a Gradle generated file for dependency locking.\na:a:1.0\n",
		"uv.lock": "version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = { git = \"https://git.example.org/a#01\" }\n",
	}))
}

// If packages are sorted by name, a package that is asked for and would come after the last one is missing.
func TestALockFileThatEndsEarlyIsNamed(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct {
		text, from, to string
	}{
		"yarn.lock": {"# yarn lockfile v1\n\n\na@1:\n  version \"1.0.0\"\n  dependencies:\n    d \"1\"\n\nb@1:\n  version \"1.0.0\"\n\n" +
			"d@1:\n  version \"1.0.0\"\n", "\nb@1", "\nd@1"},
		"berry/yarn.lock": {"__metadata:\n  version: 8\n\n\"a@npm:1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  dependencies:\n    d: \"npm:1\"\n\n" +
			"\"b@npm:1\":\n  version: 1.0.0\n  resolution: \"b@npm:1.0.0\"\n\n\"d@npm:1\":\n  version: 1.0.0\n  resolution: \"d@npm:1.0.0\"\n", "\n\"b@", "\n\"d@"},
		"pnpm-lock.yaml": {"lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: 1.0.0\n        version: 1.0.0\n      d:\n        specifier: 1.0.0\n        version: 1.0.0\n\n" +
			"packages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n\n  b@1.0.0:\n    resolution: {integrity: x}\n\n  d@1.0.0:\n    resolution: {integrity: x}\n\nsnapshots:\n\n  a@1.0.0: {}\n", "\n  b@", "\n  d@"},
		"6/pnpm-lock.yaml": {"lockfileVersion: '6.0'\n\ndependencies:\n  a:\n    specifier: 1.0.0\n    version: 1.0.0\n\npackages:\n\n  /a@1.0.0:\n    resolution: {integrity: x}\n" +
			"    dependencies:\n      d: 1.0.0\n\n  /b@1.0.0:\n    resolution: {integrity: x}\n\n  /d@1.0.0:\n    resolution: {integrity: x}\n", "\n  /b@", "\n  /d@"},
		"Gemfile.lock": {"GEM\n  specs:\n    a (1.0)\n      d\n    b (1.0)\n    d (1.0)\n\nDEPENDENCIES\n  a\n", "\n    b", "\n    d"},
		"Cargo.lock": {"version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\ndependencies = [\n \"d 1.0.0\",\n]\n\n" +
			"[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"d\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n", "\nname = \"b", "\nname = \"d"},
		"uv.lock": {"version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n    { name = \"d\" },\n]\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n" +
			"[[package]]\nname = \"d\"\nversion = \"1.0.0\"\n", "\nname = \"b", "\nname = \"d"},
		"poetry.lock": {"[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[package.dependencies]\nd = \">=1\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n" +
			"[[package]]\nname = \"d\"\nversion = \"1.0.0\"\n\n[metadata]\n", "\nname = \"b", "\nname = \"d"},
	} {
		require.Empty(t, problems(t, map[string]string{path: c.text}), path)
		for cut := strings.Index(c.text, c.from); cut <= strings.Index(c.text, c.to); cut++ {
			require.NotEmpty(t, problems(t, map[string]string{path: c.text[:cut]}), "%s, cut behind ...%q", path, c.text[max(cut-40, 0):cut])
		}
	}
}
