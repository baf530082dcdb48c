package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/golang"
	"github.com/sluice-scan/sluice/scan/code/java"
	"github.com/sluice-scan/sluice/scan/code/javascript"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/python"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

var languages = []search.Language{
	{Name: "python", Parse: python.Parse, ParsePattern: python.ParsePattern},
	{Name: "go", Parse: golang.Parse, ParsePattern: golang.ParsePattern},
	{Name: "java", Parse: java.Parse, ParsePattern: java.ParsePattern},
	{
		Name:         "js",
		Parse:        func(s string) *tree.Tree { return javascript.Parse(s, javascript.JavaScript) },
		ParsePattern: func(s string) (*tree.Tree, error) { return javascript.ParsePattern(s, javascript.JavaScript) },
	},
}

// extensions give the language of a file.
var extensions = map[string]rule.Language{".py": "python", ".go": "go", ".java": "java", ".js": "js"}

// taintRule is a rule from source() to sink(x), with more of its keys behind.
func taintRule(language rule.Language, more string) string {
	return fmt.Sprintf(`
rules:
- id: t
  languages: [%s]
  severity: ERROR
  message: m
  mode: taint
  pattern-sources: [{pattern: source(...)}]
  pattern-sinks: [{pattern: sink(...)}]
%s`, language, more)
}

const sanitizers = "  pattern-sanitizers: [{pattern: clean(...)}]\n"

// newSet compiles rules for the tests' languages.
func newSet(t testing.TB, rules string) *search.Set {
	t.Helper()
	parsed, refused := rule.Parse("r.yaml", []byte(rules))
	require.Empty(t, refused)
	set, refused := search.NewSet(parsed, languages)
	require.Empty(t, refused)
	return set
}

// input is a file as the rules see it.
func input(language rule.Language, source string) search.Input {
	return search.Input{Across: true, Source: source, Language: language, Now: time.Unix(0, 0)}
}

// findings runs the taint rules on one file.
func findings(set *search.Set, language rule.Language, source string) (list []flow.Finding, extent flow.Extent) {
	for _, run := range set.Examine(input(language, source)) {
		found, c := flow.Find(run)
		list, extent = append(list, found...), max(extent, c)
	}
	return list, extent
}

// linesOf are the lines of findings, each once.
func linesOf(source string, list []flow.Finding) (lines []int) {
	for _, f := range list {
		lines = append(lines, 1+strings.Count(source[:f.Start], "\n"))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// marked are the lines that end with the comment BAD.
func marked(source string) (lines []int) {
	for i, line := range strings.Split(source, "\n") {
		if strings.HasSuffix(line, "BAD") {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// requireMarked requires that a rule finds the lines that say BAD, and no others.
func requireMarked(t *testing.T, language rule.Language, more, source string) {
	t.Helper()
	list, extent := findings(newSet(t, taintRule(language, more)), language, source)
	require.Equal(t, flow.Whole, extent)
	require.Equal(t, marked(source), linesOf(source, list), source)
	for _, f := range list {
		require.GreaterOrEqual(t, len(f.Steps), 2)
		last := f.Steps[len(f.Steps)-1]
		require.True(t, last.Start >= f.Start && last.End <= f.End || last.Start <= f.Start && last.End >= f.End, "the way ends at the sink")
	}
}

// sources makes the files of a program out of an archive: a line `== path` begins a file.
func sources(t testing.TB, set *search.Set, archive string) (files []flow.Source, texts []string) {
	t.Helper()
	for _, part := range strings.Split(archive, "== ")[1:] {
		path, text, _ := strings.Cut(part, "\n")
		language := extensions[path[strings.LastIndexByte(path, '.'):]]
		file := flow.Source{Path: path}
		for _, run := range set.Examine(input(language, text)) {
			file.Run = run
		}
		for _, l := range languages {
			if l.Name == language {
				file.File = match.NewFile(l.Parse(text))
			}
		}
		files, texts = append(files, file), append(texts, text)
	}
	return files, texts
}
