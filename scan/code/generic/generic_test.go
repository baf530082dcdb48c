package generic

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts are what a pattern matches, each with its bindings.
func texts(t testing.TB, pattern, source string) []string {
	t.Helper()
	p, err := Compile(pattern, Options{Lines: 10})
	require.NoError(t, err)
	all := []string{}
	found, cut := p.Find(NewDocument(source, ""))
	require.False(t, cut)
	for _, m := range found {
		text := source[m.Start:m.End]
		for i, name := range p.Metavariables() {
			if m.Set[i] {
				text += " " + name + "=" + source[m.Bound[i].Start:m.Bound[i].End]
			}
		}
		all = append(all, text)
	}
	return all
}

func TestPatternsInText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, pattern, source string
		want                  []string
	}{
		{"words and signs", "a-b", "a-b a - b ab a-bc", []string{"a-b", "a - b"}},
		{"a metavariable is a word", "a = $X", "a = b_1\na = (c)", []string{"a = b_1 $X=b_1"}},
		{"equal metavariables", "$X $X", "a b b", []string{"b b $X=b"}},
		{"dots are few", "a ... b", "a c b d b", []string{"a c b"}},
		{"dots may be nothing", "a ... b", "a b", []string{"a b"}},
		{"dots keep brackets", "f(...)", "f(a (b) c) d)", []string{"f(a (b) c)"}},
		{"dots stay in their brackets", "a ... b", "(a c) b", []string{}},
		{"dots go into brackets", "if ... return", "if (a) {\n  return\n}", []string{"if (a) {\n  return"}},
		{"dots span ten lines", "a ... b", "a" + strings.Repeat("\n", 10) + "b a" + strings.Repeat("\n", 11) + "b", []string{"a" + strings.Repeat("\n", 10) + "b"}},
		{"dots with a name", "<a>$...X</a>", "<a>b c</a> <a></a>", []string{"<a>b c</a> $X=b c", "<a></a> $X="}},
		{"dots at the end take the most", "a ...", "(a b c) d", []string{"a b c"}},
		{"a bracket without a partner", `f("...")`, `f("a") f("b] c") f("d); g("e")`, []string{`f("a")`, `f("b] c")`}},
		{"words of other alphabets", "été", "été éte", []string{"été"}},
	} {
		require.Equal(t, c.want, texts(t, c.pattern, c.source), c.name)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	p, err := Compile("a b", Options{Caseless: true})
	require.NoError(t, err)
	for kind, want := range map[string]int{"": 1, "c": 2, "cpp": 3, "shell": 2} {
		found, _ := p.Find(NewDocument("A B\na /* x */ b\na // x\nb\na # x\nb", kind))
		require.Len(t, found, want, kind)
	}
	_, err = Compile(" \n", Options{})
	require.ErrorContains(t, err, "empty")
}

func TestStepsAreBounded(t *testing.T) {
	t.Parallel()
	p, err := Compile("$A ... $B ... $C ... $D ... zz", Options{Lines: 1 << 20})
	require.NoError(t, err)
	_, cut := p.Find(NewDocument(strings.Repeat("a ", 100_000), ""))
	require.True(t, cut)
	for _, source := range []string{strings.Repeat("(", 200_000), strings.Repeat("([", 100_000) + strings.Repeat(")", 200_000), strings.Repeat("/*", 100_000)} {
		p.Find(NewDocument(source, "c"))
	}
}

func FuzzFind(f *testing.F) {
	f.Add("a ... $X ( $...Y )", "a b (c [d) e]", "shell")
	f.Add("... a", "/* a */ a", "c")
	f.Add("$X $...X", "a a # b", "shell")
	f.Fuzz(func(t *testing.T, pattern, source, comments string) {
		p, err := Compile(pattern, Options{Lines: 10, Caseless: true})
		if err != nil {
			return
		}
		found, _ := p.Find(NewDocument(source, comments))
		for _, m := range found {
			require.LessOrEqual(t, m.Start, m.End)
			require.LessOrEqual(t, int(m.End), len(source))
		}
	})
}
