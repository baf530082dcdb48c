package preview_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares line by line, because a whole page in a failure message helps nobody.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	wanted, lines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(lines)) {
		require.Equal(t, wanted[i], lines[i], "%s:%d; -update writes it anew", path, i+1)
	}
	require.Len(t, lines, len(wanted), path)
}

func TestGoldenPage(t *testing.T) {
	t.Parallel()
	golden(t, "pullrequest.html", written(t, samplePage(t)))
}

func TestGoldenWithoutBase(t *testing.T) {
	t.Parallel()
	golden(t, "commit.html", collect(t, published(t), sampleTree(t, "head"), nil, meta()))
}

func TestPageListsEveryAnnotationThatItCounts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pullrequest.html", "commit.html"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		page := string(text)
		words := regexp.MustCompile(`<summary>(\d+) annotations`).FindStringSubmatch(page)
		require.NotNil(t, words)
		require.Equal(t, words[1], strconv.Itoa(strings.Count(page, `<li><a href="#a`)))
		require.NotContains(t, page, ".list ul { max-height", "the list is not folded away on a small screen")
		require.NotContains(t, page, "data-for", "no filter of the diff takes a line off the report's list")
		for _, note := range strings.Split(page, `<details class="note`)[1:] {
			note, _, _ = strings.Cut(note, "</details>")
			meta, machine := strings.Index(note, `<p class="meta">`), strings.Index(note, `<p class="machine">`)
			require.Positive(t, meta)
			require.True(t, machine < 0 || machine > meta, "what is for machines comes last")
			require.Equal(t, machine > 0, strings.Contains(note, "Fingerprint "))
		}
	}
}
