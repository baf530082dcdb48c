package python

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// whole parses a source and holds the tree to the contract.
func whole(t testing.TB, source string) *tree.Tree {
	t.Helper()
	parsed := Parse(source)
	require.NoError(t, tree.Check(parsed))
	return parsed
}

// dump shows the tree of a sample without the root.
func dump(t *testing.T, source string) string {
	t.Helper()
	_, body, _ := strings.Cut(whole(t, source).String(), "\n")
	return body
}

func TestTheTreesOfTheSamples(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob("testdata/*.py")
	require.NoError(t, err)
	require.Len(t, samples, 4)
	for _, name := range samples {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		parsed := whole(t, string(source))
		require.Equal(t, strings.HasSuffix(name, "broken.py"), parsed.ErrorBytes > 0, name)
		golden := strings.TrimSuffix(name, ".py") + ".tree"
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(parsed.String()), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), parsed.String(), name)
	}
}

func TestABrokenStatementTakesNothingWithIt(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/broken.py")
	require.NoError(t, err)
	parsed := whole(t, string(source))
	kept := 0
	for id := range parsed.Nodes {
		if parsed.Kind(tree.ID(id)) == tree.Call && strings.HasPrefix(parsed.At(tree.ID(id)), "kept") {
			kept++
		}
	}
	require.Equal(t, 4, kept)
	for _, name := range []string{"after", "ok", "good", "Whole"} {
		_, found := parsed.Find(name)
		require.True(t, found, name)
	}
}

func TestSpansBeginAndEndWithTheFirstAndLastToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, text string
		kind         tree.Kind
	}{
		{"@a\ndef f(): pass  # end\n\nx", "@a\ndef f(): pass", tree.Function},
		{"x = (a)\n", "x = (a)", tree.Assign},
		{"x += (a)\n", "x += (a)", tree.Assign},
		{"f((a), (b))", "f((a), (b))", tree.Call},
		{"(a) % (b)", "(a) % (b)", tree.Binary},
		{"f(k=(a))", "k=(a)", tree.Keyword},
		{"{k: (a)}", "k: (a)", tree.Pair},
		{"with (a) as (b): pass", "(a) as (b)", tree.Assign},
		{"(a)", "a", tree.Name},
		{"(a, b)", "(a, b)", tree.Tuple},
		{"x = a, b", "a, b", tree.Tuple},
		{"x[1, (2)]", "1, (2)", tree.Tuple},
		{"f(i for i in (a))", "i for i in (a)", tree.Comprehension},
		{"await (a)", "await (a)", tree.Await},
		{"raise E, (a)", "raise E, (a)", tree.Throw},
		{"x: (T)\n", "x: (T)", tree.Declare},
		{"from a import (b)\n", "from a import (b)", tree.Import},
		{"f'{(a)}'", "f'{(a)}'", tree.Template},
		{"class A(B): x\n\n\ny", "class A(B): x", tree.Class},
	} {
		parsed := whole(t, c.source)
		found := false
		for id := range parsed.Nodes {
			found = found || parsed.Kind(tree.ID(id)) == c.kind && parsed.At(tree.ID(id)) == c.text
		}
		require.True(t, found, "%s\n%s", c.source, parsed)
	}
}

func TestCommentsAreKnown(t *testing.T) {
	t.Parallel()
	parsed := whole(t, "#!x\na = '# no' # yes\\\n  # too\nf( # in\n)\nb =\\\n # odd\n 1")
	var comments []string
	for _, span := range parsed.Comments {
		comments = append(comments, parsed.Source[span.Start:span.End])
	}
	require.Equal(t, []string{"#!x", "# yes\\", "# too", "# in", "# odd"}, comments)
	require.Zero(t, parsed.ErrorBytes)
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	want := dump(t, "if a:\n  b\n  c\nd\n")
	for _, source := range []string{"if a:\n\tb\n        c\nd\n", "if a:\n  b\n\n  # x\n # y\n  c\nd", "if a:\r\n  b\r\n  c\r\nd\r\n", "if a:\n  b;c;\nd;", "\ufeffif a:\n  b\n  c\nd", "if a: b;c\nd", "if \\\na:\n  b\n  c\nd", "if (\na\n):\n  b\n  c\nd"} {
		var kinds []string
		for _, text := range []string{want, dump(t, source)} {
			var out strings.Builder
			for line := range strings.SplitSeq(text, "\n") {
				out.WriteString(strings.TrimRight(line, "0123456789-") + "\n")
			}
			kinds = append(kinds, strings.ReplaceAll(out.String(), " parens", ""))
		}
		require.Equal(t, kinds[0], kinds[1], "%q", source)
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"$X", "f(...)", "f(..., $X, $...REST)", "$F($K=$V, **$KW)", "x. ... .y()", "<... $X == 1 ...>", "($X: int)", "f(($X: a.B))", "$X = ...", "a\n...\nb", "  a\n  b", "def $F(..., $A: T = 1, ...) -> $R: ...",
		"def $F(...)", "class $C(..., $B, ...): ...", "class $C", "@$D", "@a.b(...)", "@a\n@b", "@$D\ndef $F(...):\n  ...", "if ...: ...", "if $C:\n  ...\nelse:\n  ...", "for ... in $X: ...", "with $X as $Y: ...", "with $X(...)",
		"try:\n  ...\nexcept $E as $N:\n  ...", "try: ...", "except $E: ...", "import $X", "from $M import $X as $Y", "from a import ...", "import $X as $Y", "return ...", "raise $E(...)", "lambda ...: $X", "lambda $X: ...", "{...}", "{..., 'k': $V, ...}", "[..., $X, ...]",
		"'k': $V", "f\"...{$X}...\"", "\"=~/\\d+/\"", "$X[$Y]", "$X[...]", "match $X:\n  case $P if $G: ...", "match $X:\n  case ...\n  ...", "print $X", "$X: $T = $V", "[$E for $X in $Y if $C]", "await $X", "$X += $Y", "del $X[$Y]", "$...S\nfoo()", "not $X", "$A if $B else $C", "assert $X", "global $X", "(..., $X)", "...", "$X.$Y", "`$X`", "x\n", "\n\nx\n\n", "async def $F(...): ...", "if $C:\n  $S",
	} {
		parsed, err := ParsePattern(pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, tree.Check(parsed))
		require.Zero(t, parsed.ErrorBytes, pattern)
	}
	for pattern, want := range map[string]string{"": "empty", "# x": "empty", "f(": "byte 2", "x y": "byte 2", "$x": "byte 0", "<... x": "byte 6", "a b\nc": "byte 2"} {
		_, err := ParsePattern(pattern)
		require.ErrorContains(t, err, want, pattern)
	}
}

