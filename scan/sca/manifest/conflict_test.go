package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// conflicted are texts of all formats in which "[A|B]" is a merge conflict between two lines. Each text has pkg 1.0.0 on
// one side and pkg 2.0.0 on the other. "[A|B]" must be on a separate line.
var conflicted = map[string]string{
	"package-lock.json": `{
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"pkg": "*"}},
    "node_modules/pkg": {
[      "version": "1.0.0"|      "version": "2.0.0"]
    }
  }
}`,
	"1/package-lock.json":  "{\"lockfileVersion\": 1, \"dependencies\": {\n[\"pkg\": {\"version\": \"1.0.0\"}|\"pkg\": {\"version\": \"2.0.0\"}]\n}}",
	"package.json":         "{\"dependencies\": {\n[\"pkg\": \"1.0.0\"|\"pkg\": \"2.0.0\"]\n}}",
	"yarn.lock":            "# yarn lockfile v1\n\n\npkg@*:\n[  version \"1.0.0\"|  version \"2.0.0\"]\n",
	"berry/yarn.lock":      "__metadata:\n  version: 8\n\n\"pkg@npm:*\":\n[  version: 1.0.0|  version: 2.0.0]\n",
	"pnpm-lock.yaml":       "lockfileVersion: '9.0'\n\npackages:\n\n[  pkg@1.0.0:|  pkg@2.0.0:]\n    resolution: {integrity: sha512-AAAA}\n\nsnapshots:\n\n  pkg@1.0.0: {}\n",
	"bun.lock":             "{\n  \"lockfileVersion\": 1,\n  \"packages\": {\n[    \"pkg\": [\"pkg@1.0.0\", \"\", {}, \"\"],|    \"pkg\": [\"pkg@2.0.0\", \"\", {}, \"\"],]\n  }\n}\n",
	"deno.lock":            "{\"version\": \"5\", \"npm\": {\n[\"pkg@1.0.0\": {}|\"pkg@2.0.0\": {}]\n}}",
	"composer.lock":        "{\"packages\": [{\"name\": \"acme/pkg\",\n[\"version\": \"1.0.0\"|\"version\": \"2.0.0\"]\n}]}",
	"Gemfile.lock":         "GEM\n  specs:\n[    pkg (1.0.0)|    pkg (2.0.0)]\n\nDEPENDENCIES\n  pkg\n",
	"Cargo.lock":           "version = 4\n\n[[package]]\nname = \"pkg\"\n[version = \"1.0.0\"|version = \"2.0.0\"]\nsource = \"registry+x\"\n",
	"poetry.lock":          "[[package]]\nname = \"pkg\"\n[version = \"1.0.0\"|version = \"2.0.0\"]\n\n[metadata]\n",
	"pdm.lock":             "[[package]]\nname = \"pkg\"\n[version = \"1.0.0\"|version = \"2.0.0\"]\n\n[metadata]\n",
	"uv.lock":              "version = 1\n\n[[package]]\nname = \"pkg\"\n[version = \"1.0.0\"|version = \"2.0.0\"]\n",
	"pylock.toml":          "lock-version = \"1.0\"\n\n[[packages]]\nname = \"pkg\"\n[version = \"1.0.0\"|version = \"2.0.0\"]\n",
	"Pipfile.lock":         "{\"_meta\": {}, \"default\": {\n[\"pkg\": {\"version\": \"==1.0.0\"}|\"pkg\": {\"version\": \"==2.0.0\"}]\n}}",
	"requirements.txt":     "[pkg==1.0.0|pkg==2.0.0]\n",
	"go.mod":               "module m\n\nrequire (\n[\texample.org/pkg v1.0.0|\texample.org/pkg v2.0.0]\n)\n",
	"gradle.lockfile":      "[g:pkg:1.0.0=compileClasspath|g:pkg:2.0.0=compileClasspath]\nempty=\n",
	"packages.lock.json":   "{\"version\": 1, \"dependencies\": {\"net8.0\": {\"pkg\": {\"type\": \"Direct\",\n[\"resolved\": \"1.0.0\"|\"resolved\": \"2.0.0\"]\n}}}}",
	"packages.config":      "<packages>\n[<package id=\"pkg\" version=\"1.0.0\"/>|<package id=\"pkg\" version=\"2.0.0\"/>]\n</packages>",
	"pubspec.lock":         "packages:\n  pkg:\n    source: hosted\n[    version: \"1.0.0\"|    version: \"2.0.0\"]\n",
	"Podfile.lock":         "PODS:\n[  - pkg (1.0.0)|  - pkg (2.0.0)]\nDEPENDENCIES:\n  - pkg\n",
	"mix.lock":             "%{\n[  \"pkg\": {:hex, :pkg, \"1.0.0\"},|  \"pkg\": {:hex, :pkg, \"2.0.0\"},]\n}\n",
	"Package.resolved":     "{\"version\": 3, \"pins\": [{\"identity\": \"pkg\", \"location\": \"https://example.org/pkg\", \"state\": {\n[\"version\": \"1.0.0\"|\"version\": \"2.0.0\"]\n}}]}",
	"conan.lock":           "{\"version\": \"0.5\", \"requires\": [\n[\"pkg/1.0.0\"|\"pkg/2.0.0\"]\n]}",
	"renv.lock":            "{\"Packages\": {\"pkg\": {\"Package\": \"pkg\", \"Source\": \"Repository\", \"Repository\": \"CRAN\",\n[\"Version\": \"1.0.0\"|\"Version\": \"2.0.0\"]\n}}}",
	"cabal.project.freeze": "[constraints: any.pkg ==1.0.0|constraints: any.pkg ==2.0.0]\n",
}

