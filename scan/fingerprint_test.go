package scan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFingerprintHashesTheCredentialWhateverItsCoding(t *testing.T) {
	t.Parallel()
	plain := Finding{Engine: "secrets", RuleID: "A", Family: "secret", Secret: NewSecret("Green4ZkR7bQ")}
	encoded := Finding{Engine: "secrets", RuleID: "B", Family: "secret", Secret: NewSecret("R3JlZW40WmtSN2JR"), Decoded: NewSecret("Green4ZkR7bQ")}
	other := Finding{Engine: "secrets", RuleID: "B", Family: "secret", Secret: NewSecret("R3JlZW40WmtSN2JR")}
	require.Equal(t, "Green4ZkR7bQ", encoded.Credential().Reveal())
	require.Equal(t, "R3JlZW40WmtSN2JR", other.Credential().Reveal())
	require.Equal(t, Fingerprint(&plain), Fingerprint(&encoded))
	require.NotEqual(t, Fingerprint(&plain), Fingerprint(&other))
}
