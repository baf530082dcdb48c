package javascript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/javascript"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".txt", func(name, source string) *tree.Tree {
		dialect := javascript.JavaScript
		if strings.HasSuffix(name, ".ts.txt") {
			dialect = javascript.TypeScript
		}
		made := javascript.Parse(source, dialect)
		require.Zero(t, made.ErrorBytes, made.String())
		return made
	})
}

// TestOneTextIsOneTreeInEveryDialect: types aside, the dialects differ in nothing.
func TestOneTextIsOneTreeInEveryDialect(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"f(a, b => b.c)\nlet { x } = y", "class A { m() { return a < b } }", "x = a ? (b) : c => d", "for (const a of b) if (a) c(); else d()", "x = `a${b}` / 2"} {
		want := javascript.Parse(source, javascript.JavaScript)
		require.Zero(t, want.ErrorBytes, source)
		for _, dialect := range []javascript.Dialect{javascript.TypeScript, javascript.TSX} {
			require.Equal(t, want.String(), javascript.Parse(source, dialect).String(), source)
		}
	}
}

// TestAPatternIsWhatItsTextIs: the kind of its root's child, and no Error in it.
func TestAPatternIsWhatItsTextIs(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"$X": "metavariable", "$F(...)": "call", "$F(..., $X, ...)": "call", "f($...ARGS)": "call", "$X. ... .y()": "call", `"$X"`: "string", "`...${$X}...`": "template", "$X = $Y": "assign",
		"var $X = $Y": "assign", "const {$F} = require($M)": "assign", "$X.innerHTML = ...": "assign", "if ($X) { ... }": "if", "if (...) ...": "if", "for (...) { ... }": "for",
		"function $F(...) { ... }": "function", "function (...) { ... }": "function", "(...) => { ... }": "function", "async (..., $X, ...) => $Y": "function", "$X => $Y": "function",
		"return ...": "return", "return $X;": "return", "throw $X": "throw", `import $X from "m"`: "import", `import {..., $X as $Y, ...} from $M`: "import", `import * as $X from "m"`: "import",
		"{$K: $V}": "object", "{..., secure: false, ...}": "object", "$K: $V": "pair", "new $T(...)": "new", "<... f($X) ...>": "deep", "class $C extends $P { ... }": "class",
		"class $C { ... $M(...) { ... } ... }": "class", "try { ... } catch ($E) { ... }": "try", "catch ($E) { ... }": "catch", "case $X: ...": "case", "export default $X": "export",
		"<$EL ... dangerouslySetInnerHTML={$X} ... />": "element", "<$EL>...</$EL>": "element", "[..., $X, ...]": "array", "/$R/": "regex", "$X[$Y]": "index", "await $X": "await", "...": "ellipsis",
		"while (...) { ... }": "while", "$X += $Y": "assign", "$A ? $B : $C": "conditional", "{ f(); ... }": "block", "f(...);": "exprstmt", "$M(...) { ... }": "function", "async $M(...) { ... }": "function",
	} {
		for _, dialect := range []javascript.Dialect{javascript.JavaScript, javascript.TSX} {
			made, err := javascript.ParsePattern(source, dialect)
			require.NoError(t, err, source)
			require.NoError(t, tree.Check(made), source)
			require.Zero(t, made.ErrorBytes, source)
			require.Equal(t, want, made.Kind(made.First(tree.Root)).String(), "%s\n%s", source, made)
			require.Equal(t, tree.None, made.Next(made.First(tree.Root)), "%s\n%s", source, made)
		}
	}
	made, err := javascript.ParsePattern("($X: Request).query", javascript.TypeScript)
	require.NoError(t, err)
	require.Contains(t, made.String(), "typed")
	made, err = javascript.ParsePattern("$X = f()\n...\n$X.g()", javascript.JavaScript)
	require.NoError(t, err)
	require.Equal(t, tree.RoleBody, made.Role(made.Next(made.Next(made.First(tree.Root)))))
}

// TestWhatIsNoPattern fails, and says where.
func TestWhatIsNoPattern(t *testing.T) {
	t.Parallel()
	for source, at := range map[string]string{"f(": "byte 2", "if (": "byte 4", "$X $Y": "byte 3", "": "byte 0", "f(a b)": "byte 4", `"open`: "byte 0", "x = }": "byte 4"} {
		_, err := javascript.ParsePattern(source, javascript.JavaScript)
		require.ErrorContains(t, err, at+":", source)
	}
}

