package scan_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// recorder is a detector that records what it is shown.
type recorder struct {
	engine scan.Engine
	wants  scan.Wants

	mu     sync.Mutex
	begins int
	shown  []string
}

func (r *recorder) Engine() scan.Engine { return r.engine }

func (r *recorder) Wants() scan.Wants { return r.wants }

func (r *recorder) Rules() []scan.Rule { return nil }

func (r *recorder) Begin() scan.Pass {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begins++
	return r
}

func (r *recorder) File(_ context.Context, c *scan.Content) ([]scan.Finding, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shown = append(r.shown, c.Path)
	return nil, nil
}

func (r *recorder) End(_ context.Context, tree *scan.Tree) (scan.Ending, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range tree.Files() {
		r.shown = append(r.shown, "end "+f.Path)
	}
	return scan.Ending{}, nil
}

// keyedRecorder judges each file separately.
type keyedRecorder struct{ *recorder }

func (keyedRecorder) Key() string { return "1" }

// boxes opens the archives of these tests: a file that begins with BOX contains one file, which cannot be scanned in
// full.
type boxes struct{}

func (boxes) Opens(data []byte) bool { return bytes.HasPrefix(data, []byte("BOX")) }

func (boxes) Unpack(_ context.Context, c *scan.Content, yield func(path string, data []byte)) scan.Unpacked {
	yield(c.Path+"!/inner.txt", c.Data[3:])
	return scan.Unpacked{Archives: 1, Files: 1, Failures: []scan.Failure{{Path: c.Path, Err: context.DeadlineExceeded}}}
}

func TestADetectorIsShownWhatItWants(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wants  scan.Wants
		begins int
		want   []string
	}{
		"the tree alone": {scan.Wants{}, 1, []string{"end a.txt", "end b.box"}},
		"files":          {scan.Wants{Files: true}, 1, []string{"a.txt", "b.box", "end a.txt", "end b.box"}},
		"archives":       {scan.Wants{Files: true, Archives: true}, 1, []string{"a.txt", "b.box", "b.box!/inner.txt", "end a.txt", "end b.box"}},
		"history":        {scan.Wants{Files: true, History: true}, 2, []string{"a.txt", "b.box", "end a.txt", "end b.box", "end old.txt", "old.txt"}},
		"all": {
			scan.Wants{Files: true, Archives: true, History: true}, 2,
			[]string{"a.txt", "b.box", "b.box!/inner.txt", "end a.txt", "end b.box", "end old.txt", "old.txt"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{engine: "smells", wants: c.wants}
			// A second detector that wants everything does not change what this one sees.
			other := &recorder{engine: "secrets", wants: scan.Wants{Files: true, Archives: true, History: true}}
			s := &scan.Scanner{Detectors: []scan.Detector{r, other}, Unpack: boxes{}}
			_, err := s.Scan(t.Context(), scan.Input{Head: tree{"a.txt": "a", "b.box": "BOXinner"}, History: tree{"old.txt": "old"}})
			require.NoError(t, err)
			slices.Sort(r.shown)
			require.Equal(t, c.want, r.shown)
			require.Equal(t, c.begins, r.begins)
		})
	}
}

func TestWhatAnArchiveHidesIsAFailureOfTheEngineThatLooksInside(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Unpack: boxes{}, Detectors: []scan.Detector{
		&recorder{engine: "secrets", wants: scan.Wants{Files: true}}, &recorder{engine: "smells", wants: scan.Wants{Files: true, Archives: true}},
	}}
	result, err := s.Scan(t.Context(), scan.Input{Head: tree{"b.box": "BOXinner"}})
	require.NoError(t, err)
	require.Len(t, result.Failures, 1)
	require.Equal(t, scan.Engine("smells"), result.Failures[0].Engine)
}

// memory is a cache that contains every file.
type memory struct{}

func (memory) Clean(string, string) (scan.Clean, bool) { return scan.Clean{}, true }
func (memory) Add(string, string, scan.Clean)          {}

func TestACacheCountsOnlyWhereEveryDetectorJudgesAFileByItself(t *testing.T) {
	t.Parallel()
	files := scan.Wants{Files: true}
	for name, c := range map[string]struct {
		detectors func(r *recorder) []scan.Detector
		want      []string
	}{
		"a keyed one":          {func(r *recorder) []scan.Detector { return []scan.Detector{keyedRecorder{r}} }, []string{"end a.txt"}},
		"one without a key":    {func(r *recorder) []scan.Detector { return []scan.Detector{r} }, []string{"a.txt", "end a.txt"}},
		"both":                 {func(r *recorder) []scan.Detector { return []scan.Detector{r, keyedRecorder{&recorder{wants: files}}} }, []string{"a.txt", "end a.txt"}},
		"one of the tree also": {func(r *recorder) []scan.Detector { return []scan.Detector{keyedRecorder{r}, &recorder{}} }, []string{"end a.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{engine: "smells", wants: files}
			s := &scan.Scanner{Detectors: c.detectors(r), Cache: memory{}}
			_, err := s.Scan(t.Context(), scan.Input{Head: tree{"a.txt": "a"}})
			require.NoError(t, err)
			slices.Sort(r.shown)
			require.Equal(t, c.want, r.shown)
		})
	}
}
