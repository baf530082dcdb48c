package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltInVerifications(t *testing.T) {
	t.Parallel()
	list, err := Verifications()
	require.NoError(t, err)
	providers := map[string]bool{}
	for id, v := range list {
		rule := newTestDetector(t).rules.builtin[id]
		providers[rule.Provider] = true
		require.True(t, strings.HasPrefix(v.URL, "https://"+v.Host()+"/"), id)
		require.NotContains(t, id, "TEST", "a key that moves no money is not worth a call")
	}
	require.GreaterOrEqual(t, len(providers), 25)
	github := list["GITHUB_CLASSIC_PAT"]
	token := "ghp_" + strings.Repeat("a1B2", 9)
	require.True(t, github.Fits(token))
	require.False(t, github.Fits(token+"a"))
	require.False(t, github.Fits(" "+token))
}
