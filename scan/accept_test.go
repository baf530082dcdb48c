package scan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// TestAScanThatLookedAtAFileInPartIsNotComplete: a detector that stops early leaves the scan as incomplete as an
// unreadable file.
func TestAScanThatLookedAtAFileInPartIsNotComplete(t *testing.T) {
	t.Parallel()
	gate := scan.Gate{FailOn: scan.SeverityCritical, Scope: scan.ScopeAll}
	for name, d := range map[string]tokenDetector{"error": {fail: true}, "panic": {panics: true}} {
		s := &scan.Scanner{Detectors: []scan.Detector{d}}
		result, err := s.Scan(t.Context(), scan.Input{Head: tree{"f": "TOKEN_canary"}})
		require.NoError(t, err, name)
		require.False(t, result.Complete(), name)
		require.False(t, gate.Passed(result), name)
		require.Equal(t, scan.ExitError, gate.ExitCode(result), name)
		require.Contains(t, result.Advice(), scan.PolicyFile, name)
	}
}

func TestASuppressedPathAcceptsThatItCannotBeRead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		policy   string
		complete bool
		note     string
	}{
		"a path":           {"suppress: [{path: data/**, reason: broken on purpose}]", true, "not scanned in full, as .sluice.yml:1 accepts (broken on purpose): data/f"},
		"a name":           {"suppress: [{path: f, reason: broken on purpose}]", true, "not scanned in full, as .sluice.yml:1 accepts (broken on purpose): data/f"},
		"another path":     {"suppress: [{path: other/**, reason: x}]", false, ".sluice.yml:1: the suppression of path other/** matches nothing and can be removed"},
		"a rule's finding": {"suppress: [{path: data/**, rule: TEST_TOKEN, reason: x}]", false, ""},
		"expired":          {"suppress: [{path: data/**, reason: x, expires: 2026-11-30}]", false, ".sluice.yml:1: the suppression of path data/** expired on 2026-11-30; its findings count again"},
		"still valid":      {"suppress: [{path: data/**, reason: x, expires: 2026-12-01}]", true, "not scanned in full, as .sluice.yml:1 accepts (x): data/f"},
	} {
		policy, err := scan.ParsePolicy(scan.PolicyFile, []byte(c.policy))
		require.NoError(t, err, name)
		s := &scan.Scanner{Detectors: []scan.Detector{tokenDetector{fail: true}}, Policy: policy, Now: func() time.Time { return now }}
		result, err := s.Scan(t.Context(), scan.Input{Head: tree{"data/f": "TOKEN_canary"}})
		require.NoError(t, err, name)
		require.Equal(t, c.complete, result.Complete(), name)
		var notes []string
		for _, n := range result.Notes {
			notes = append(notes, n.Text)
		}
		if c.note != "" {
			require.Equal(t, []string{c.note}, notes, name)
		}
	}
}

// baseDetector fails on files that contain BROKEN.
type baseDetector struct{ tokenDetector }

func (d baseDetector) Begin() scan.Pass { return d }

func (d baseDetector) File(ctx context.Context, c *scan.Content) ([]scan.Finding, error) {
	if string(c.Data) == "BROKEN" {
		return nil, errors.New("gave up")
	}
	return d.tokenDetector.File(ctx, c)
}

// TestABaseThatCannotBeReadLeavesTheScanComplete: an unreadable base only makes more findings new, and a note says so.
func TestABaseThatCannotBeReadLeavesTheScanComplete(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Detectors: []scan.Detector{baseDetector{}}}
	result, err := s.Scan(t.Context(), scan.Input{Head: tree{"f": "TOKEN_one"}, Base: tree{"f": "BROKEN", "g": "BROKEN"}, BaseInfo: scan.Base{Kind: scan.BaseMerge}})
	require.NoError(t, err)
	require.True(t, result.Complete())
	require.Equal(t, []scan.Note{{Code: "base-in-part", Text: "the base could not be read in full, so that older findings may count as new: f (gave up), g (gave up)"}}, result.Notes)
}
