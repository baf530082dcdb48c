package rule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSampleForms(t *testing.T) {
	t.Parallel()
	tests := map[Sample]string{
		"ghp¦_x":                "ghp_x",
		"⟦encode ann:x⟧":        "YW5uOng=",
		"⟦encodeurl {\"a\":1}⟧": "eyJhIjoxfQ",
		"⟦encode ⟦encode a⟧⟧":   "WVE9PQ==",
	}
	for sample, want := range tests {
		got, err := sample.Text()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []Sample{"⟦hex⟧", "⟦hex x⟧", "⟦nope 3⟧", "x⟧", "⟦hex 0⟧", "⟦hex 99999⟧"} {
		_, err := bad.Text()
		require.Error(t, err, string(bad))
	}
	first, err := Sample("⟦alnum 40⟧ ⟦uuid⟧").Text()
	require.NoError(t, err)
	require.Len(t, first, 77)
	again, err := Sample("⟦alnum 40⟧ ⟦uuid⟧").Text()
	require.NoError(t, err)
	require.Equal(t, first, again)
}
