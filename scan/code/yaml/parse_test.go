package yaml_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/tree"
	"github.com/sluice-scan/sluice/scan/code/yaml"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".txt", func(_, source string) *tree.Tree {
		return yaml.Parse(source)
	})
}

// TestWhatIsBrokenLosesItsLineAlone: the pairs around a line that cannot be read are there.
func TestWhatIsBrokenLosesItsLineAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"a: 1\nno key here\nz: 2\n", "a: 1\n  b: 2\nz: 2\n", "a: \"open\nz: 2\n", "a: [\n  b: ]\nz: 2\n", "a: 'x' y\nz: 2\n", "a: 1\n{{ if .b }}\nz: 2\n{{ end }}\n", "a: {{ .b }}\n{{- with .c }}\nd:\n  {{- toYaml . | nindent 2 }}\n{{- end }}\nz: 2\n",
		"a:\n  - b\n c\nz: 2\n", "a: }\nz: 2\n", "a: @b\nz: 2\n", "\ta: 1\n\tz: 2\n", "a: {% if b %}c{% endif %}\nz: 2\n",
	} {
		made := yaml.Parse(source)
		require.NoError(t, tree.Check(made), source)
		found := false
		for id := tree.Root; int(id) < len(made.Nodes); id++ {
			found = found || made.Kind(id) == tree.Pair && strings.HasPrefix(made.At(id), "z: 2")
		}
		require.True(t, found, "%s\n%s", source, made)
	}
}

// TestHostileTextIsBounded: deep nesting, long lines and many errors end in linear time, and without a panic.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200_000
	deep := &strings.Builder{}
	for i := range 2000 {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for _, source := range []string{
		strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat("- ", n), strings.Repeat("a: ", n), strings.Repeat("? ", n), strings.Repeat("&a ", n), strings.Repeat("!a ", n), strings.Repeat("*a ", n), strings.Repeat("'\n", n), strings.Repeat("\"\n", n),
		strings.Repeat("a: \"\n", n), strings.Repeat("{{", n), strings.Repeat("{{ a }}", n), strings.Repeat("{{ a\n", n), strings.Repeat("a: {{ b }} c\n", n), strings.Repeat("a\n", n), strings.Repeat("a:\n", n), strings.Repeat("|\n", n), strings.Repeat("a: |\n", n),
		strings.Repeat("a: >\n\n", n), strings.Repeat("---\n", n), strings.Repeat("...\n", n), strings.Repeat("# a\n", n), strings.Repeat("\x00\xff", n), strings.Repeat("}", n), strings.Repeat("{a: ", n), strings.Repeat("[a,", n), strings.Repeat("\n", n), strings.Repeat(" \n", n), deep.String(),
		"a: " + strings.Repeat("b\n  ", n), strings.Repeat("{%\n", n), "- " + strings.Repeat("\\\"", n),
	} {
		require.NoError(t, tree.Check(yaml.Parse(source)), source[:20])
		_, _ = yaml.ParsePattern(source)
	}
}

// TestPatterns: a pattern has ellipses, metavariables and deep values; a lone pair or element stands for itself.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for pattern, kind := range map[string]tree.Kind{
		"a: $X": tree.Pair, "a: b\nc: $X": tree.Object, "- $X": tree.Metavariable, "- a\n- ...": tree.Array, "...\na: b": tree.Object, "$KEY: $VALUE": tree.Pair, "a:\n  ...\n  - b\n  ...\n": tree.Pair,
		"a: <... b ...>": tree.Pair, "[..., a]": tree.Array, "{..., a: b}": tree.Object, "...": tree.Ellipsis, "!Ref $X": tree.Call, "!$TAG $X": tree.Call, "a: ...": tree.Pair, "\"$X\"": tree.String,
	} {
		made, err := yaml.ParsePattern(pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, tree.Check(made), pattern)
		require.Equal(t, kind, made.Kind(made.First(tree.Root)), "%s\n%s", pattern, made)
	}
	for _, bad := range []string{"", "a: [", "a: b\n  c: d\ne", "a: 'b"} {
		_, err := yaml.ParsePattern(bad)
		require.ErrorContains(t, err, "the pattern is no YAML here", bad)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range documents {
		f.Add(seed)
	}
	for _, seed := range []string{"a: {{ .b }}\n{{- if c }}\nd: e\n{{- end }}", "a: [b, {c: d", "- 'a\n- \"b", "$X: <... $Y ...>\n...", "!$T [..., $...A]", "- &a b\n- *a\n- &a {c: *a}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(yaml.Parse(source)))
		if made, err := yaml.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat("service:\n  image: \"example/app:1.2\" # pinned\n  ports: [80, 443]\n  environment:\n    - NAME=value\n    - {key: other}\n  command: |\n    run --all\n    stop\n", 2000)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		yaml.Parse(source)
	}
}
