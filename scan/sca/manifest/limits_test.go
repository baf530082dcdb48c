package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

func TestALongVersionIsRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1", 1<<20)
	for name, text := range map[string]string{
		"Cargo.lock":       "[[package]]\nname = \"a\"\nversion = \"" + long + "\"\nsource = \"registry+x\"\n",
		"poetry.lock":      "[[package]]\nname = \"a\"\nversion = \"" + long + "\"\n[metadata]\n",
		"requirements.txt": "\na==" + long,
		"go.mod":           "module m\nrequire a.org/b v" + long,
		"pom.xml":          "<project><dependencies><dependency><groupId>g</groupId>\n<artifactId>a</artifactId><version>" + long + "</version></dependency></dependencies></project>",
		"Gemfile.lock":     "GEM\n    a (" + long + ")\nDEPENDENCIES\n",
		"pubspec.lock":     "packages:\n  a: {version: \"" + long + "\", source: hosted}\n",
		"pyproject.toml":   "[project]\ndependencies = [\"a==" + long + "\"]\n",
	} {
		doc, err := manifest.Read(name, []byte(text))
		require.EqualError(t, err, "line 2: a name or version is longer than 4096 bytes", name)
		require.Empty(t, doc.Entries, name)
		require.Empty(t, doc.Declared, name)
	}
}
