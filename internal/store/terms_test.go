package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// TestTermsAreTheNumbersOfTheTypes: SQL and Go use the same name for every number.
func TestTermsAreTheNumbersOfTheTypes(t *testing.T) {
	t.Parallel()
	want := map[string]int{"empty": 5} // the place of a repository without branches
	for s := queue.Queued; s <= queue.Dropped; s++ {
		want[strings.ToLower(s.String())] = int(s)
	}
	for s := findings.Open; s <= findings.Fixed; s++ {
		want[strings.ToLower(s.String())] = int(s)
	}
	for _, s := range status.Statuses {
		want[strings.ToLower(s.String())] = int(s)
	}
	for s := scan.SeverityLow; s <= scan.SeverityCritical; s++ {
		want[strings.ToLower(s.String())] = int(s)
	}
	require.Equal(t, want, terms.Numbers)
}
