package scan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEncodedSecretsAreHiddenInBothForms(t *testing.T) {
	t.Parallel()
	encoded, decoded := "R3JlZW40WmtSN2JR", "Green4ZkR7bQ"
	data := []byte("a: " + encoded + "\nb: " + decoded + "\n")
	f := Finding{Start: 3, End: 3 + len(encoded), Secret: NewSecret(encoded), Decoded: NewSecret(decoded)}
	text, _, _ := newMasker(data, []Finding{f}, nil).show(data, 0, len(data), byteRange{})
	require.NotContains(t, text, encoded)
	require.NotContains(t, text, decoded)
	text = MaskSecrets([]Finding{f})("log: " + encoded + " and " + decoded)
	require.NotContains(t, text, encoded)
	require.NotContains(t, text, decoded)
}
