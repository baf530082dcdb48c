package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page must have the format that markdown writes. The test replaces the table in a copy.
func TestTheDocumentHasTheTable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/performance.md")
	require.NoError(t, err)
	text := string(data)
	require.Contains(t, text, tableBegin+markdown(nil, 3), "the words and the heads of the columns are those of markdown")
	for _, module := range trees {
		require.Contains(t, text, "| "+module+" (")
	}
	file := filepath.Join(t.TempDir(), "performance.md")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	require.NoError(t, replaceTable(file, "a table\n"))
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	before, _, _ := strings.Cut(text, tableBegin)
	_, after, _ := strings.Cut(text, tableEnd)
	require.Equal(t, before+tableBegin+"a table\n"+tableEnd+after, string(got))
	require.NoError(t, os.WriteFile(file, []byte("# A page\n"), 0o600))
	require.ErrorContains(t, replaceTable(file, "a table\n"), "has no place for the table")
}
