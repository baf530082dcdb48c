package export

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/findings"
)

// pieceSize is how many rows are read at once.
const pieceSize = 500

// Findings reads what scans found. It must be safe for concurrent use.
type Findings interface {
	// Occurrences lists the occurrences of a branch after a key, in the order of the keys.
	Occurrences(ctx context.Context, branch int64, filter findings.OccurrenceFilter, after findings.OccurrenceKey, limit int) ([]findings.Occurrence, error)
}

// Each reads the findings of a branch in pieces, so that memory is bounded, and calls do for each. It stops at the first
// error.
func Each(ctx context.Context, from Findings, branch int64, filter findings.OccurrenceFilter, do func(o *findings.Occurrence) error) error {
	for after := (findings.OccurrenceKey{}); ; {
		piece, err := from.Occurrences(ctx, branch, filter, after, pieceSize)
		if err != nil {
			return err
		}
		for i := range piece {
			if err := do(&piece[i]); err != nil {
				return err
			}
			after = piece[i].Key()
		}
		if len(piece) < pieceSize {
			return nil
		}
	}
}
