package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

// Empty files, and files without the part that their format is for, are not errors.
func TestFilesThatSayNothing(t *testing.T) {
	t.Parallel()
	for path, generate := range generators {
		texts := []string{"", "\n", "\t \r\n", "\xef\xbb\xbf", "\xef\xbb\xbf\r\n"}
		switch generate(1)[0] {
		case '{':
			texts = append(texts, "{}", "\xef\xbb\xbf{}", "\t{\r\n}\r\n", `{"packages": null, "dependencies": [], "pins": 1, "npm": "x", "Packages": [{}]}`)
		case '<':
			texts = append(texts, "<Project/>", "<packages></packages>", "\xef\xbb\xbf<?xml version='1.0' encoding='windows-1252'?>\r\n<!-- x -->\r\n<Project><ItemGroup><PackageReference/></ItemGroup></Project>")
		default:
			texts = append(texts, "# only a comment\n", "# a\r\n\r\n# b")
		}
		for _, text := range texts {
			doc, err := manifest.Read(path, []byte(text))
			require.NoError(t, err, "%s %q", path, text)
			require.Empty(t, doc.Entries, "%s %q", path, text)
			require.Empty(t, doc.Declared, "%s %q", path, text)
		}
	}
}

// CR LF line ends, tabs and a byte order mark change no position.
func TestWindowsLines(t *testing.T) {
	t.Parallel()
	for path, generate := range generators {
		unix := generate(4)
		windows := "\xef\xbb\xbf" + replaceLines(unix)
		a, err := manifest.Read(path, []byte(unix))
		require.NoError(t, err, path)
		b, err := manifest.Read(path, []byte(windows))
		require.NoError(t, err, path)
		require.Len(t, b.Entries, len(a.Entries), path)
		for i := range a.Entries {
			p, q := a.Entries[i].Package, b.Entries[i].Package
			require.Equal(t, p.Line, q.Line, path)
			require.Equal(t, unix[p.Start:p.End], windows[q.Start:q.End], path)
			require.Equal(t, a.Entries[i].Keys, b.Entries[i].Keys, path)
			require.Equal(t, a.Entries[i].Requires, b.Entries[i].Requires, path)
		}
		for i := range a.Declared {
			p, q := a.Declared[i], b.Declared[i]
			require.Equal(t, p.Constraint, q.Constraint, path)
			require.Equal(t, unix[p.Start:p.End], windows[q.Start:q.End], path)
		}
	}
}

func replaceLines(text string) string {
	var out []byte
	for i := range len(text) {
		if text[i] == '\n' {
			out = append(out, '\r')
		}
		out = append(out, text[i])
	}
	return string(out)
}

// TestKinds checks which paths are read at all.
func TestKinds(t *testing.T) {
	t.Parallel()
	for path, kind := range map[string]string{
		"a/package-lock.json":              "package-lock.json",
		"npm-shrinkwrap.json":              "package-lock.json",
		"x/node_modules/yarn.lock":         "",
		"web/yarn.lock":                    "yarn.lock",
		"bun.lockb":                        "bun.lockb",
		"src/App.csproj":                   "project file",
		"src/App.FSPROJ":                   "project file",
		".csproj":                          "",
		"packages.App.config":              "packages.config",
		"App/packages.App.lock.json":       "packages.lock.json",
		"bin/App.deps.json":                "deps.json",
		"deps.json":                        "",
		"out/app.spdx.json":                "SBOM",
		"bom.json":                         "SBOM",
		"App.xcworkspace/Package.resolved": "Package.resolved",
	} {
		got, ok := manifest.Kind(path)
		require.Equal(t, kind, got, path)
		require.Equal(t, kind != "", ok, path)
	}
}
