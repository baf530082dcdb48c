package preview

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gitDiff gives the body of "git diff -U3" of two texts: hunk headers and lines. Its configuration is git's own default.
func gitDiff(tb testing.TB, old, new string, more ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "old"), []byte(old), 0o600))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "new"), []byte(new), 0o600))
	cmd := exec.CommandContext(tb.Context(), "git", append(append([]string{"diff", "--no-index", "--no-color", "--no-ext-diff", "-U3"}, more...), "old", "new")...)
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
	// Behind the second @@ git repeats the line that heads the part of the file.
	return regexp.MustCompile(`(?m)^(@@ [^@]* @@).*$`).ReplaceAllString(string(out[at+1:]), "$1")
}

// unified writes our diff as git would.
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

func headers(diff string) string {
	return strings.Join(regexp.MustCompile(`(?m)^@@ .*$`).FindAllString(diff, -1), "\n")
}

func TestExperiment(t *testing.T) {
	src, _ := os.ReadFile("myers.go")
	css, _ := os.ReadFile("../../scan/scanner.go")
	equal, sameHead, n := 0, 0, 0
	shown := 0
	gd := 0
	r := rand.New(rand.NewPCG(1, 2))
	for _, text := range [][]byte{src, css} {
		lines := strings.SplitAfter(string(text), "\n")
		for range 150 {
			n++
			b := append([]string(nil), lines...)
			for range 1 + r.IntN(8) {
				at := r.IntN(len(b) - 12)
				k := 1 + r.IntN(8)
				switch r.IntN(5) {
				case 0:
					b = append(b[:at:at], b[at+k:]...)
				case 1:
					b = append(b[:at:at], append([]string{fmt.Sprintf("\t// %d\n", r.IntN(5)), "\n"}, b[at:]...)...)
				case 2:
					b = append(b[:at+k:at+k], append(append([]string(nil), b[at:at+k]...), b[at+k:]...)...)
				case 3:
					b[at] = "changed " + b[at]
				case 4:
					from := r.IntN(len(b) - 12)
					moved := append([]string(nil), b[from:from+k]...)
					b = append(b[:at:at], append(moved, b[at:]...)...)
				}
			}
			old, new := string(text), strings.Join(b, "")
			want, got := gitDiff(t, old, new), unified(old, new)
			if want == got {
				equal++
			} else if shown < 3 {
				shown++
				fmt.Println("=== git\n" + want + "=== ours\n" + got)
			}
			if headers(want) == goDiffHeaders(old, new) {
				gd++
			}
			if headers(want) == headers(got) {
				sameHead++
			}
		}
	}
	fmt.Println("equal", equal, "headers", sameHead, "of", n, "go-diff", gd)
}
