package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestScanKeepsTheFirstOfTooManyFindings(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 300 {
		files[fmt.Sprintf("f%03d", i)] = strings.Repeat(fmt.Sprintf("TOKEN_%d\n", i), 1000)
	}
	for _, jobs := range []int{1, 7} {
		s := scanner()
		s.Jobs = jobs
		result, err := s.Scan(t.Context(), scan.Input{Head: files})
		require.NoError(t, err)
		require.Len(t, result.Findings, 100_000)
		last := 0
		for i := range result.Findings {
			require.Less(t, result.Findings[i].Path, "f100")
			last = max(last, result.Findings[i].StartLine)
		}
		require.Equal(t, 1000, last)
		require.Len(t, result.Unread, 1)
		require.ErrorContains(t, result.Unread[0].Err, "300,000 findings in one scan")
		require.False(t, result.Complete(), "what is not judged must not pass")
	}
}
