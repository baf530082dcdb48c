package forge

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestServerAndAppSignTheSameText: the tests of the app read the same file.
func TestServerAndAppSignTheSameText(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../forge/test/signatures.json")
	require.NoError(t, err)
	var list []struct{ Secret, Issued, ID, Body, Signature string }
	require.NoError(t, json.Unmarshal(text, &list))
	require.Len(t, list, 3)
	for _, v := range list {
		require.Equal(t, v.Signature, signature(v.Secret, v.Issued, v.ID, []byte(v.Body)))
	}
}
