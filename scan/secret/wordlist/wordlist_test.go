package wordlist

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Lists are compared with text in lower case, and reviewed as differences of lines.
func TestListsOfWordsAreSortedAndInLowerCase(t *testing.T) {
	t.Parallel()
	lists, err := filepath.Glob("*.txt")
	require.NoError(t, err)
	require.Greater(t, len(lists), 30)
	for _, name := range lists {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		words := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		require.Equal(t, slices.Compact(slices.Sorted(slices.Values(words))), words, name)
		for _, word := range words {
			require.Equal(t, strings.ToLower(strings.TrimSpace(word)), word, name)
			require.NotEmpty(t, word, name)
		}
	}
}

// A list that no code reads is a mistake.
func TestEveryListIsUsed(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	sources, err := filepath.Glob("../*/*.go")
	require.NoError(t, err)
	for _, name := range sources {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		code.Write(text)
	}
	lists, err := filepath.Glob("*.txt")
	require.NoError(t, err)
	for _, name := range lists {
		list := strings.TrimSuffix(name, ".txt")
		require.True(t, strings.Contains(code.String(), `wordlist.Set("`+list+`")`) || strings.Contains(code.String(), `wordlist.Finder("`+list+`")`), name)
		require.NotEmpty(t, read(list))
	}
}
