package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

// seedsText returns a small file of each kind that is not JSON, by path, as seeds for the fuzz target.
func seedsText() map[string]string {
	return map[string]string{
		"go.mod":                           "module m\ngo 1.21\ntoolchain go1.22.3\nrequire (\n\ta.org/b v1.2.3 // indirect\n)\nreplace a.org/b v1.2.3 => ../b\ntool a.org/b/c\n",
		"go.work":                          "go 1.24.2\nuse ./a\n",
		"vendor/modules.txt":               "# a.org/b v1.2.3 => c.org/d v1.3.0\n## explicit; go 1.21\na.org/b/c\n",
		"Cargo.lock":                       cargoLock,
		"Cargo.toml":                       "[dependencies]\na = { package = \"b\", version = \"=1.2.3\" }\n[target.'cfg(x)'.dev-dependencies.c]\ngit = \"x\"\n",
		"poetry.lock":                      poetryLock,
		"pdm.lock":                         "[[package]]\nname = \"a\"\nversion = \"1\"\nextras = [\"x\"]\ndependencies = [\"b[c]>=1; d\"]\nfiles = [{hash = \"sha256:00\"}]\n[metadata]\n",
		"uv.lock":                          uvLock,
		"pylock.toml":                      "[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{hashes = {sha256 = \"00\"}}]\n",
		"pyproject.toml":                   "[project]\ndependencies = [\"a[b]==1; c\", \"d @ https://e/f\"]\n[tool.poetry.group.x.dependencies]\ng = {version = \"1.0\"}\n",
		"requirements.txt":                 "-r x.txt\na[b]==1.0 ; c \\\n --hash=sha256:00 # via d\n-e git+https://x/y.git@z#egg=w&v=1\nhttps://x/y-1-a-b-c.whl\n    # via\n    #   e\n",
		"base.in":                          "a==1\n",
		"pom.xml":                          "<project><parent><groupId>g</groupId><artifactId>p</artifactId><relativePath>x</relativePath></parent><properties><v>${w}1</v></properties><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>${v}</version><scope>test</scope></dependency></dependencies></project>",
		"gradle.lockfile":                  "a:b:1=compileClasspath\nempty=x\n",
		"gradle/x.versions.toml":           "[versions]\na = \"1\"\n[libraries]\nb = { module = \"c:d\", version.ref = \"a\" }\n[plugins]\ne = \"f:1\"\n",
		"gradle/verification-metadata.xml": "<verification-metadata><components><component group=\"a\" name=\"b\" version=\"1\"><artifact><sha256 value=\"00\"/></artifact></component></components></verification-metadata>",
		"Gemfile.lock":                     gemfileLock,
		"pubspec.lock":                     "packages:\n  a:\n    dependency: \"direct main\"\n    description: {name: a, sha256: \"00\"}\n    source: hosted\n    version: \"1.0\"\nsdks:\n  dart: \">=3\"\n",
		"Podfile.lock":                     "PODS:\n  - A (1.0):\n    - B (= 1)\n  - \"B (1)\"\nDEPENDENCIES:\n  - A (from `x`)\nEXTERNAL SOURCES:\n  A:\n    :git: x\n",
		"stack.yaml.lock":                  "packages:\n- completed:\n    hackage: a-1.0@sha256:00,1\n- completed: {name: b, version: 1, git: x}\nsnapshots: []\n",
		"cabal.project.freeze":             "constraints: any.a ==1.0,\n             b +c\n",
		"mix.lock":                         "%{\n  \"a\": {:hex, :a, \"1.0\", \"00\", [:mix], [{:b, \"~> 1\", [hex: :b]}], \"hexpm\", \"00\"},\n  \"c\": {:git, \"x\", \"00\", []},\n}\n",
		".github/workflows/a.yml":          "jobs:\n  a:\n    container: b:1\n    steps:\n      - uses: c/d@0123456789012345678901234567890123456789 # v1.2.3\n",
		"bitbucket-pipelines.yml":          "image: a:1\npipelines:\n  default:\n    - step: {script: [{pipe: \"b/c:1.0.0\"}]}\n",
		"Dockerfile":                       "# escape=`\nARG A=1\nFROM a:${A:-2} `\n AS b\nCOPY --from=c:1 a b\nRUN <<EOF\nFROM x\nEOF\n",
	}
}

// Each seed must be read, and name a package.
func TestSeedsName(t *testing.T) {
	t.Parallel()
	for name, text := range seedsText() {
		doc, err := manifest.Read(name, []byte(text))
		require.NoError(t, err, name)
		require.NotZero(t, len(doc.Entries)+len(doc.Declared), name)
	}
}
