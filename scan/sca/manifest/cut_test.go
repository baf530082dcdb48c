package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

// listsOfLines are the formats in which the first lines of a file are a file of their own, so that nobody can always tell that
// others are missing.
var listsOfLines = map[string]bool{
	"requirements.txt": true, "go.mod": true, "go.work": true, "Pipfile": true, "pyproject.toml": true, "Cargo.toml": true, "libs.versions.toml": true,
	"Dockerfile": true, "bitbucket-pipelines.yml": true, "GitHub workflow": true, "gradle.lockfile": true, "cabal.project.freeze": true,
	"yarn.lock": true, "pnpm-lock.yaml": true, "Gemfile.lock": true, "Cargo.lock": true, "pdm.lock": true, "poetry.lock": true, "uv.lock": true,
	"pylock.toml": true, "pubspec.lock": true, "Podfile.lock": true, "stack.yaml.lock": true,
}

// looseNames are formats whose names other files have: what is of another form is none of theirs.
var looseNames = map[string]bool{"SBOM": true, "deps.json": true}

// TestACutFileIsNotComplete: of a file that is cut anywhere, all packages are listed or something is said. So are those that are
// replaced by something else.
func TestACutFileIsNotComplete(t *testing.T) {
	t.Parallel()
	// A version on the last line may be cut, and look like a shorter one.
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
		manifests := []*manifest.Document{doc}
		all, _ := manifest.Resolve(manifests)
		if len(all) == 0 {
			continue
		}
		whole := names(all)
		if listsOfLines[kind] {
			continue
		}
		for cut := range len(text) {
			doc, err := manifest.Read(path, []byte(text[:cut]))
			packages, failures := manifest.Resolve([]*manifest.Document{doc})
			if err == nil && len(failures) == 0 && cut > 0 {
				require.Equal(t, whole, names(packages), "%s, cut at %d of %d: ...%q", path, cut, len(text), text[max(cut-60, 0):cut])
			}
		}
		for _, other := range []string{"[]", "null", "\x01\x02", "nothing of the kind\n"} {
			if looseNames[kind] && (other == "[]" || other == "null") {
				continue
			}
			doc, err := manifest.Read(path, []byte(other))
			_, failures := manifest.Resolve([]*manifest.Document{doc})
			require.False(t, err == nil && len(failures) == 0, "%s replaced by %q", path, other)
		}
	}
}

// TestALockFileThatEndsEarlyIsNamed: where packages are listed by name, one that is asked for and would stand behind the last
// is missing.
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
			"packages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n\n  b@1.0.0:\n    resolution: {integrity: x}\n\n  d@1.0.0:\n    resolution: {integrity: x}\n", "\n  b@", "\n  d@"},
		"6/pnpm-lock.yaml": {"lockfileVersion: '6.0'\n\ndependencies:\n  a:\n    specifier: 1.0.0\n    version: 1.0.0\n\npackages:\n\n  /a@1.0.0:\n    resolution: {integrity: x}\n" +
			"    dependencies:\n      d: 1.0.0\n\n  /b@1.0.0:\n    resolution: {integrity: x}\n\n  /d@1.0.0:\n    resolution: {integrity: x}\n", "\n  /b@", "\n  /d@"},
		"Gemfile.lock": {"GEM\n  specs:\n    a (1.0)\n      d\n    b (1.0)\n    d (1.0)\n\nDEPENDENCIES\n  a\n", "\n    b", "\n    d"},
		"Cargo.lock": {"version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\ndependencies = [\n \"d 1.0.0\",\n]\n\n" +
			"[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"d\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n", "\nname = \"b", "\nname = \"d"},
		"uv.lock": {"version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n    { name = \"d\" },\n]\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n" +
			"[[package]]\nname = \"d\"\nversion = \"1.0.0\"\n", "\nname = \"b", "\nname = \"d"},
		"poetry.lock": {"[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[package.dependencies]\nd = \">=1\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n" +
			"[[package]]\nname = \"d\"\nversion = \"1.0.0\"\n", "\nname = \"b", "\nname = \"d"},
	} {
		require.Empty(t, problems(t, map[string]string{path: c.text}), path)
		for cut := strings.Index(c.text, c.from); cut <= strings.Index(c.text, c.to); cut++ {
			require.NotEmpty(t, problems(t, map[string]string{path: c.text[:cut]}), "%s, cut behind ...%q", path, c.text[max(cut-40, 0):cut])
		}
	}
}
