package manifest_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// seeds are small files of all kinds in addition to the generated ones; the tests of a format may add to them.
var seeds = []string{
	berry,
	"",
	" \r\n\t",
	"\xef\xbb\xbf{}",
	"\xef\xbb\xbf\r\n",
	`{"packages": {"": {}}, "dependencies": {}}`,
	`{"packages": [{"name": "a", "version": null}]}`,
	"a: &a [*a, *a]\nb: {<<: *a}\n",
	"- a\n- b: |\n    text\n",
	"[a]\nb = \"1\"\n[[c]]\nd = {e = \"f\"}\n",
	"<a b='c'><d>e</d><!-- f --><g/></a>",
	"a==1.0 # b\n-r c.txt\n",
	"module a\n\nrequire b v1.0.0 // indirect\n",
	"a==1\n<<<<<<< HEAD\nb==1\n||||||| x\n=======\nb==2\n>>>>>>> y\n",
	"dependencies {\n  implementation \"a:b:$c\" // d\n  api group: 'e', name: 'f', version: '1'\n}\next.c = '2'\n",
	"group :test do\n  gem 'a', '1.0'\nend\n",
	"[options]\ninstall_requires =\n  a==1\nsetup(install_requires=['b==1'], extras_require={'c': (\"d\",)})\n",
	".package(url: \"https://a.b/c\", exact: \"1.0.0\")\n{:a, \"~> 1.0\", only: :dev}\nrequires = (\"a/1.0\")\n\"a\" %% \"b\" % \"1\"\n",
	tagSBOM, yamlSBOM, rdfSBOM, spdx3SBOM, cycloneXMLSBOM,
	"dependencies:\n- a=1\n- pip:\n  - b==1\n",
	"catalog:\n  a: 1.0.0\ncatalogs:\n  b:\n    c: 1.0.0\noverrides:\n  'd>e': 1.0.0\n",
	`{"name": "a", "workspaces": {"catalog": {"b": "1.0.0"}}, "overrides": {"c": {".": "1.0.0", "d": "$e"}}, "dependencies": {"b": "catalog:"}}`,
	"<Project><Import Project='$(A)b.props'/><PropertyGroup Condition='c'><A>$(A)1</A></PropertyGroup><ItemGroup><PackageReference Include='x' Version='$(A)'/><PackageReference Update='x'><Version Condition='d'>[1,2)</Version></PackageReference></ItemGroup></Project>",
	"<project><packaging>pom</packaging><modules><module>${m}</module></modules><profiles><profile><properties><v>2</v></properties></profile></profiles><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>${v}</version></dependency></dependencies></project>",
}

// FuzzRead reads any bytes as a file of any registered format. For all of them, no reader may panic, each position must
// be in the file, and the output must not be larger than the input.
func FuzzRead(f *testing.F) {
	all := seeds
	for _, generate := range generators {
		all = append(all, generate(3))
	}
	for _, path := range slices.Sorted(maps.Keys(seedsText())) {
		all = append(all, seedsText()[path])
	}
	for format := range manifest.Formats() {
		for _, seed := range all {
			f.Add(uint8(format), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, format uint8, data []byte) {
		at := int(format) % len(manifest.Formats())
		began := time.Now()
		doc, err := manifest.ReadAs(at, "a/b", data)
		checkDocument(t, manifest.Formats()[at], doc, data, err)
		manifest.Resolve([]*document.Document{doc})
		if took := time.Since(began); tooLong(took) {
			t.Fatalf("%s: %d bytes took %v", doc.Kind, len(data), took)
		}
	})
}

// checkDocument checks what must hold for every document of every format.
func checkDocument(t *testing.T, format string, doc *document.Document, data []byte, err error) {
	t.Helper()
	if err != nil && bytes.Contains([]byte(err.Error()), []byte("crashed")) {
		t.Fatalf("%s: %v", format, err)
	}
	place := func(start, end, line int) {
		if start < 0 || start >= end || end > len(data) || line != 1+bytes.Count(data[:start], []byte("\n")) {
			t.Fatalf("%s: a package at %d to %d, line %d, of %d bytes", format, start, end, line, len(data))
		}
	}
	size := 0
	for i := range doc.Entries {
		e := &doc.Entries[i]
		place(e.Package.Start, e.Package.End, e.Package.Line)
		if e.Package.Name == "" {
			t.Fatalf("%s: a package without a name", format)
		}
		size += 1 + len(e.Requires)
	}
	for i := range doc.Declared {
		d := &doc.Declared[i]
		place(d.Start, d.End, d.Line)
		size++
	}
	if size+len(doc.Roots) > 2*len(data) {
		t.Fatalf("%s: %d things of %d bytes", format, size, len(data))
	}
}
