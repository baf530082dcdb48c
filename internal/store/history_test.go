package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// told writes the result of a branch as text, read in pages of three.
func told(t *testing.T, s *store.Store, branch int64, result int) []string {
	t.Helper()
	list := []string{}
	for after := (findings.OccurrenceKey{}); ; {
		piece, err := s.Findings.Occurrences(t.Context(), branch, findings.OccurrenceFilter{Allowed: true, Reviewed: true, Result: result}, after, 3)
		require.NoError(t, err)
		for i := range piece {
			o := &piece[i]
			list = append(list, fmt.Sprintf("%s %s:%d #%d %s by %s", o.Fingerprint, o.Path, o.Line, o.Number, o.Excerpt, o.Origin.Author))
			after = o.Key()
		}
		if len(piece) < 3 {
			slices.Sort(list)
			return list
		}
	}
}

// Every result of a branch stays available unchanged, whatever comes later. A new result changes only the rows that
// differ.
func TestResultsAreKept(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		random := rand.New(rand.NewPCG(7, 1))
		listed(t, s, project("PAY", "api: main=1 x=1"))
		results := map[int64][][]string{}
		for round := range 40 {
			_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
			require.NoError(t, err)
			for range 2 {
				j := claim(t, s)
				var list []scan.Finding
				want, origins, has := []string{}, map[int]findings.Origin{}, map[string]bool{}
				for n := range 8 {
					if random.IntN(3) == 0 {
						continue
					}
					f := secret(fmt.Sprintf("f%d", n), fmt.Sprintf("p%d", random.IntN(2)), scan.SeverityHigh)
					f.StartLine, f.Occurrence = 1+random.IntN(2), 1+random.IntN(2)
					f.EndLine = f.StartLine
					// The same line always has the same origin.
					author := fmt.Sprintf("%s %s %d", f.Fingerprint, f.Path, f.StartLine)
					origins[len(list)] = findings.Origin{Commit: "c", Author: author, Email: "a@example.com", At: time.UnixMilli(1)}
					want = append(want, fmt.Sprintf("%s %s:%d #%d %s by %s", f.Fingerprint, f.Path, f.StartLine, f.Occurrence, f.Excerpt, author))
					has[f.Fingerprint] = true
					list = append(list, f)
				}
				slices.Sort(want)
				require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Findings: list, Origins: origins, Hash: hash}))
				before := results[j.BranchID]
				results[j.BranchID] = append(before, want)
				for i, want := range results[j.BranchID] {
					// All results now and then, and one at random each time.
					if round%8 == 7 || i == round*7%len(results[j.BranchID]) {
						require.Equal(t, want, told(t, s, j.BranchID, i+1))
					}
				}
				require.Equal(t, want, told(t, s, j.BranchID, 0))
				q, err := s.Queue.Scan(t.Context(), everything, j.ID)
				require.NoError(t, err)
				require.Equal(t, len(results[j.BranchID]), q.Result)
				old := map[string]bool{}
				if len(before) > 0 {
					for _, text := range before[len(before)-1] {
						old[text[:2]] = true
					}
				}
				appeared, vanished := 0, 0
				for n := range 8 {
					id := fmt.Sprintf("f%d", n)
					switch {
					case has[id] && !old[id]:
						appeared++
					case !has[id] && old[id]:
						vanished++
					}
				}
				require.Equal(t, []int{len(list), appeared, vanished}, []int{q.Findings, q.Appeared, q.Vanished})
			}
		}
		// A branch that was deleted and returns has its results again.
		main := branch(t, s, "PAY", "api", "main")
		first := told(t, s, main.ID, 1)
		listed(t, s, project("PAY", "api: x=1"))
		listed(t, s, project("PAY", "api: main=1 x=1"))
		back := branch(t, s, "PAY", "api", "main")
		require.Equal(t, []any{main.ID, main.KeptResult, main.Status, main.Success.ID}, []any{back.ID, back.KeptResult, back.Status, back.Success.ID})
		require.Equal(t, first, told(t, s, main.ID, 1))
	})
}
