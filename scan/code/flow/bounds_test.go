package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// hostile are programs that would take too long if nothing bounded the walk.
func hostile() map[string]struct {
	language rule.Language
	source   string
} {
	var everyone strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&everyone, "def f%d(x):\n    f%d(x); f%d(source()); sink(f%d(x))\n", i, (i*31+7)%10_000, (i*17+3)%10_000, (i*13+1)%10_000)
	}
	var branches strings.Builder
	branches.WriteString("function f(c) {\n let x = source();\n")
	for i := range 20_000 {
		fmt.Fprintf(&branches, "if (c > %d) { v%d = x; } else { x = [x, v%d]; }\n", i, i, i)
	}
	branches.WriteString("sink(x);\n}\n")
	return map[string]struct {
		language rule.Language
		source   string
	}{
		"a long line of calls":                {"js", "x = source();" + strings.Repeat("x=g(x);", 1_400_000) + "sink(x)"},
		"functions that call one another":     {"python", everyone.String()},
		"many branches":                       {"js", branches.String()},
		"deep calls":                          {"js", "sink(" + strings.Repeat("f(", 50_000) + "source()" + strings.Repeat(")", 50_000) + ")"},
		"deep blocks":                         {"go", "package p\nfunc f() { x := source()\n" + strings.Repeat("if x {", 50_000) + "sink(x)" + strings.Repeat("}", 50_000) + "}"},
		"loops in loops":                      {"js", "let x = source();" + strings.Repeat("while (a) {", 300) + "x = g(x);" + strings.Repeat("}", 300) + "sink(x)"},
		"a list of a million":                 {"python", "l = [" + strings.Repeat("1,", 1_000_000) + "source()]\nm = l + l\nsink(m)"},
		"sources in sources":                  {"js", "sink(" + strings.Repeat("source(a + ", 900) + "1" + strings.Repeat(")", 900) + ")"},
		"a function that is given to itself":  {"js", "const f = g => g(g); f(f); sink(f(source()))"},
		"a list that holds itself":            {"python", "l = [source()]\nl.append(l)\nfor i in l:\n    l.append([l, i])\nsink(l)"},
		"classes that extend one another":     {"python", "class A(B):\n    pass\nclass B(A):\n    pass\nsink(A(source()).x)"},
		"ten thousand methods of one name":    {"java", strings.Repeat("class C { void m(String x) { this.m(x); m(source()); sink(x); } }\n", 10_000)},
		"closures that make closures":         {"js", "function f(x) { return () => f([x, f]); }\nlet g = f(source());" + strings.Repeat("g = g();", 2_000) + "sink(g)"},
		"a constant loop that does not end":   {"js", "let i = 0, x = source(); while (true) { i++; if (i == 1e9) break; x = g(x); } sink(x)"},
		"exceptions out of many calls":        {"java", "class A { void f() { try { " + strings.Repeat("g(h());", 50_000) + " throw new E(source()); } catch (E e) { sink(e); } } }"},
		"a pattern of a thousand alternative": {"python", "match source():\n    case " + strings.Repeat("1 | ", 900) + "x:\n        sink(x)\n"},
	}
}

func TestHostileFilesAreBounded(t *testing.T) {
	for name, file := range hostile() {
		t.Run(name, func(t *testing.T) {
			findings(newSet(t, taintRule(file.language, "")), file.language, file.source)
		})
	}
}

func TestStatementsThatAreNotWalkedAreTold(t *testing.T) {
	source := "def f(a):\n    x = source()\n"
	for depth := range 40 {
		in := strings.Repeat("    ", depth+1)
		source += fmt.Sprintf("%si%d = 0\n%swhile a:\n%s    i%d += 1\n", in, depth, in, in, depth)
	}
	source += strings.Repeat("    ", 41) + "x = g(x)\n    sink(x)\n"
	_, extent := findings(newSet(t, taintRule("python", "")), "python", source)
	require.Equal(t, flow.Cut, extent)
}

func TestALargeFunctionIsWalkedToItsEnd(t *testing.T) {
	source := "def f():\n    x = source()\n" + strings.Repeat("    g(x)\n", 60_000) + "    sink(x)\n"
	list, extent := findings(newSet(t, taintRule("python", "")), "python", source)
	require.Equal(t, flow.Whole, extent)
	require.Len(t, list, 1)
}

// Each function calls the next one twice: all calls together are 2^40.
func TestCallsThatAreTooManyAreFollowedLessDeep(t *testing.T) {
	source := "def entry():\n    x = source()\n    f0(x)\n    direct(x)\n    sink(x)\n\ndef direct(y):\n    sink(y)\n\n"
	for i := range 40 {
		source += fmt.Sprintf("def f%d(x):\n    f%d(x)\n    f%d(x + source())\n\n", i, i+1, i+1)
	}
	source += "def f40(x):\n    sink(x)\n"
	list, extent := findings(newSet(t, taintRule("python", "")), "python", source)
	require.Equal(t, flow.Shallow, extent)
	lines := linesOf(source, list)
	require.Contains(t, lines, 5, "in the function itself")
	require.Contains(t, lines, 8, "through one call")
}