// merged writes the markers of a merge; ancestor selects the form with the common ancestor.
func merged(text, end string, ancestor bool) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\n") {
		inner, isMerge := strings.CutPrefix(strings.TrimRight(line, "\n"), "[")
		ours, theirs, two := strings.Cut(inner, "|")
		if !isMerge || !two {
			b.WriteString(strings.TrimRight(line, "\n"))
			if strings.HasSuffix(line, "\n") {
				b.WriteString(end)
			}
			continue
		}
		b.WriteString("<<<<<<< HEAD" + end + ours + end)
		if ancestor {
			b.WriteString("||||||| 0123456" + end + strings.ReplaceAll(ours, "1.0.0", "0.5.0") + end)
		}
		b.WriteString("=======" + end + strings.TrimSuffix(theirs, "]") + end + ">>>>>>> feature/x" + end)
	}
	return b.String()
}

// Every format lists both sides, and the file counts as incompletely read.
func TestBothSidesOfAMergeThatWasNotFinishedAreListed(t *testing.T) {
	t.Parallel()
	for path, text := range conflicted {
		for form, conflict := range map[string]string{
			"two sides": merged(text, "\n", false), "with the ancestor": merged(text, "\n", true), "lines of Windows": merged(text, "\r\n", false),
		} {
			doc, err := manifest.Read(path, []byte(conflict))
			line := 1 + strings.Count(conflict[:strings.Index(conflict, "<<<<<<<")], "\n")
			require.EqualError(t, err, "line "+number(line)+": unresolved merge conflicts", "%s, %s", path, form)
			packages, failures := manifest.Resolve([]*document.Document{doc})
			require.Empty(t, failures, "%s, %s", path, form)
			versions := map[string]bool{}
			for _, p := range packages {
				require.NotContains(t, p.Name, "<", "%s, %s", path, form)
				require.Contains(t, p.Name, "pkg", "%s, %s", path, form)
				versions[p.Version] = true
				require.Equal(t, 1+strings.Count(conflict[:p.Start], "\n"), p.Line)
			}
			require.Equal(t, map[string]bool{"1.0.0": true, "2.0.0": true}, versions, "%s, %s", path, form)
		}
	}
}

func number(n int) string { return scan.Thousands(int64(n)) }

// Only the lines between the markers differ.
func TestWhatBothSidesShareIsListedOnce(t *testing.T) {
	t.Parallel()
	doc, err := manifest.Read("yarn.lock", []byte("same@1:\n  version \"1.0.0\"\n\n<<<<<<< a\na@1:\n  version \"1.0.0\"\n=======\nb@1:\n  version \"1.0.0\"\n>>>>>>> b\n\nlast@1:\n  version \"1.0.0\"\n"))
	require.Error(t, err)
	packages, _ := manifest.Resolve([]*document.Document{doc})
	require.Equal(t, "yarn.lock:1 same 1.0.0\nyarn.lock:5 a 1.0.0\nyarn.lock:8 b 1.0.0\nyarn.lock:12 last 1.0.0\n", listed(packages))
}

// Somebody has deleted some of the markers.
func TestMarkersThatAreLeftOverAreNoPackages(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"only the end":      "a==1.0\n>>>>>>> feature\nb==1.0\n",
		"only the begin":    "a==1.0\n<<<<<<< HEAD\nb==1.0\n",
		"without its begin": "a==1.0\n=======\nb==1.0\n>>>>>>> feature\n",
		"without its end":   "<<<<<<< HEAD\na==1.0\n=======\nb==1.0\n",
	} {
		doc, err := manifest.Read("requirements.txt", []byte(text))
		require.ErrorContains(t, err, "unresolved merge conflicts", name)
		packages, _ := manifest.Resolve([]*document.Document{doc})
		require.Len(t, packages, 2, name)
	}
	_, err := manifest.Read("go.mod", []byte("module m\n=======\nrequire example.org/a v1.0.0\n"))
	require.EqualError(t, err, "line 2: unresolved merge conflicts")
}

// The file counts if another one includes it, and then both of its sides do.
func TestAnIncludedFileWithConflictMarkersIsNamed(t *testing.T) {
	t.Parallel()
	text := "<<<<<<< HEAD\na==1.0\n=======\na==2.0\n>>>>>>> x\n"
	prose, err := manifest.Read("docs/guide.txt", []byte(text))
	require.NoError(t, err)
	packages, failures := manifest.Resolve([]*document.Document{prose})
	require.Empty(t, packages)
	require.Empty(t, failures)
	included, err := manifest.Read("more.in", []byte(text))
	require.NoError(t, err)
	by, err := manifest.Read("requirements.txt", []byte("-r more.in\n"))
	require.NoError(t, err)
	packages, failures = manifest.Resolve([]*document.Document{included, by})
	require.Equal(t, "more.in:2 a 1.0 direct\nmore.in:4 a 2.0 direct\n", listed(packages))
	require.Len(t, failures, 1)
	require.EqualError(t, failures[0].Err, "line 1: unresolved merge conflicts")
}
