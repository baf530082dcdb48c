package secret

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/looks"
)

func TestStandIns(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"abc123def456ghi789", "a1b2c3d4e5f6g7h8i9j0k1l2", "AbCdEfGh12345678"} {
		require.True(t, looks.Counted([]byte(text)), text)
	}
	for _, text := range []string{"4ZkR7bQ2mX9w", "abc", "hunter22", "", "deadbeef01"} {
		require.False(t, looks.Counted([]byte(text)), text)
	}
	for text, want := range map[string]bool{
		"not my real password": true, "user:password": true, "changeme\n": true, "ann:Gr3enHouse": false, "Gr3enHouse4Zk": false,
	} {
		require.Equal(t, want, looks.EncodedPlaceholder([]byte(base64.StdEncoding.EncodeToString([]byte(text)))), text)
	}
}

// A typed secret counts in a configuration only. In a program such a text is often a name.
func TestTypedSecret(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	const text = "SESSION_SEC" + "RET=thecatsat" + "onthemat\n"
	for path, want := range map[string]int{"a/.env": 1, "a/x.go": 0, "a/x.yaml": 1, "a/testdata/.env": 0} {
		found, err := d.file(t.Context(), path, []byte(text))
		require.NoError(t, err)
		require.Len(t, found, want, path)
	}
	found, err := d.file(t.Context(), "a/x.yaml", []byte("sec"+"ret: thecatsat"+"onthemat\n"))
	require.NoError(t, err)
	require.Empty(t, found)
}
