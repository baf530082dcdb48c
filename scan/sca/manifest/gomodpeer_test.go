package manifest_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// requireAsGo holds what we read of a go.mod to what Go's own reader says, where that can read it at all.
func requireAsGo(t require.TestingT, data []byte) {
	file, err := modfile.Parse("go.mod", data, nil)
	if err != nil || slices.ContainsFunc(file.Require, func(r *modfile.Require) bool { return module.CheckPath(r.Mod.Path) != nil }) {
		return // Go refuses such a module later
	}
	doc, err := manifest.Read("go.mod", data)
	require.NoError(t, err, "Go reads it")
	tools := map[string]bool{}
	for _, tool := range file.Tool {
		for path := tool.Path; path != ""; path = path[:max(strings.LastIndexByte(path, '/'), 0)] {
			tools[path] = true
		}
	}
	var want, got []string
	for _, r := range file.Require {
		relation := "direct"
		if r.Indirect {
			relation = "transitive"
			if tools[r.Mod.Path] {
				relation = "direct or transitive"
			}
		}
		want = append(want, r.Mod.Path+" "+strings.TrimPrefix(r.Mod.Version, "v")+" "+relation)
	}
	lines := strings.Split(string(data), "\n")
	for i := range doc.Entries {
		e := &doc.Entries[i]
		if e.Package.Name == scan.GoStandardLibrary {
			continue
		}
		relation := e.Package.Relation.String()
		if tools[e.Package.Name] && (e.Package.Development || relation == "transitive") {
			relation = "direct or transitive"
		}
		// Go completes "v1.2", which is not a version of a module's but a question.
		got = append(got, e.Package.Name+" "+strings.TrimPrefix(module.CanonicalVersion("v"+e.Package.Version), "v")+" "+relation)
	}
	require.Equal(t, want, got)
	for i, r := range file.Require {
		require.Contains(t, lines[r.Syntax.Start.Line-1], string(data[entry(doc, i).Package.Start:entry(doc, i).Package.End]), "the place is on Go's line")
	}
}

// entry is the i-th that is not the standard library.
func entry(doc *document.Document, i int) *document.Entry {
	for k := range doc.Entries {
		if doc.Entries[k].Package.Name != scan.GoStandardLibrary {
			if i == 0 {
				return &doc.Entries[k]
			}
			i--
		}
	}
	return nil
}

func TestGoModAsGoReadsIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"module m\nrequire a.org/b v1.0.0\n", "module m\r\nrequire (\r\n\ta.org/b v1.0.0 // indirect\r\n)\r\n", "module m\nrequire(\n\ta.org/b v1.0.0 //indirect; why\n)\n",
		"module m\nrequire \"a.org/b\" v1.0.0\n", "module \"m\"\n\n\n// a comment\nrequire ( // why\n\n\t// indirect\n\ta.org/b v1.0.0\n\n\ta.org/c v1.2.3-pre+incompatible // indirected\n)\n",
		"module m\nexclude a.org/b v1.0.0\nretract (\n\tv1.0.0\n\t[v1.1.0, v1.2.0] // bad\n)\nrequire a.org/b v1.1.0 // indirect\n", "module m\ntool a.org/b/cmd\nrequire a.org/b v1.0.0 // indirect\n",
		"module m\ngo 1.21\ntoolchain go1.22.3\ngodebug default=go1.21\nrequire a.org/b v0.0.0-20240102030405-0123456789ab\n", "module m\nrequire a.org/b v1.0.0 // indirect // more\n",
		"module m\nrequire ( )\nrequire ()\ntool \"(\"\nrequire a.org/b v1.0.0\n",
		"// Deprecated: no\nmodule m\nreplace a.org/b => ../b\nreplace a.org/c v1.0.0 => a.org/d v1.0.0\nrequire (\n\ta.org/b v1.0.0\n\ta.org/b v1.0.1\n)\n",
	} {
		_, err := modfile.Parse("go.mod", []byte(text), nil)
		require.NoError(t, err, text)
		requireAsGo(t, []byte(text))
	}
	own, err := os.ReadFile("../../../go.mod")
	require.NoError(t, err)
	requireAsGo(t, own)
}

func FuzzGoModAsGoReadsIt(f *testing.F) {
	f.Add([]byte("module m\ngo 1.21\nrequire (\n\ta.org/b v1.2.3 // indirect\n\t\"a.org/c\" v1.0.0\n)\nreplace a.org/b v1.2.3 => ../b\ntool a.org/b/c\n"))
	f.Add([]byte("module m; require a v1.0.0 // indirect; x\n"))
	f.Fuzz(func(t *testing.T, data []byte) { requireAsGo(t, data) })
}

// BenchmarkGoMod compares our reader with Go's own, of a file of 16,000 modules.
func BenchmarkGoMod(b *testing.B) {
	var text strings.Builder
	text.WriteString("module example.org/m\n\ngo 1.21\n\nrequire (\n")
	for i := range 16_000 {
		text.WriteString("\texample.org/group/module" + strconv.Itoa(i) + " v1.2." + strconv.Itoa(i) + " // indirect\n")
	}
	text.WriteString(")\n")
	data := []byte(text.String())
	for name, read := range map[string]func() error{
		"ours": func() error { _, err := manifest.Read("go.mod", data); return err },
		"Go's": func() error { _, err := modfile.Parse("go.mod", data, nil); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, read())
			}
		})
	}
}
