package dockerfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/dockerfile"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".txt", func(_, source string) *tree.Tree {
		return dockerfile.Parse(source)
	})
}

// TestWhatIsBrokenLosesItsLineAlone: the instruction after a broken line is read.
func TestWhatIsBrokenLosesItsLineAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"WHAT\nUSER z\n", "FROM\nUSER z\n", "RUN 'open\nUSER z\n", "CMD [\"a\nUSER z\n", "COPY <<END /x\nUSER z\n", "{{ a }}\nUSER z\n", "RUN a \\\n# b\n\n c\nUSER z\n", "\ufeffUSER z", "RUN a\r\nUSER z\r\n"} {
		made := dockerfile.Parse(source)
		require.NoError(t, tree.Check(made), source)
		found := false
		for id := tree.Root; int(id) < len(made.Nodes); id++ {
			found = found || made.Kind(id) == tree.Call && made.At(id) == "USER z"
		}
		require.True(t, found, "%s\n%s", source, made)
	}
}

// TestHostileTextIsBounded: deep nesting, long lines and many errors end in linear time, and without a panic.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 100_000
	for _, source := range []string{
		strings.Repeat("ONBUILD ", n), "RUN " + strings.Repeat("'", n), "RUN " + strings.Repeat("\"'", n), strings.Repeat("RUN <<A\n", n), "RUN " + strings.Repeat("<<A ", n), "RUN " + strings.Repeat("\\\n", n), strings.Repeat("RUN [\"\n", n), "ENV " + strings.Repeat("A=1 ", n),
		"RUN " + strings.Repeat("\\ ", n), "RUN --a=" + strings.Repeat("b=c,", n), strings.Repeat("x\n", n), "CMD [" + strings.Repeat("\"a\",", n), "RUN a \\\n" + strings.Repeat("# b\n", n), strings.Repeat("\x00\xff", n), "FROM " + strings.Repeat(":", n), "RUN " + strings.Repeat("|", n), strings.Repeat("# escape=`\n", n),
	} {
		require.NoError(t, tree.Check(dockerfile.Parse(source)), source[:10])
		_, _ = dockerfile.ParsePattern(source)
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for pattern, kind := range map[string]tree.Kind{"FROM $IMAGE:$TAG": tree.Call, "RUN ...": tree.Call, "USER root\n...\nUSER $X": tree.ExprStmt, "CMD [\"a\", ...]": tree.Call, "RUN $...ARGS": tree.Call, "ADD --checksum=$C $SRC $DST": tree.Call} {
		made, err := dockerfile.ParsePattern(pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, tree.Check(made), pattern)
		require.Equal(t, kind, made.Kind(made.First(tree.Root)), "%s\n%s", pattern, made)
	}
	for _, bad := range []string{"", "$X foo", "apt-get install", "RUN <<END\na"} {
		_, err := dockerfile.ParsePattern(bad)
		require.ErrorContains(t, err, "not an instruction of a Dockerfile", bad)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"FROM a:1@sha256:b AS c\nRUN --mount=type=x,y=z a && \\\n# c\n b\nCMD [\"a\", 'b']", "# escape=`\nRUN a `\n b", "RUN <<-EOF 'x'\n\ta\n\tEOF\nENV A=\"b c\" D=e", "ONBUILD ONBUILD RUN $X ...", "ENV ... A=$B\n...\nUSER \"q", "LABEL a b c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		require.NoError(t, tree.Check(dockerfile.Parse(source)))
		if made, err := dockerfile.ParsePattern(source); err == nil {
			require.NoError(t, tree.Check(made))
			require.Zero(t, made.ErrorBytes)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat("FROM example/base:1.2 AS build\nENV A=1 B=\"two words\"\nRUN apt-get update && apt-get install -y \\\n    curl \\\n    jq\nCOPY --from=build /a /b\nCMD [\"run\", \"--all\"]\n", 2000)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		dockerfile.Parse(source)
	}
}
