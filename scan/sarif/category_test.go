package sarif_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestCategoriesTellAnalysesApartAndNotTheirRuns(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"": "", "backend": "backend", "backend/": "backend", "team/backend": "team/backend", "language:python/": "language:python",
		"nightly/2026-11-30": "nightly", "nightly/2026-11-30T04:00:00Z": "nightly", "nightly/20261130": "nightly", "nightly/2026-11-30T04:00:00.123+02:00": "nightly",
		"nightly/1184": "nightly", "nightly/build-12": "nightly", "nightly/#7": "nightly", "a/b/6ad0191b491ab74c6ad54f526dbf93d9f970ed70": "a/b",
		"scan/d2e6b3a0-1b2c-4d5e-8f90-0123456789ab": "scan", "scan/{D2E6B3A0-1B2C-4D5E-8F90-0123456789AB}": "scan",
		"2026-11-30": "", "17": "", "v2": "v2", "team/java17": "team/java17",
	} {
		require.Equal(t, []string{want}, sarif.Categories([]sarif.Run{{Tool: "t", Category: id}}), id)
	}
	together := []sarif.Run{{Tool: "t", Category: "scan/1"}, {Tool: "t", Category: "scan/2"}, {Tool: "other", Category: "scan/1"}, {Tool: "t", Category: "scan/1"}}
	require.Equal(t, []string{"scan/1", "scan/2", "scan", "scan/1"}, sarif.Categories(together), "what stands together under two ids is two analyses")
}
