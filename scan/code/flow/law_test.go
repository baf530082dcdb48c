package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// lawPrograms are flows to which the laws apply, with the statements that follow where the data is held in x. Lines end a statement.
var lawPrograms = map[rule.Language]string{
	"python": "def f(c, o):\n    x = source()\n    if c:\n        o.k = x\n    y = [x, o.k]\n    for z in y:\n        x = z\n    sink(x)\n",
	"js":     "function f(c, o) {\n    let x = source();\n    if (c) {\n        o.k = x;\n    }\n    const y = [x, o.k];\n    for (const z of y)\n        x = z;\n    sink(x);\n}\n",
	"java":   "class A { void f(boolean c, O o) {\n    String x = source();\n    if (c) {\n        o.k = x;\n    }\n    String[] y = {x, o.k};\n    for (String z : y)\n        x = z;\n    sink(x);\n} }\n",
	"go":     "package p\nfunc f(c bool, o *O) {\n    x := source()\n    if c {\n        o.k = x\n    }\n    y := []string{x, o.k}\n    for _, z := range y {\n        x = z\n    }\n    sink(x)\n}\n",
}

// shape is what findings say without where they are: how many steps each has.
func shape(t *testing.T, language rule.Language, more, source string) (steps []int) {
	t.Helper()
	list, extent := findings(newSet(t, taintRule(language, more)), language, source)
	require.Equal(t, flow.Whole, extent)
	for _, f := range list {
		steps = append(steps, len(f.Steps))
	}
	return steps
}

func TestASanitizerNeverAddsAFinding(t *testing.T) {
	for language, source := range lawPrograms {
		t.Run(string(language), func(t *testing.T) {
			require.Len(t, shape(t, language, sanitizers, source), 1)
			clean := strings.ReplaceAll(source, "sink(x)", "sink(clean(x))")
			require.Empty(t, shape(t, language, sanitizers, clean))
			require.Len(t, shape(t, language, "", clean), 1, "without the sanitizer it is a function like others")
			require.Empty(t, shape(t, language, sanitizers, strings.ReplaceAll(source, "source()", "clean(source())")))
			partly := strings.Replace(source, "o.k = x", "o.k = clean(x)", 1)
			require.Len(t, shape(t, language, sanitizers, partly), 1)
		})
	}
}

func TestCodeBehindReturnChangesNothing(t *testing.T) {
	for language, source := range lawPrograms {
		t.Run(string(language), func(t *testing.T) {
			end := map[rule.Language]string{"python": "    return\n    x = source()\n    sink(x)\n", "js": "    return;\n    x = source();\n    sink(x);\n", "java": "    return;\n    x = source();\n    sink(x);\n", "go": "    return\n    x = source()\n    sink(x)\n"}[language]
			at := strings.Index(source, "sink(x)")
			at += strings.IndexByte(source[at:], '\n') + 1
			require.Equal(t, shape(t, language, "", source), shape(t, language, "", source[:at]+end+source[at:]))
		})
	}
}

func TestRenamingKeepsAll(t *testing.T) {
	for language, source := range lawPrograms {
		t.Run(string(language), func(t *testing.T) {
			renamed := source
			for from, to := range map[string]string{"x": "other", "y": "list0", "z": "each_one", "o.k": "o.field", "f(": "renamed("} {
				renamed = replaceWord(renamed, from, to)
			}
			require.Equal(t, shape(t, language, "", source), shape(t, language, "", renamed))
		})
	}
}

// replaceWord replaces a word where no letter stands around it.
func replaceWord(text, from, to string) string {
	var out strings.Builder
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z')
	}
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], from) && !letter(i-1) && !letter(i+len(from)) {
			out.WriteString(to)
			i += len(from)
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

func TestAHelperKeepsTheFinding(t *testing.T) {
	helpers := map[rule.Language]string{
		"python": "def h(v): return v\n", "js": "function h(v) { return v; }\n", "java": "class H { static String h(String v) { return v; } }\n", "go": "func h(v string) string { return v }\n",
	}
	for language, source := range lawPrograms {
		t.Run(string(language), func(t *testing.T) {
			call := "h(x)"
			if language == "java" {
				call = "H.h(x)"
			}
			require.Len(t, shape(t, language, "", strings.ReplaceAll(source, "sink(x)", "sink("+call+")")+helpers[language]), 1)
			require.Empty(t, shape(t, language, "", strings.ReplaceAll(source, "source()", "other()")+helpers[language]))
		})
	}
}

func TestTwoRunsGiveTheSame(t *testing.T) {
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, "def f%d(a, b):\n    o = {'a': a, 'b': b}\n    if a:\n        o['c'] = source()\n    else:\n        o['c'] = f%d(b, a)\n    for k in o.values():\n        sink(k)\n    return [o, a]\n", i, (i*7+3)%40)
	}
	set := newSet(t, taintRule("python", ""))
	first, cut := findings(set, "python", many.String())
	require.NotEmpty(t, first)
	for range 5 {
		again, cutAgain := findings(set, "python", many.String())
		require.Equal(t, cut, cutAgain)
		require.True(t, slices.EqualFunc(first, again, func(a, b flow.Finding) bool {
			return a.Start == b.Start && a.End == b.End && a.Message == b.Message && slices.Equal(a.Steps, b.Steps)
		}))
	}
}
