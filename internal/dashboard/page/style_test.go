package page

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAClassHasOneStyle: all styles are one file in the end, so two rooms must not mean two things by one class. A rule that begins with a
// class makes it that file's; those for all pages may be refined.
func TestAClassHasOneStyle(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "assets/*.css")
	require.NoError(t, err)
	owner := map[string]string{}
	for _, name := range names {
		base := path.Base(name)
		if slices.Contains(firstStyles, base) || base == "form.css" {
			continue
		}
		text, err := files.ReadFile(name)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?m)^\.([a-z-]+) \{`).FindAllSubmatch(text, -1) {
			class := string(found[1])
			require.Contains(t, []string{"", base}, owner[class], "the class %s has a style in %s and in %s", class, owner[class], base)
			owner[class] = base
		}
	}
	require.NotEmpty(t, owner)
}
