package preview

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gitDiff returns the body of "git diff -U3" of two texts: hunk headers and lines. It uses git's default configuration.
func gitDiff(tb testing.TB, old, new string) string {
	tb.Helper()
	dir := tb.TempDir()
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "old"), []byte(old), 0o600))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "new"), []byte(new), 0o600))
	cmd := exec.CommandContext(tb.Context(), "git", "diff", "--no-index", "--no-color", "--no-ext-diff", "-U3", "old", "new")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		require.Equal(tb, 1, cmd.ProcessState.ExitCode(), "%v", err) // 1: the files differ
	}
	at := bytes.Index(out, []byte("\n@@ "))
	if at < 0 {
		return ""
	}
	// After the second @@ git repeats the line that heads the section of the file.
	return regexp.MustCompile(`(?m)^(@@ [^@]* @@).*$`).ReplaceAllString(string(out[at+1:]), "$1")
}

// unified writes our diff in git's format.
func unified(old, new string) string {
	a, b := splitLines([]byte(old)), splitLines([]byte(new))
	var out strings.Builder
	line := func(sign string, text []byte) {
		out.WriteString(sign)
		out.Write(text)
		if !bytes.HasSuffix(text, []byte{'\n'}) {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
	for _, h := range hunksOf(diffLines(a, b), len(a), len(b)) {
		fmt.Fprintln(&out, h.header())
		i := h.oldStart
		for _, c := range h.changes {
			for ; i < c.oldStart; i++ {
				line(" ", a[i])
			}
			for ; i < c.oldEnd; i++ {
				line("-", a[i])
			}
			for j := c.newStart; j < c.newEnd; j++ {
				line("+", b[j])
			}
		}
		for ; i < h.oldEnd; i++ {
			line(" ", a[i])
		}
	}
	return out.String()
}

// The cases are typical edits for which several shortest diffs exist.
func TestDiffIsGits(t *testing.T) {
	t.Parallel()
	lines := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, "line %d\n", i)
		}
		return b.String()
	}
	const function = "func one() {\n\tif a {\n\t\tb()\n\t}\n}\n"
	for name, c := range map[string]struct{ old, new string }{
		"nothing changed":             {lines(1, 9), lines(1, 9)},
		"both empty":                  {"", ""},
		"new file":                    {"", lines(1, 3)},
		"emptied file":                {lines(1, 3), ""},
		"one line of one":             {"a\n", "b\n"},
		"first line":                  {lines(1, 20), "new\n" + lines(1, 20)},
		"last line":                   {lines(1, 20), lines(1, 20) + "new\n"},
		"line removed":                {lines(1, 20), lines(1, 9) + lines(11, 20)},
		"six lines between":           {lines(1, 30), lines(1, 9) + "x\n" + lines(11, 16) + "y\n" + lines(18, 30)},
		"seven lines between":         {lines(1, 30), lines(1, 9) + "x\n" + lines(11, 17) + "y\n" + lines(19, 30)},
		"no newline added":            {lines(1, 5), strings.TrimSuffix(lines(1, 5), "\n")},
		"newline added":               {strings.TrimSuffix(lines(1, 5), "\n"), lines(1, 5)},
		"no newline on either side":   {"a\nb", "a\nc"},
		"line ends":                   {"a\nb\nc\n", "a\r\nb\r\nc\r\n"},
		"blank lines":                 {"a\n\n\n\nb\n", "a\n\n\n\n\nb\n"},
		"same line many times":        {strings.Repeat("}\n", 9), strings.Repeat("}\n", 12)},
		"function before another":     {"package p\n\n" + function, "package p\n\n" + strings.ReplaceAll(function, "one", "zero") + "\n" + function},
		"function behind another":     {"package p\n\n" + function, "package p\n\n" + function + "\n" + strings.ReplaceAll(function, "one", "two")},
		"branch added":                {function, "func one() {\n\tif a {\n\t\tb()\n\t} else if c {\n\t\tb()\n\t}\n}\n"},
		"block doubled":               {"for {\n  a()\n  b()\n}\n", "for {\n  a()\n  b()\n}\nfor {\n  a()\n  b()\n}\n"},
		"indented by tabs":            {"if a {\n\tb\n}\n", "if z {\n\tif a {\n\t\tb\n\t}\n}\n"},
		"moved block":                 {"a\nb\nc\nd\ne\nf\ng\n", "d\ne\na\nb\nc\nf\ng\n"},
		"slides beside a change":      {"a\nx\nb\nb\nc\n", "a\ny\nb\nb\nb\nc\n"},
		"removed group meets a group": {"a\nb\na\nb\na\nc\n", "a\nb\na\nc\n"},
		"bytes that are no text":      {"\xff\xfe\nb\n", "\xff\nb\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, gitDiff(t, c.old, c.new), unified(c.old, c.new))
		})
	}
}

