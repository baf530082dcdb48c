package rule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPathsMatchAtAnyDepth(t *testing.T) {
	t.Parallel()
	paths := one(t, "pattern: f()\npaths:\n  include: [app/*.py, '*.js', /lib, ./a/**/b.go]\n  exclude: [vendor, '*.min.js', src/gen/]").Paths
	for path, want := range map[string]bool{
		"app/a.py": true, "src/app/a.py": true, "app/x/a.py": false, "a.js": true, "x/y/a.js": true, "a.min.js": false, "vendor/a.js": false,
		"x/vendor/y/a.js": false, "vendored/a.js": true, "lib/x.c": true, "x/lib/y/z.c": true, "libx/a.c": false, "a/x/y/b.go": true, "a/b.go": true,
		"src/gen/a.js": false, ".hidden/a.js": true, "readme": false,
	} {
		require.Equal(t, want, paths.Match(path), path)
	}
	require.True(t, Paths{}.Match("anything"))
	only := one(t, "pattern: f()\npaths: {exclude: [tests]}").Paths
	require.True(t, only.Match("a.py"))
	require.False(t, only.Match("tests/a.py"))
}

func TestMessagesPutInWhatIsBound(t *testing.T) {
	t.Parallel()
	bound := func(name string, value bool) (string, bool) {
		text, ok := map[string]string{"$X": "x", "$FUNC": "run", "$...ARGS": "1, 2", "$1": "one", "$Y": "$X"}[name]
		if value {
			return "value of " + text, ok
		}
		return text, ok
	}
	for text, want := range map[string]string{
		"plain": "plain", "$X": "x", "a $X b": "a x b", "$X$X": "xx", "$FUNCs are": "runs are", "$FUNC($...ARGS)": "run(1, 2)", "$1 and $2": "one and $2",
		"costs $5": "costs $5", "$x $": "$x $", "$NONE": "$NONE", "$Y": "$X", "value($X)": "value of x", "value($NONE)": "value($NONE)", "value($X": "value(x",
		"evalue($X)": "evalue of x", "": "", "value($X) value($X)": "value of x value of x", "`$X`.": "`x`.", "$$X": "$x", "$...": "$...",
	} {
		m := newMessage(text)
		require.Equal(t, want, m.Text(bound), text)
		require.Equal(t, text, m.String())
	}
}

func TestVersionsOfSemgrep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.2.3", "1.2.3", 0}, {"1.10.0", "1.9.9", 1}, {"0.99.0", "1.0.0", -1}, {"1.2.3-rc1", "1.2.3", 0}} {
		order, ok := compareVersions(c.a, c.b)
		require.True(t, ok)
		require.Equal(t, c.want, order)
	}
	for _, text := range []string{"", "1", "1.2", "1.2.x", "1.2.-3", "a.b.c"} {
		_, ok := compareVersions(text, "1.0.0")
		require.False(t, ok, text)
	}
}

func TestFormsOfPCREAreReadByBothEngines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expression, text string
		want             bool
	}{
		{`(?P<a>x)(?P=a)`, "xx", true}, {`(?P<a>x)(?P=a)`, "xy", false}, {`(?P<n>a)b`, "ab", true}, {`a\hb`, "a\tb", true}, {`a[\hx]b`, "a b", true},
		{`\\h`, `\h`, true}, {`[[:alpha:]]+(?=1)`, "ab1", true}, {`[[:alpha:]]+(?=1)`, ":]1", false}, {`[^[:space:]]+(?=1)`, " 1", false}, {`[[:digit:]_]+$`, "1_2", true},
		{`[]a]+(?=b)`, "]ab", true}, {`(?>a+)b`, "aab", true}, {`a++b`, "aab", true}, {`(?<!x)a`, "a", true}, {`[[](?=a)`, "[a", true}, {`[[:]+(?=a)`, ":[a", true}, {`[[:^digit:]]+`, "a1", true}, {`[[:^digit:]]+`, "1", false},
	} {
		r, err := newRegex(c.expression, false)
		require.NoError(t, err, c.expression)
		require.Equal(t, c.want, r.MatchStart(c.text), c.expression)
		require.Equal(t, c.expression, r.String())
	}
	lines, err := newRegex(`^(?<word>b)$`, true)
	require.NoError(t, err)
	found, err := lines.Find("a\nb\nb")
	require.NoError(t, err)
	require.Equal(t, [][]int{{2, 3, 2, 3}, {4, 5, 4, 5}}, found)
	require.Equal(t, []string{"", "word"}, lines.Names())
	require.False(t, lines.Slow())
	start, err := lines.Start("b\nb")
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 0, 1}, start)
	start, err = lines.Start("a\nb")
	require.NoError(t, err)
	require.Nil(t, start)
}