// TestAnErrorStaysWhereItIs: what precedes it and what follows it is read.
func TestAnErrorStaysWhereItIs(t *testing.T) {
	t.Parallel()
	for source, lost := range map[string]int{
		"function f() {\n  before()\n  x = = 3\n  behind()\n}\nfunction g() { after() }\n":             1,
		"function f() {\n  before()\n  if (x == ) {\n    behind()\n  }\n}\nfunction g() { after() }\n": 1,
		"function f() {\n  before()\n  call(a, b\n  return behind()\n}\nfunction g() { after() }\n":    1,
		"class A {\n  a() { before() }\n  b(a b) { behind() }\n  c() { after() }\n}\n":                 1,
		"before()\nswitch (x) { case 1 2: behind() }\nafter(behind())\n":                               1,
		"before()\ns = 'open\nbehind()\nafter()\n":                                                     1,
		"before()\n<<<<<<< HEAD\nbehind()\n=======\nafter()\n":                                         0,
		"before()\n@@@ x\nbehind()\nr = /open\nafter()\n":                                              2,
		"before()\n} }\nbehind()\nafter()":                                                             2,
	} {
		made := javascript.Parse(source, javascript.JavaScript)
		require.NoError(t, tree.Check(made), source)
		errors, calls := 0, []string{}
		for id := tree.Root; int(id) < len(made.Nodes); id++ {
			switch made.Kind(id) {
			case tree.Error:
				errors++
			case tree.Call:
				calls = append(calls, made.At(made.First(id)))
			}
		}
		for _, want := range []string{"before", "behind", "after"} {
			require.Contains(t, calls, want, "%s\n%s", source, made)
		}
		require.Equal(t, lost, errors, "%s\n%s", source, made)
	}
}

// TestHostileTextIsBounded: deep nesting, long lines and many errors end in linear time, and without a panic.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for _, source := range []string{
		strings.Repeat("(", n), strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat("f(function(){", n/4), strings.Repeat("x?.(", n/4), "x" + strings.Repeat("+x", n), "x" + strings.Repeat(".y", n),
		strings.Repeat("a,", n) + "b", strings.Repeat("if (x) {", n/4), strings.Repeat("-", n), strings.Repeat("- ", n), strings.Repeat("(a = ", n/4), strings.Repeat("(a = (b) => ", n/8), strings.Repeat("a ? (b) : ", n/8),
		strings.Repeat("`${", n/4), strings.Repeat("<a>", n/4), strings.Repeat("<a b={", n/8), strings.Repeat("f<g<", n/4), strings.Repeat("a<b>(", n/8), strings.Repeat("class A { m() {\n", n/8) + strings.Repeat("} bad bad }\n", n/8),
		strings.Repeat("= = =\n", n/4), strings.Repeat("}", n), strings.Repeat("\"", n), strings.Repeat("/*", n), strings.Repeat("\x00\xff", n), strings.Repeat("else ", n), strings.Repeat("case ", n), strings.Repeat("a: ", n),
		strings.Repeat("async ", n), strings.Repeat("await ", n), strings.Repeat("new ", n), strings.Repeat("@a ", n/4), strings.Repeat("export ", n/4), strings.Repeat("type A = ", n/4), strings.Repeat("/x", n),
		"type A = " + strings.Repeat("B extends C ? ", n/8), "type A = " + strings.Repeat("(a: ", n/8), strings.Repeat("switch (x) { case bad bad: {", n/8), strings.Repeat("x => ", n/4), strings.Repeat("${", n),
	} {
		for _, dialect := range []javascript.Dialect{javascript.JavaScript, javascript.TypeScript} {
			made := javascript.Parse(source, dialect)
			require.NoError(t, tree.Check(made), source[:12])
			_, _ = javascript.ParsePattern(source, dialect)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"import a, {b} from 'c'; export default class extends D { #x = 1; static {} get y() {} }", "f(...a, async x => await x, `a${b}`, /r/g, <a b={c}>d{e}</a>)", "for (const [a] of b) switch (c) { case 1: default: }",
		"type A<T> = T extends infer U ? { [K in keyof U]?: U[K] } : (a: T) => asserts a is B", "($X: T).y = <... $Z ...>", "let a = b ? (c): d => e : f<g>(h)", "enum E { A = 1 } namespace N { declare let x: [a?: b, ...c[]] }"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(2))
	}
	f.Fuzz(func(t *testing.T, source string, dialect uint8) {
		d := javascript.Dialect(dialect % 3)
		require.NoError(t, tree.Check(javascript.Parse(source, d)))
		if made, err := javascript.ParsePattern(source, d); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}
