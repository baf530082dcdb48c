package scan_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// breakingUnpacker yields one file of every archive and then panics.
type breakingUnpacker struct{}

func (breakingUnpacker) Opens([]byte) bool { return true }

func (breakingUnpacker) Unpack(_ context.Context, content *scan.Content, yield func(path string, data []byte)) scan.Unpacked {
	yield(content.Path+"!/inner.txt", []byte("TOKEN_inner"))
	panic("broken")
}

// Failures of detectors inside an archive are reported even if the unpacker panics later.
func TestFailuresInsideAnArchiveSurviveItsPanic(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Detectors: []scan.Detector{tokenDetector{fail: true}}, Unpack: breakingUnpacker{}}
	result, err := s.Scan(t.Context(), scan.Input{Head: tree{"a.zip": "PK"}})
	require.NoError(t, err)
	require.False(t, result.Complete())
	var said []string
	for _, f := range result.Failures {
		said = append(said, f.Path+": "+f.Err.Error())
	}
	require.Contains(t, said, "a.zip!/inner.txt: gave up half way")
	require.Contains(t, said, "a.zip: opening it crashed (string); please report it with the file's kind")
	require.Len(t, result.Findings, 1)
}
