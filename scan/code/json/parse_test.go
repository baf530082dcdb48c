package json_test

import (
	standard "encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/json"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".txt", func(_, source string) *tree.Tree {
		return json.Parse(source)
	})
}

// TestWhatGoAcceptsHasNoErrors: documents that the standard library reads are read as a whole.
func TestWhatGoAcceptsHasNoErrors(t *testing.T) {
	t.Parallel()
	for _, source := range []string{`{}`, `[]`, `""`, `0`, `-1.5e-7`, `null`, ` [1 , 2 ] `, `{"a":{"b":[{"c":null}]},"d":"\ud83d\ude00\/"}`, `[[[[]]]]`, `{"":"\\"}`} {
		require.True(t, standard.Valid([]byte(source)))
		made := json.Parse(source)
		require.NoError(t, tree.Check(made))
		require.Zero(t, made.ErrorBytes, "%s\n%s", source, made)
	}
}

// TestWhatIsBrokenLosesItsElementAlone: the pairs around a part that cannot be read are there.
func TestWhatIsBrokenLosesItsElementAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{`{"a": 1 2, "z": 2}`, `{"a" "b", "z": 2}`, `{"a": , "z": 2}`, `{"a": "b"c, "z": 2}`, `{@, "z": 2}`, `{"a": {{ b }}, "z": 2}`, "{\"a\": 1\n\"z\": 2}", `{"a": 1,, "z": 2}`, "{\"a\": \"open\n, \"z\": 2}", `] {"z": 2}`, `{"a": [1, }, "z": 2`} {
		made := json.Parse(source)
		require.NoError(t, tree.Check(made), source)
		found := false
		for id := tree.Root; int(id) < len(made.Nodes); id++ {
			found = found || made.Kind(id) == tree.Pair && strings.HasPrefix(made.At(id), `"z": 2`)
		}
		require.True(t, found, "%s\n%s", source, made)
	}
}

// TestHostileTextIsBounded: deep nesting, long lines and many errors end in linear time, and without a panic.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for _, source := range []string{
		strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat(`{"a":`, n), strings.Repeat(`[{"a":`, n), strings.Repeat("]", n), strings.Repeat(`"`, n), strings.Repeat("\"\n", n), strings.Repeat("@", n), strings.Repeat("/*", n), strings.Repeat("a ", n), strings.Repeat("-", n),
		strings.Repeat(":", n), strings.Repeat("\\", n), "[" + strings.Repeat("1 ", n), "[" + strings.Repeat(",", n), "{" + strings.Repeat("a:", n), strings.Repeat("\x00\xff", n), strings.Repeat("<... ", n), strings.Repeat("[1,", n) + strings.Repeat("]", n),
	} {
		require.NoError(t, tree.Check(json.Parse(source)), source[:20])
		_, _ = json.ParsePattern(source)
	}
}

// TestPatterns: a pattern has ellipses, metavariables and deep values; a pair alone is one.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for pattern, kind := range map[string]tree.Kind{
		`"a": $X`: tree.Pair, `{"a": $X, ...}`: tree.Object, `$X`: tree.Metavariable, `[..., 1, ...]`: tree.Array, `...`: tree.Ellipsis, `$K: 1`: tree.Pair, `"a": <... 1 ...>`: tree.Pair, `"=~/a/"`: tree.String, `[$...A]`: tree.Array, "{\n...\n\"a\": 1\n...\n}": tree.Object,
	} {
		made, err := json.ParsePattern(pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, tree.Check(made), pattern)
		require.Equal(t, kind, made.Kind(made.First(tree.Root)), "%s\n%s", pattern, made)
	}
	for _, bad := range []string{"", "{", `{"a": 1} 2`, `"a": `, "[1 2]", "<... 1"} {
		_, err := json.ParsePattern(bad)
		require.ErrorContains(t, err, "the pattern is no JSON here", bad)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a": [1, "b", null, true], /* c */ d: 'e',}`, `{"a": $X, ...}`, `"a": <... $Y ...>`, `{"a": 1 2, [}`, `[[{"a": "\u0041\ud83d"}]]`, `[$...A, "=~/b/"]`, "// c\n# d\n{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(json.Parse(source)))
		if made, err := json.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := "[" + strings.Repeat(`{"name": "example", "ports": [80, 443], "nested": {"on": true, "text": "a \"b\""}},`+"\n", 3000) + "1]"
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		json.Parse(source)
	}
}
