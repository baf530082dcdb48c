package builtin_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/builtin/source"
)

func TestTableIsWhatTheFilesSay(t *testing.T) {
	t.Parallel()
	rules, err := source.Load(os.DirFS("rules"))
	require.NoError(t, err)
	want, err := source.Table(rules)
	require.NoError(t, err)
	got, err := os.ReadFile("table_gen.go")
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "the files in rules have changed: run `make golden`")
}
