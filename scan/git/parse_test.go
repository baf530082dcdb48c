package git

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIgnoreRule(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"": "", "#x": "", "!": "", "/": "", "  ": "", "x": "x", "x  ": "x", `x\ `: `x\ `, "/x": "x", "x/": "x", "{a}": `\{a\}`, "a/**": "a/**/*", "[": ""} {
		rule, ok := parseIgnoreRule(line, "")
		require.Equal(t, want != "", ok, line)
		if ok {
			require.Equal(t, want, rule.pattern)
		}
	}
}

func FuzzTree(f *testing.F) {
	id := strings.Repeat("\x12", 20)
	f.Add([]byte("100644 a\x00" + id + "40000 b\x00" + id))
	f.Add([]byte("40000 b\x00" + id + "100644 a\x00" + id + "120000 a\x00" + id + "160000 ..\x00" + id))
	f.Add([]byte("100644 a\x00short"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseTree(data)
		if err != nil {
			require.ErrorIs(t, err, ErrCorruptObject)
			return
		}
		require.True(t, slices.IsSortedFunc(entries, compareEntries))
		used := map[string]bool{}
		for i, e := range entries {
			if checkEntry(entries, i) == nil {
				require.False(t, used[e.name], "%q twice", e.name)
				require.True(t, filepath.IsLocal(e.name))
				used[e.name] = true
			}
		}
	})
}

func FuzzCommit(f *testing.F) {
	id := strings.Repeat("12", 20)
	f.Add([]byte("tree " + id + "\nparent " + id + "\nauthor A <a> 1 +0000\ncommitter A <a> 1700000000 +0100\n\nSubject\n\nBody\n"))
	f.Add([]byte("tree " + id + "\ncommitter\n\n"))
	f.Add([]byte("tree " + id + "\ngpgsig -----BEGIN\n \n -----END\ncommitter A <a> -5 +0000\n\n\xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCommit(data)
		if err != nil {
			require.ErrorIs(t, err, ErrCorruptObject)
			return
		}
		require.Equal(t, c.subject, strings.ToValidUTF8(c.subject, ""))
		require.NotContains(t, c.subject, "\n")
		require.GreaterOrEqual(t, c.time.Unix(), int64(0))
	})
}

func FuzzIgnoreRules(f *testing.F) {
	f.Add("*.log\n!keep.log\nbuild/\n/a/**/b\n[a-z]\\\n", "a/x/b")
	f.Add("**\n{}\n[\n\\\n", "x")
	f.Fuzz(func(_ *testing.T, text, path string) {
		rules := ignoreRules(nil).with(text, "")
		rules.ignored(path, path[strings.LastIndexByte(path, '/')+1:], false)
	})
}
