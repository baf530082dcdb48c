package hcl_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/hcl"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".txt", func(_, source string) *tree.Tree {
		return hcl.Parse(source)
	})
}

// TestWhatIsBrokenLosesItsLineAlone: the attribute after a broken line is read.
func TestWhatIsBrokenLosesItsLineAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"a = \nz = 2\n", "a = \"open\nz = 2\n", "b {\n c = = 1\n}\nz = 2\n", "@\nz = 2\n", "a = 1 2\nz = 2\n", "b {\n d \n}\nz = 2\n", "a = f(1 2\nz = 2\n", "a = <<EOT\nz = 2\n", "}\nz = 2\n", "b {\n a = 1\nz = 2\n"} {
		made := hcl.Parse(source)
		require.NoError(t, tree.Check(made), source)
		found := false
		for id := tree.Root; int(id) < len(made.Nodes); id++ {
			found = found || made.Kind(id) == tree.Pair && made.At(id) == "z = 2"
		}
		require.True(t, found, "%s\n%s", source, made)
	}
}

// TestHostileTextIsBounded: deep nesting, long lines and many errors end in bounded time, and without a panic.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 20_000
	for _, source := range []string{
		strings.Repeat("a {", n), "a = " + strings.Repeat("[", n), "a = " + strings.Repeat("{b=", n), "a = " + strings.Repeat("(", n), "a = " + strings.Repeat("-", n), "a = 1" + strings.Repeat("+1", n), "a = b" + strings.Repeat(".c", n), "a = \"" + strings.Repeat("${\"", n), strings.Repeat("a = <<A\n", n),
		strings.Repeat("a = [\n", n), strings.Repeat("a = {\n", 10*n), strings.Repeat("a {\n", n), strings.Repeat("}", n), strings.Repeat("\"", n), strings.Repeat("/*", n), strings.Repeat("\x00\xff", n), "a " + strings.Repeat("b ", n), "a = b ? " + strings.Repeat("c : d ? ", n), strings.Repeat("a = f(", n),
	} {
		require.NoError(t, tree.Check(hcl.Parse(source)), source[:10])
		_, _ = hcl.ParsePattern(source)
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for pattern, kind := range map[string]tree.Kind{"a = $X": tree.Pair, "resource $TYPE \"...\" {\n ...\n a = 1\n ...\n}": tree.Call, "{..., a = 1, ...}": tree.Object, "jsonencode({...})": tree.Call, "[..., \"*\", ...]": tree.Array, "...\nvariable \"a\" { ... }\n...": tree.Ellipsis, "$X = <... 1 ...>": tree.Pair} {
		made, err := hcl.ParsePattern(pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, tree.Check(made), pattern)
		require.Equal(t, kind, made.Kind(made.First(tree.Root)), "%s\n%s", pattern, made)
	}
	for _, bad := range []string{"", "a = ", "a {", "1 2"} {
		_, err := hcl.ParsePattern(bad)
		require.ErrorContains(t, err, "the pattern is no HCL", bad)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a = b ? [1, \"x${c}\"] : {d = e}\n", "resource \"a\" b {\n c = <<-E\n x\n E\n}", "a = [for k, v in m : k => v if v]", "...\na $X { $...Y }", "a = <... f($X, ...) ...>", "a = \"%{ if b }c%{ endif }\"", "a = b.c[*].d[0]::e()"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(hcl.Parse(source)))
		if made, err := hcl.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat("resource \"aws_instance\" \"web\" {\n  count = var.on ? 1 : 0\n  name  = \"a-${var.name}\"\n  tags  = merge({ a = 1 }, local.tags)\n  nested {\n    list = [1, 2, \"three\"]\n  }\n}\n", 2000)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		hcl.Parse(source)
	}
}
