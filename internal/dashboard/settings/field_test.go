package settings

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/settings"
)

// TestEverySettingIsOnOnePage, with a name for people, and shows its default.
func TestEverySettingIsOnOnePage(t *testing.T) {
	t.Parallel()
	pages := map[*settings.Known]int{}
	for _, parts := range [][]part{generalParts, hookParts, mailParts} {
		for _, p := range parts {
			require.NotEqual(t, "Other", p.title, "put new settings where people look for them")
			for _, k := range p.known {
				pages[k]++
			}
		}
	}
	for _, k := range settings.KnownSettings {
		require.Equal(t, 1, pages[k], k.Name)
		require.NotEmpty(t, labels[k], k.Name)
		f := newField(k, "")
		require.False(t, f.Changed, k.Name)
		require.NotEmpty(t, f.Default, k.Name)
		require.Contains(t, []string{"switch", "number", "choice", "list"}, f.Kind)
		for _, word := range k.Words {
			require.NotEmpty(t, valueWords[word], word)
		}
	}
	require.Equal(t, "Other", otherParts(nil)[0].title, "a setting that nobody placed is shown all the same")
}