func TestAnExpressionPatternHasNoStatement(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string][]tree.Kind{
		"f()": {tree.Call}, "\n  f()\n": {tree.Call}, "a\nb": {tree.ExprStmt, tree.ExprStmt}, "...": {tree.Ellipsis}, "$X = 1": {tree.Assign}, "$X": {tree.Metavariable}, "1, 2": {tree.Tuple}, "a\n...\n$...B": {tree.ExprStmt, tree.Ellipsis, tree.Metavariable}, "@a\n@b": {tree.Decorator, tree.Decorator}, "'k': 1": {tree.Pair}, "except: pass": {tree.Catch}, "import a, b": {tree.Import, tree.Import}, "f();": {tree.ExprStmt},
	} {
		parsed, err := ParsePattern(pattern)
		require.NoError(t, err, pattern)
		var kinds []tree.Kind
		for id := range parsed.Children(tree.Root) {
			kinds = append(kinds, parsed.Kind(id))
		}
		require.Equal(t, want, kinds, pattern)
	}
}

func TestHostileSourcesAreBounded(t *testing.T) {
	t.Parallel()
	const n = 50_000
	for _, source := range []string{
		strings.Repeat("(", n), strings.Repeat("[", n) + strings.Repeat("]", n), strings.Repeat("{a:", n), strings.Repeat("not ", n), strings.Repeat("-", n), strings.Repeat("a**", n), strings.Repeat("a+", n) + "a",
		strings.Repeat("a.", n) + "a", strings.Repeat("f(", n), strings.Repeat("lambda:", n), strings.Repeat("a if b else ", n), strings.Repeat("x=", n) + "1", strings.Repeat("await ", n) + "a", strings.Repeat("f'{", n), strings.Repeat(`f"{x:`, n),
		strings.Repeat("'''\n", n+1), strings.Repeat("f'''\n", n+1), strings.Repeat("'\n", n), strings.Repeat("@", n), strings.Repeat("\\\n", n), strings.Repeat("if a:\n", n), strings.Repeat("match (", n), strings.Repeat("match a:\n", n), strings.Repeat("with (", n), strings.Repeat("except (", n),
		strings.Repeat("a\n b\n", n), strings.Repeat("\x00", n), strings.Repeat("\xff", n), strings.Repeat("x;", n), "x = " + strings.Repeat("'a' ", n), "x = [" + strings.Repeat("1,", 5*n) + "]", strings.Repeat("case a:", n), strings.Repeat("yield ", n), strings.Repeat("elif a: b\n", n), "if a: b\n" + strings.Repeat("elif a: b\n", n),
	} {
		whole(t, source)
	}
	var nested strings.Builder
	for i := range 1100 {
		nested.WriteString(strings.Repeat(" ", i) + "if a:\n")
	}
	nested.WriteString(strings.Repeat(" ", 1100) + "b\n")
	whole(t, nested.String())
}

func FuzzParse(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.py")
	require.NoError(f, err)
	for _, name := range samples {
		source, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(source))
	}
	for _, seed := range []string{"f'{a!r:{b}}'", "$X = <... f(...) ...>", "if a:\n\tb\n c", "'''", "f'{'", "match x:\n case 1: a", "(\ndef f(): x", "x = \\", "($X: T)", "\\N{", "f'\\N{x}{y'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(Parse(source)))
		if parsed, err := ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(parsed))
			require.Zero(t, parsed.ErrorBytes)
		}
	})
}
