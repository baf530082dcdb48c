package golang_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/golang"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestAPatternIsWhatItsTextIs: the kind of its root's child, and no Error in it.
func TestAPatternIsWhatItsTextIs(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"$X": "metavariable", "f(...)": "call", "$F(..., $X, ...)": "call", "f($...ARGS)": "call", "x. ... .y()": "call", `"$X"`: "string", `"..."`: "string",
		"$X := $Y": "assign", "$X, $Y := f()": "assign", "$X = ...": "assign", "var $X = $Y": "assign", "var $X string": "declare", "const $C = 1": "assign",
		"if $X { ... }": "if", "if ... { return ... }": "if", "if $X := f(); $X != nil { ... }": "if", "for ... { ... }": "for", "for $K, $V := range $X { ... }": "foreach",
		"func $F(...) { ... }": "function", "func $F(...) ... { ... }": "function", "func ($R $T) $F(..., $X string, ...) error { ... }": "function", "func (...) $F(...) { ... }": "function",
		"func(...) { ... }": "function", "return $X, ...": "return", "defer $X.Close()": "defer", "go $F(...)": "spawn", `import "crypto/md5"`: "import", `import $A "md5"`: "import",
		"$T{...}": "composite", "&tls.Config{..., InsecureSkipVerify: true, ...}": "unary", "[]byte($X)": "call", "map[string]$T{}": "composite", "$X: $Y": "pair", "InsecureSkipVerify: true": "pair",
		"($X : *http.Request).FormValue(...)": "call", "<... f($X) ...>": "deep", "$X + $Y": "binary", "case $X: ...": "case", "type $T struct { ... }": "typealias",
		"type $T struct { ...; $F string; ... }": "typealias", "switch $X { ... }": "switch", "*$X": "unary", "$X[...]": "index", "$X.(string)": "cast", "$X++": "exprstmt", "f();": "exprstmt",
		"package $P": "package", "...": "ellipsis", "{ ... }": "block", "f(\n  ...,\n  $X\n)": "call", "f(\n  ...\n)": "call",
	} {
		made, err := golang.ParsePattern(source)
		require.NoError(t, err, source)
		require.NoError(t, tree.Check(made), source)
		require.Zero(t, made.ErrorBytes, source)
		require.Equal(t, want, made.Kind(made.First(tree.Root)).String(), "%s\n%s", source, made)
		require.Equal(t, tree.None, made.Next(made.First(tree.Root)), "%s\n%s", source, made)
	}
}

// TestAPatternOfSeveralStatements has them as items.
func TestAPatternOfSeveralStatements(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{"$X := f()\n...\n$X.g()": 3, "a()\nb()": 2, "import \"a\"\n...\nfunc $F() { ... }": 3, "...\nf()\n...": 3, "type $T struct { ... }\n...": 2} {
		made, err := golang.ParsePattern(source)
		require.NoError(t, err, source)
		n := 0
		for id := made.First(tree.Root); id != tree.None; id = made.Next(id) {
			require.Equal(t, tree.RoleBody, made.Role(id))
			n++
		}
		require.Equal(t, want, n, "%s\n%s", source, made)
	}
}

// TestWhatIsNoPattern fails, and says where.
func TestWhatIsNoPattern(t *testing.T) {
	t.Parallel()
	for source, at := range map[string]string{"f(": "byte 2", "if {": "byte 3", "$X $Y": "byte 3", "": "byte 0", "func (": "byte 6", "a b c": "byte 2", "x := }": "byte 5", "f(a b)": "byte 4", `"open`: "byte 0"} {
		_, err := golang.ParsePattern(source)
		require.ErrorContains(t, err, at+":", source)
	}
}

// TestAnErrorStaysWhereItIs: what precedes it and what follows it is read.
func TestAnErrorStaysWhereItIs(t *testing.T) {
	t.Parallel()
	for source, lost := range map[string]int{
		"package p\n\nfunc f() {\n\tbefore()\n\tx := = 3\n\tbehind()\n}\n\nfunc g() { after() }\n":                                                      1,
		"package p\n\nfunc f() {\n\tbefore()\n\tif x == {\n\t\tinside()\n\t}\n\tbehind()\n}\n\nfunc g() { after() }\n":                                  1,
		"package p\n\nfunc f() {\n\tbefore()\n\tcall(a, b\n\tbehind()\n}\n\nfunc g() { after() }\n":                                                     1,
		"package p\n\nfunc f() {\n\tbefore()\n\tif x {\n\tbehind()\n\nfunc g() { after() }\n":                                                           0,
		"package p\n\nfunc f() {\n\tbefore()\n\tswitch x {\n\tcase 1 2:\n\t\tbehind()\n\t}\n}\n\nfunc g() { after() }\n":                                1,
		"package p\n\nfunc f() {\n\tbefore()\n\tx := T{a: 1 b: 2}\n\tbehind()\n}\n}\n\nfunc g() { after() }\n":                                          3,
		"package p\n\nfunc f() {\n\tbefore()\n\ts := \"open\n\tbehind()\n}\n\nfunc g() { after() }\n":                                                   1,
		"package p\n\nimport (\n\t\"fmt\"\n\tx y z\n)\n\nfunc f() { before() }\n\n<<<<<<< HEAD\nfunc h() { behind() }\n=======\nfunc g() { after() }\n": 3,
		"func f() {\n\tbefore()\n\tfor i := 0; i < ; i++ {\n\t\tbehind()\n\t}\n}\nfunc g() { after() ":                                                  1,
	} {
		made := golang.Parse(source)
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
		strings.Repeat("(", n), strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat("f(func(){", n/4), strings.Repeat("x.(", n/2), "x" + strings.Repeat("+x", n), "x" + strings.Repeat(".y", n),
		strings.Repeat("a,", n) + "b", strings.Repeat("if x {", n/4), strings.Repeat("-", n), "func f(" + strings.Repeat("a, ", n) + "b int)", strings.Repeat("func(a func(", n/8),
		strings.Repeat("x := T{func() {\n", n/8) + strings.Repeat("} bad bad }\n", n/8), strings.Repeat("switch { case bad bad: {", n/8), strings.Repeat("= = =\n", n/4), strings.Repeat("[]*", n), strings.Repeat("}", n),
		strings.Repeat("$X ", n), strings.Repeat("\"", n), strings.Repeat("/*", n), strings.Repeat("\x00\xff", n), "type T " + strings.Repeat("struct { x ", n/4), strings.Repeat("else ", n),
		strings.Repeat("case ", n), strings.Repeat("a: ", n), strings.Repeat("go ", n), "x = " + strings.Repeat("<-", n),
	} {
		made := golang.Parse(source)
		require.NoError(t, tree.Check(made), source[:20])
		_, _ = golang.ParsePattern(source)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"package p\nfunc f() { x := T{1}; if a { return } else if b {} }", "switch x := y.(type) { case int: }", "func $F(...) { ...; <... $X ...> }", "type T[P any] struct { a, b int `x` }", "select { case v, ok := <-c: }", "x. ... .y($...A)", "for i := 0; i < n; i++ { a[i:j:k] = func() {} }"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(golang.Parse(source)))
		if made, err := golang.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}
