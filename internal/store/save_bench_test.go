package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// BenchmarkTheSameAgain compares saving an unchanged result with saving the first one, with 10,000 findings in
// half as many files.
func BenchmarkTheSameAgain(b *testing.B) {
	s, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "sluice.db"))
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close()) }()
	var list []scan.Finding
	origins := map[int]findings.Origin{}
	for n := range 10_000 {
		list = append(list, secret(fmt.Sprintf("f-%05d", n), fmt.Sprintf("services/billing-%d/config/settings-%d.yml", n%100, n/2), scan.SeverityHigh))
		origins[n] = findings.Origin{Commit: "c", Author: fmt.Sprintf("Ada Lovelace %d", n%200), Email: fmt.Sprintf("ada.%d@example.com", n%200)}
	}
	round := 0
	for b.Loop() {
		round++
		key := fmt.Sprintf("P%d", round)
		done, err := teststore.Sync(b, s).Apply(b.Context(), project(key, "api: main=1"))
		require.NoError(b, err)
		var took [2]time.Duration
		for i := range took {
			_, err = s.Queue.Enqueue(b.Context(), queue.Request{Scope: queue.Scope{BranchID: done.Moved[0].BranchID}, Force: true})
			require.NoError(b, err)
			j, err := s.Queue.Claim(b.Context(), "bench", true)
			require.NoError(b, err)
			begun := time.Now()
			require.NoError(b, s.Findings.Finish(b.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Findings: list, Origins: origins, Hash: hash}))
			took[i] = time.Since(begun)
		}
		b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "times-less")
		b.ReportMetric(float64(took[0].Milliseconds()), "ms/first")
		b.ReportMetric(float64(took[1].Milliseconds()), "ms/again")
	}
}