// Random edits of real code: git and this package must agree on every line.
func TestDiffIsGitsOnRealCode(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/diff.txt")
	require.NoError(t, err)
	lines := strings.SplitAfter(string(source), "\n")
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		edited := slices.Clone(lines)
		for range 1 + random.IntN(8) {
			at, n := random.IntN(len(edited)-12), 1+random.IntN(8)
			switch random.IntN(5) {
			case 0:
				edited = slices.Delete(edited, at, at+n)
			case 1:
				edited = slices.Insert(edited, at, fmt.Sprintf("\t// %d\n", random.IntN(5)), "\n")
			case 2:
				edited = slices.Insert(edited, at+n, slices.Clone(edited[at:at+n])...)
			case 3:
				edited[at] = "changed " + edited[at]
			case 4:
				from := random.IntN(len(edited) - 12)
				edited = slices.Insert(edited, at, slices.Clone(edited[from:from+n])...)
			}
		}
		changed := strings.Join(edited, "")
		require.Equal(t, gitDiff(t, string(source), changed), unified(string(source), changed))
		require.Equal(t, gitDiff(t, changed, string(source)), unified(changed, string(source)))
	}
}

// apply makes the new text from the old one and the changes.
func apply(t *testing.T, old, new [][]byte, changes []change) {
	t.Helper()
	var got [][]byte
	at, behind := 0, 0
	for i, c := range changes {
		require.True(t, i == 0 || c.oldStart > at && c.newStart > behind, "%v: changes touch", changes)
		require.True(t, c.oldStart <= c.oldEnd && c.newStart <= c.newEnd && (c.oldStart < c.oldEnd || c.newStart < c.newEnd), "%v", changes)
		got = append(got, old[at:c.oldStart]...)
		require.Len(t, got, c.newStart)
		got = append(got, new[c.newStart:c.newEnd]...)
		at, behind = c.oldEnd, c.newEnd
	}
	got = append(got, old[at:]...)
	require.Equal(t, bytes.Join(new, nil), bytes.Join(got, nil))
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nc\nb"))
	f.Add([]byte("func a() {\n\tb()\n}\n"), []byte("func z() {\n\tb()\n}\n\nfunc a() {\n\tb()\n}\n"))
	f.Add([]byte("\n\n\n"), []byte("\n \n\t\n"))
	f.Add([]byte(strings.Repeat("a\nb\n", 30)), []byte(strings.Repeat("b\na\na\n", 20)))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, new := splitLines(a), splitLines(b)
		require.Equal(t, string(a), string(bytes.Join(old, nil)))
		changes := diffLines(old, new)
		apply(t, old, new, changes)
		apply(t, old, new, coarse(old, new))
		for _, h := range hunksOf(changes, len(old), len(new)) {
			require.True(t, 0 <= h.oldStart && h.oldEnd <= len(old) && 0 <= h.newStart && h.newEnd <= len(new))
		}
	})
}

// Two texts with the same lines in another order are the hardest case: the search must give up on the shortest diff and
// still be correct.
func TestDiffOfShuffledLines(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var old [][]byte
	for i := range maxLines {
		old = append(old, fmt.Appendf(nil, "%d\n", i))
	}
	shuffled := slices.Clone(old)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	apply(t, old, shuffled, diffLines(old, shuffled))
}

func TestHunkHeader(t *testing.T) {
	t.Parallel()
	for want, h := range map[string]hunk{
		"@@ -1,3 +1,4 @@": {oldStart: 0, oldEnd: 3, newStart: 0, newEnd: 4},
		"@@ -0,0 +1,2 @@": {newEnd: 2},
		"@@ -1 +0,0 @@":   {oldEnd: 1},
		"@@ -10,2 +12 @@": {oldStart: 9, oldEnd: 11, newStart: 11, newEnd: 12},
	} {
		require.Equal(t, want, h.header())
	}
}

func BenchmarkDiffShuffled(b *testing.B) {
	random := rand.New(rand.NewPCG(3, 4))
	var old [][]byte
	for i := range maxLines {
		old = append(old, fmt.Appendf(nil, "%d\n", i))
	}
	shuffled := slices.Clone(old)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	b.ReportAllocs()
	for b.Loop() {
		diffLines(old, shuffled)
	}
}
