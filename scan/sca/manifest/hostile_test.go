package manifest_test

import (
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// within fails if something takes a hundred times as long as a normal file of its size.
func within(t *testing.T, what string, run func()) {
	t.Helper()
	began := time.Now()
	run()
	took := time.Since(began)
	require.False(t, tooLong(took), "%s: %v", what, took)
}

// tooLong decides whether five seconds are the fault of the code or of a slow machine, by timing a known piece of work.
func tooLong(took time.Duration) bool { return took > 5*time.Second && took > 600*yardstick() }

// yardstick returns the time for hashing 8 MB on this machine now; about 8 ms on a machine of 2020.
func yardstick() time.Duration {
	began := time.Now()
	hash := fnv.New64a()
	for range 8 {
		_, _ = hash.Write(block)
	}
	return time.Since(began)
}

var block = make([]byte, 1<<20)

// Every format must handle inputs that are made to take forever.
func TestHostileTextsEndInTime(t *testing.T) {
	t.Parallel()
	var aliases strings.Builder
	aliases.WriteString("a0: &a0 [x, x]\n")
	for i := range 60 {
		fmt.Fprintf(&aliases, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	var entities strings.Builder
	entities.WriteString("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e0 'x'>")
	for i := range 60 {
		fmt.Fprintf(&entities, "<!ENTITY e%d '&e%d;&e%d;'>", i+1, i, i)
	}
	entities.WriteString("]><a>&e60;</a>")
	for name, text := range map[string]string{
		"objects":  strings.Repeat(`{"dependencies":`, 1000) + strings.Repeat("}", 1000),
		"arrays":   strings.Repeat("[", 100_000),
		"keys":     strings.Repeat("a:\n ", 10_000),
		"elements": strings.Repeat("<dependencies>", 10_000),
		"indents":  indents(2000),
		"flow":     strings.Repeat("{a: ", 10_000),
		"quotes":   strings.Repeat(`"`, 100_001),
		"tables":   strings.Repeat("[a.b]\n", 10_000),
		"aliases":  aliases.String(),
		"lists":    strings.Repeat("requires=(\"b/1\",install_requires=[\"a==1\",\n", 5000),
		"names":    strings.Repeat("install_requires=x, x=[\"a==1\",\n", 5000),
		"calls":    strings.Repeat(".package(url: \"a\",{:a, \"1\",", 5000),
		"strings":  strings.Repeat("'''\"\"\"/*#", 10_000),
		"markers":  strings.Repeat("<<<<<<< a\n|||||||\n=======\n", 10_000),
		"entities": entities.String(),
	} {
		for format, kind := range manifest.Formats() {
			within(t, name+" as "+kind, func() {
				doc, err := manifest.ReadAs(format, "a/b", []byte(text))
				checkDocument(t, kind, doc, []byte(text), err)
			})
		}
	}
}

func indents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestHostileTextsHaveNamedErrors(t *testing.T) {
	t.Parallel()
	for path, generate := range generators {
		switch text := strings.TrimSpace(generate(3)); {
		case strings.HasPrefix(text, "{"):
			deep := `{"x":` + strings.Repeat(`{"dependencies":`, 1000) + "1" + strings.Repeat("}", 1001)
			_, err := manifest.Read(path, []byte(deep))
			require.EqualError(t, err, "line 1: nested too deep", path)
		case strings.HasPrefix(text, "<"):
			_, err := manifest.Read(path, []byte("<!DOCTYPE a [\n<!ENTITY e 'x'>]>\n<a>&e;</a>"))
			require.EqualError(t, err, "line 1: it declares entities, which are not read", path)
			_, err = manifest.Read(path, []byte(strings.Repeat("<a>\n", 1000)))
			require.EqualError(t, err, "line 201: nested too deep", path)
		}
	}
}

// In JSON and XML a truncated file is an error, and the content before the end counts; in line formats it may look
// complete.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	for path, generate := range generators {
		text := generate(120)
		whole, err := manifest.Read(path, []byte(text))
		require.NoError(t, err, path)
		for cut := 997; cut < len(text); cut += 997 {
			doc, err := manifest.Read(path, []byte(text[:cut]))
			checkDocument(t, path, doc, []byte(text[:cut]), err)
			require.LessOrEqual(t, len(doc.Entries), len(whole.Entries), path)
			if (text[0] == '{' || text[0] == '<') && strings.TrimSpace(text[cut:]) != "" {
				require.Error(t, err, path)
			}
		}
	}
}

// A comparison of every pair would take quadratic time.
func TestHostileGraphs(t *testing.T) {
	t.Parallel()
	const n = 20_000
	deep := strings.Repeat("node_modules/a/", 199)
	for name, files := range map[string]map[string]string{
		"one name, many packages, and all ask for it": {"bun.lock": joined(n, `{"packages": {`, "}}", func(i int) string {
			return fmt.Sprintf("\"x/p%d\": [\"p@1.0.%d\", \"\", {\"dependencies\": {\"p\": \"1\"}}, \"\"]", i, i)
		})},
		"all ask from a deep place": {"package-lock.json": `{"packages": {"": {"dependencies": {"a": "1"}}, "` + deep + `node_modules/a": ` +
			joined(n, `{"version": "1.0.0", "dependencies": {`, "}}}}", func(i int) string { return fmt.Sprintf("\"p%d\": \"1\"", i) })},
		"one package in many frameworks": {
			"packages.lock.json": joined(n, `{"dependencies": {`, "}}", func(i int) string {
				return fmt.Sprintf("\"f%d\": {\"P\": {\"type\": \"Direct\", \"resolved\": \"1.0.0\", \"dependencies\": {\"P\": \"1\"}}}", i)
			}),
			"a.csproj": listing(n, "<Project><ItemGroup>", func(int) string { return "<PackageReference Include=\"P\" Version=\"1.0.0\"/>" }) + "</ItemGroup></Project>",
		},
		"all nodes are one": {"conan.lock": joined(n, `{"graph_lock": {"nodes": {"0": {"path": "x", "requires": ["1"]},`, "}}}", func(i int) string {
			return fmt.Sprintf("\"1\": {\"ref\": \"p/%d\", \"requires\": [\"1\", \"1\", \"1\"]}", i)
		})},
		"many replace the same": {"composer.lock": joined(n, `{"packages": [`, "]}", func(i int) string {
			return fmt.Sprintf("{\"name\": \"a/p%d\", \"replace\": {\"a/q\": \"*\"}, \"require\": {\"a/q\": \"*\"}}", i)
		}), "composer.json": `{"require": {"a/q": "*"}}`},
		"one reference, many components": {"bom.json": joined(n, `{"bomFormat": "CycloneDX", "components": [`, "],", func(int) string {
			return `{"bom-ref": "a", "purl": "pkg:npm/p@1"}`
		}) + joined(n, `"metadata": {"component": {"bom-ref": "a"}}, "dependencies": [{"ref": "a", "dependsOn": [`, "]}]}", func(int) string { return `"a"` })},
		"one package, many snapshots": {"pnpm-lock.yaml": listing(n, "importers:\n  .:\n    dependencies:\n      a: 1.0.0\npackages:\n", func(int) string { return "  a@1.0.0:\n" }) +
			listing(n, "snapshots:\n", func(i int) string { return fmt.Sprintf("  a@1.0.0(p@%d):\n    dependencies:\n      a: 1.0.0\n", i) })},
		"a long framework": {"packages.lock.json": joined(n, `{"dependencies": {"`+strings.Repeat("f", 1_000_000)+`": {`, "}}}", func(i int) string {
			return fmt.Sprintf("\"p%d\": {\"type\": \"Transitive\", \"resolved\": \"1\", \"dependencies\": {\"p1\": \"1\"}}", i)
		})},
		"a line of many quotes":      {"yarn.lock": strings.Repeat(`"p@1" `, 100_000) + ":\n  version \"1.0.0\"\n"},
		"a line of many descriptors": {"yarn.lock": joined(n, "", ":\n  version \"1.0.0\"\n  dependencies:\n    p \"1\"\n", func(i int) string { return fmt.Sprintf("p@%d", i) })},
	} {
		within(t, name, func() {
			var docs []*document.Document
			for path, text := range files {
				if path == "yarn.lock" {
					text = strings.ReplaceAll(text, ",\n", ",")
				}
				doc, err := manifest.Read(path, []byte(text))
				if name != "all ask from a deep place" {
					require.NoError(t, err, name)
				}
				docs = append(docs, doc)
			}
			manifest.Resolve(docs)
		})
	}
}
