package store_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/sluice-scan/sluice/internal/engine" // the table of engines
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// TestEveryFloorOfAnEngineIsASetting compares the floors in the table of engines with the settings of administrators.
func TestEveryFloorOfAnEngineIsASetting(t *testing.T) {
	t.Parallel()
	for _, e := range scan.Engines() {
		if e.Floor == "" {
			require.True(t, e.Secrets, "%s: only engines without secrets have a floor", e.Engine)
			continue
		}
		i := slices.IndexFunc(settings.KnownSettings, func(k *settings.Known) bool { return k.Name == e.Floor })
		require.GreaterOrEqual(t, i, 0, "%s: there is no setting %s", e.Engine, e.Floor)
		require.Equal(t, settings.KindWord, settings.KnownSettings[i].Kind)
		require.True(t, status.IsFloor(settings.KnownSettings[i]))
	}
	require.False(t, status.IsFloor(settings.ScanOnPush))
}
