package code_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

// commit is a source of files in memory, whose contents have ids.
type commit map[string]string

// Files implements [scan.Source].
func (c commit) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(c)) {
			sum := sha1.Sum([]byte(c[name]))
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c[name])), nil }
			if !yield(scan.File{Path: name, Size: int64(len(c[name])), Blob: hex.EncodeToString(sum[:]), Open: open}, nil) {
				return
			}
		}
	}
}

// with is the commit after changes; an empty text deletes a file.
func (c commit) with(changes commit) commit {
	after := maps.Clone(c)
	for name, text := range changes {
		if after[name] = text; text == "" {
			delete(after, name)
		}
	}
	return after
}

// flowRules are one taint rule for all languages.
const flowRules = `
rules:
- id: flow
  languages: [python, js, ts, java, go]
  severity: ERROR
  message: data arrives
  mode: taint
  pattern-sources: [{pattern: source(...)}]
  pattern-sinks: [{pattern: sink(...)}]
`

func compareTrees(t *testing.T, head, base commit) *scan.Result {
	t.Helper()
	scanner := &scan.Scanner{Detectors: []scan.Detector{code.New(withRules(flowRules))}, Jobs: 2}
	in := scan.Input{Head: head}
	if base != nil {
		in.Base = base
	}
	result, err := scanner.Scan(t.Context(), in)
	require.NoError(t, err)
	return result
}

// state gives the place of each finding, with its source and whether it is new.
func state(r *scan.Result) []string {
	all := []string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		word := "old"
		if f.New {
			word = "new"
		}
		all = append(all, fmt.Sprintf("%s %s:%d from %s:%d", word, f.Path, f.StartLine, f.Flow[0].Path, f.Flow[0].StartLine))
	}
	slices.Sort(all)
	return all
}

