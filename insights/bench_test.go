package insights_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// BenchmarkPublish builds and publishes 10,000 findings. The time includes the fake server's work.
func BenchmarkPublish(b *testing.B) {
	r := result(1)
	for i := range 9999 {
		f := r.Findings[0]
		f.Fingerprint = string(rune('a'+i%26)) + f.Fingerprint[1:]
		f.Occurrence = i + 2
		r.Findings = append(r.Findings, f)
	}
	b.ReportAllocs()
	for b.Loop() {
		server := fakebitbucket.New()
		c := cloud(b, server)
		report := insights.Build(r, insights.Options{Gate: gate})
		receipt, err := insights.Publish(b.Context(), c, ref, &report, nil)
		require.NoError(b, err)
		require.Equal(b, 1000, receipt.Published)
		require.Equal(b, 9000, receipt.Omitted)
		require.LessOrEqual(b, len(server.Requests()), 12)
	}
}

// TestPublishTenThousandFindings asserts the number of calls and the memory of the benchmark above.
func TestPublishTenThousandFindings(t *testing.T) {
	r := result(0)
	for i := range 10_000 {
		r.Findings = append(r.Findings, scan.Finding{Title: "Token", Severity: scan.SeverityHigh, New: true, Path: "a", Fingerprint: "f", Occurrence: i + 1, Position: scan.Position{StartLine: i + 1}})
	}
	server := fakebitbucket.New()
	c := cloud(t, server)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	publish(t, c, build(r, c))
	runtime.ReadMemStats(&after)
	require.Len(t, server.Requests(), 12)
	// TotalAlloc is an upper bound of the heap; it includes the fake server's copies.
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(50<<20))
}
