package java_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/java"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".java.txt", func(_, source string) *tree.Tree {
		made := java.Parse(source)
		require.Zero(t, made.ErrorBytes, made.String())
		return made
	})
}

// TestAPatternIsWhatItsTextIs: the kind of its root's child, and no Error in it.
func TestAPatternIsWhatItsTextIs(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"$X": "metavariable", "$F(...)": "call", "$X.$F(..., $Y, ...)": "call", "f($...ARGS)": "call", "$X. ... .y()": "call", `"$X"`: "string", "new $T(...)": "new", "(String $X).length()": "call",
		"(java.util.List<$T> $X).get(...)": "call", "$T $X = $Y;": "assign", "$T $X;": "declare", "String $X = $Y": "assign", "final $T $X = ...;": "assign", "$X = $Y;": "exprstmt", "$X = $Y": "assign",
		"if ($X) { ... }": "if", "if (...) { ... }": "if", "for (...) { ... }": "for", "for ($T $X : $Y) { ... }": "foreach", "return ...;": "return", "return $X": "return", "throw $X;": "throw",
		"$T $F(...) { ... }": "function", "public $T $F(..., $P $X, ...) { ... }": "function", "@$A(...)\n$T $F(...) { ... }": "function", "@Override public $T $F(...) throws $E { ... }": "function",
		"class $C { ... }": "class", "class $C extends $P { ... $T $F(...) { ... } ... }": "class", "@RestController\nclass $C { ... }": "class", "@RequestMapping(...)": "decorator", "@A": "decorator",
		"import java.util.$X;": "import", "try { ... } catch ($E $X) { ... }": "try", "try (...) { ... }": "try", "catch ($E $X) { ... }": "catch", "case $X: ...": "case", "<... f($X) ...>": "deep",
		"$X + $Y": "binary", "$X instanceof $T": "typetest", "($T) $X": "cast", "$X -> $Y": "function", "(...) -> { ... }": "function", "$X[$Y]": "index", "{ ... }": "block", "...": "ellipsis",
		"$X.class": "member", "f(...);": "exprstmt", "synchronized ($X) { ... }": "with", "package $P;": "package", "new $T[] {...}": "new", "$T $X = new $T(...);": "assign",
	} {
		made, err := java.ParsePattern(source)
		require.NoError(t, err, source)
		require.NoError(t, tree.Check(made), source)
		require.Zero(t, made.ErrorBytes, source)
		require.Equal(t, want, made.Kind(made.First(tree.Root)).String(), "%s\n%s", source, made)
		require.Equal(t, tree.None, made.Next(made.First(tree.Root)), "%s\n%s", source, made)
	}
	made, err := java.ParsePattern("$T $X = f();\n...\n$X.g();")
	require.NoError(t, err)
	require.Equal(t, tree.RoleBody, made.Role(made.Next(made.Next(made.First(tree.Root)))))
}

// TestWhatIsNoPattern fails, and says where.
func TestWhatIsNoPattern(t *testing.T) {
	t.Parallel()
	for source, at := range map[string]string{"f(": "byte 2", "if (": "byte 4", "": "byte 0", "f(a b)": "byte 4", `"open`: "byte 0", "x = }": "byte 4"} {
		_, err := java.ParsePattern(source)
		require.ErrorContains(t, err, at+":", source)
	}
}

// TestAnErrorStaysWhereItIs: what precedes it and what follows it is read.
func TestAnErrorStaysWhereItIs(t *testing.T) {
	t.Parallel()
	for source, lost := range map[string]int{
		"class A { void f() {\n  before();\n  x = = 3;\n  behind();\n}\nvoid g() { after(); } }\n":            1,
		"class A { void f() {\n  before();\n  if (x == ) {\n    behind();\n  }\n}\nvoid g() { after(); } }\n": 1,
		"class A { void f() {\n  before();\n  call(a, b\n  return behind();\n}\nvoid g() { after(); } }\n":    1,
		"class A {\n  void a() { before(); }\n  void b(a b c) { behind(); }\n  void c() { after(); }\n}\n":    1,
		"before(); switch (x) { case 1 2: behind(); }\nafter(behind());\n":                                    1,
		"class A { void f() {\n  before();\n  s = \"open;\n  return behind();\n}\nvoid g() { after(); } }\n":  1,
		"class A { int x = ; int y = before(); { behind(); after(); } }":                                      1,
		"before();\n} }\nbehind();\nafter();":                                                                 2,
	} {
		made := java.Parse(source)
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
		strings.Repeat("(", n), strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat("f(() -> {", n/4), strings.Repeat("x.(", n/4), "x" + strings.Repeat("+x", n), "x" + strings.Repeat(".y", n),
		"int a" + strings.Repeat(", a", n) + ";", strings.Repeat("if (x) {", n/4), strings.Repeat("-", n), strings.Repeat("- ", n), strings.Repeat("(int) ", n/4), strings.Repeat("(A) ", n/4), strings.Repeat("a<", n), strings.Repeat("a<b>", n/4),
		strings.Repeat("a ? b : ", n/8), strings.Repeat("x -> ", n/4), strings.Repeat("class A { void m() {\n", n/8) + strings.Repeat("} bad bad }\n", n/8), strings.Repeat("= = =\n", n/4), strings.Repeat("}", n), strings.Repeat("\"", n),
		strings.Repeat("/*", n), strings.Repeat("\x00\xff", n), strings.Repeat("else ", n), strings.Repeat("case ", n), strings.Repeat("a: ", n), strings.Repeat("new ", n), strings.Repeat("@A ", n/4), strings.Repeat("@A(", n/4),
		strings.Repeat("public ", n/4), strings.Repeat("switch (x) { case bad bad: {", n/8), strings.Repeat("switch (x) { default -> ", n/8), strings.Repeat("a.", n), strings.Repeat("int[]", n/4), strings.Repeat("A<B>>>>", n/8), strings.Repeat("non-sealed ", n/8),
	} {
		made := java.Parse(source)
		require.NoError(t, tree.Check(made), source[:4])
		_, _ = java.ParsePattern(source)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"@A(b = {1}) class C<T> extends D { int x, y[] = {1}; C(int... a) throws E { super(); } }", "switch (o) { case P(int a, var b) when a > 1 -> b; default: }", "(T $X).f(<... $Y ...>, $...Z)", "x = (A & B) () -> (int) -1 >>> 2",
		"new int[2][] {{1}}.length::new", "try (var a = b; c) {} catch (D | E e) {}", "record R(int a) { R {} } enum E { A(1) {}, B; }", "module a.b { requires c; }", "\"\"\"\n a\n\"\"\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(java.Parse(source)))
		if made, err := java.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}

func TestACutOffAnnotationIsNoPanic(t *testing.T) {
	for _, source := range []string{"@", "@A", "@A.", "@A(", "class A { @", "f(@", "(@A", "new @", "int @"} {
		require.NoError(t, tree.Check(java.Parse(source)), source)
	}
}