// crossing are projects with a flow from the first file named to the second.
var crossing = map[string]struct {
	files        commit
	source, sink string
}{
	"python": {commit{
		"app/web.py":      "from app.store.db import run\n\ndef handler():\n    q = source()\n    run(q)\n",
		"app/store/db.py": "def run(text):\n    sink(text)\n\ndef safe():\n    sink('a')\n",
	}, "app/web.py:4", "app/store/db.py:2"},
	"python, a class by the package": {commit{
		"app/web.py":            "from .store import Store\n\ndef handler():\n    Store().run(source())\n",
		"app/store/__init__.py": "from .db import Store\n",
		"app/store/db.py":       "class Store:\n    def run(self, text):\n        sink(text)\n",
	}, "app/web.py:4", "app/store/db.py:3"},
	"javascript": {commit{
		"src/web.js":      "import { run } from './db/index.js';\nexport function handler() {\n  run(source());\n}\n",
		"src/db/index.js": "export const run = text => {\n  sink(text);\n};\n",
	}, "src/web.js:3", "src/db/index.js:2"},
	"javascript, what comes back": {commit{
		"src/web.js":  "const { read } = require('./read');\nmodule.exports = () => sink(read());\n",
		"src/read.js": "exports.read = function () {\n  return source();\n};\n",
	}, "src/read.js:2", "src/web.js:2"},
	"typescript, paths of the configuration": {commit{
		"tsconfig.json": "{ // comments\n \"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"@lib/*\": [\"lib/*\"]}},\n}",
		"src/a/web.ts":  "import { Store } from '@lib/store';\nexport class Web {\n  constructor(private store: Store) {}\n  get() { this.store.run(source()); }\n}\n",
		"lib/store.ts":  "export class Store {\n  run(text: string): void {\n    sink(text);\n  }\n}\n",
	}, "src/a/web.ts:4", "lib/store.ts:3"},
	"typescript, export =": {commit{
		"web.ts":  "import read = require('./read');\nexport const f = () => sink(read());\n",
		"read.ts": "function read() {\n  return source();\n}\nexport = read;\n",
	}, "read.ts:2", "web.ts:2"},
	"java": {commit{
		"src/main/java/a/web/Web.java":  "package a.web;\nimport a.db.Store;\nclass Web {\n  private Store store;\n  void get() { store.run(source()); }\n}\n",
		"src/main/java/a/db/Store.java": "package a.db;\npublic interface Store { void run(String text); }\n",
		"src/main/java/a/db/Real.java":  "package a.db;\npublic class Real implements Store {\n  public void run(String text) { sink(text); }\n}\n",
	}, "src/main/java/a/web/Web.java:5", "src/main/java/a/db/Real.java:3"},
	"go": {commit{
		"go.mod":      "module example.com/m\n",
		"web/web.go":  "package web\n\nimport \"example.com/m/db\"\n\nfunc Get() {\n\ts := &db.Store{}\n\ts.Run(source())\n}\n",
		"db/store.go": "package db\n\ntype Store struct{}\n\nfunc (s *Store) Run(text string) { s.run(text) }\n",
		"db/run.go":   "package db\n\nfunc (s *Store) run(text string) {\n\tsink(text)\n}\n",
	}, "web/web.go:7", "db/run.go:4"},
}

func TestAFlowFromFileToFile(t *testing.T) {
	t.Parallel()
	for name, test := range crossing {
		r := compareTrees(t, test.files, nil)
		require.Len(t, r.Findings, 1, name)
		f := &r.Findings[0]
		require.Equal(t, "Source: "+test.source+" -> "+test.sink, f.Related, name)
		require.Equal(t, test.sink, fmt.Sprintf("%s:%d", f.Path, f.StartLine), name)
		first, last := f.Flow[0], f.Flow[len(f.Flow)-1]
		require.Equal(t, scan.StepSource, first.Kind)
		require.Equal(t, scan.StepSink, last.Kind)
		for _, s := range f.Flow {
			text := test.files[s.Path]
			require.NotEmpty(t, text, name)
			require.Equal(t, 1+strings.Count(text[:s.Start], "\n"), s.StartLine, name)
			require.Equal(t, strings.TrimSpace(strings.Split(text, "\n")[s.StartLine-1]), s.Text, name)
		}
		require.Contains(t, test.files[first.Path][first.Start:first.End], "source()", name)
	}
}

func TestAChangeThatReachesAnOldSinkIsNew(t *testing.T) {
	t.Parallel()
	for name, test := range crossing {
		from, _, _ := strings.Cut(test.source, ":")
		before := test.files.with(commit{from: strings.ReplaceAll(test.files[from], "source()", "''")})
		require.Empty(t, compareTrees(t, before, nil).Findings, name)
		want := test.sink + " from " + test.source
		r := compareTrees(t, test.files, before)
		require.Equal(t, []string{"new " + want}, state(r), name)
		path, line := r.Findings[0].Shown()
		require.Equal(t, test.source, fmt.Sprintf("%s:%d", path, line), "%s: the line that the change adds", name)
		r = compareTrees(t, test.files, test.files)
		require.Equal(t, []string{"old " + want}, state(r), name)
		path, line = r.Findings[0].Shown()
		require.Equal(t, test.sink, fmt.Sprintf("%s:%d", path, line), name)
		// The caller is new, and what it calls is as it was.
		require.Equal(t, []string{"new " + want}, state(compareTrees(t, test.files, test.files.with(commit{from: ""}))), name)
		// A line above the source, and one above the sink.
		to, _, _ := strings.Cut(test.sink, ":")
		for _, moved := range []string{from, to} {
			after := test.files.with(commit{moved: strings.Replace(test.files[moved], "\n", "\n\n", 1)})
			for _, s := range state(compareTrees(t, after, test.files)) {
				require.Contains(t, s, "old ", name)
			}
		}
	}
}

func TestAFileThatMovesKeepsItsFlows(t *testing.T) {
	t.Parallel()
	const text = "def f():\n    x = source()\n    sink(x)\n"
	base := commit{"a.py": text}
	require.Equal(t, []string{"old b.py:3 from b.py:2"}, state(compareTrees(t, commit{"b.py": text}, base)))
	require.Equal(t, []string{"old b.py:4 from b.py:3"}, state(compareTrees(t, commit{"b.py": "import os\n" + text}, base)), "moved and changed")
	require.Equal(t, []string{"new b.py:3 from b.py:2", "old a.py:3 from a.py:2"}, state(compareTrees(t, commit{"a.py": text, "b.py": text}, base)), "a copy")
}

func TestFlowsDoNotDependOnParallelism(t *testing.T) {
	t.Parallel()
	files := tree{}
	for name, test := range crossing {
		for i := range 8 {
			for file, text := range test.files {
				files[fmt.Sprintf("%s/%d/%s", strings.ReplaceAll(name, ", ", "-"), i, file)] = text
			}
		}
	}
	options := withRules(flowRules)
	options.Jobs = 1
	one := scanTree(t, options, files, 1)
	options.Jobs = 8
	eight := scanTree(t, options, files, 8)
	require.NotEmpty(t, one.Findings)
	require.Equal(t, one.Findings, eight.Findings)
	require.Equal(t, one.Notes, eight.Notes)
}

func TestTheLineOfTheSourceAllowsAFlow(t *testing.T) {
	t.Parallel()
	files := crossing["python"].files.with(commit{"app/web.py": "from app.store.db import run\n\ndef handler():\n    q = source()  # nosemgrep: flow -- ours\n    run(q)\n"})
	r := compareTrees(t, files, nil)
	require.Len(t, r.Findings, 1)
	require.Equal(t, "ours", r.Findings[0].Suppression.Reason)
}
