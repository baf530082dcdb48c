package scan_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// tree is an in-memory source: path to content.
type tree map[string]string

func (t tree) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, path := range slices.Sorted(maps.Keys(t)) {
			if !yield(t.file(path), nil) {
				return
			}
		}
	}
}

func (t tree) file(path string) scan.File {
	content := t[path]
	hash := sha1.Sum([]byte(content))
	f := scan.File{Path: path, Size: int64(len(content)), Blob: hex.EncodeToString(hash[:])}
	f.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
	return f
}

// tokenDetector finds TOKEN_ followed by lower-case letters.
type tokenDetector struct{ fail, panics bool }

var tokenExpr = regexp.MustCompile(`TOKEN_[a-z0-9]+`)

func (tokenDetector) Engine() scan.Engine { return "secrets" }

func (tokenDetector) Wants() scan.Wants {
	return scan.Wants{Files: true, Archives: true, History: true}
}

// Key implements scan.Keyed.
func (tokenDetector) Key() string { return "tokens" }

func (tokenDetector) Rules() []scan.Rule {
	return []scan.Rule{{ID: "TEST_TOKEN", Title: "Test token", Engine: "secrets", Severity: scan.SeverityHigh}}
}
func (d tokenDetector) Begin() scan.Pass                                   { return d }
func (tokenDetector) End(context.Context, *scan.Tree) (scan.Ending, error) { return scan.Ending{}, nil }
func (d tokenDetector) File(_ context.Context, c *scan.Content) ([]scan.Finding, error) {
	if d.panics {
		panic("quoting the file: " + string(c.Data))
	}
	if c.Binary {
		return nil, nil
	}
	var list []scan.Finding
	for _, at := range tokenExpr.FindAllIndex(c.Data, -1) {
		list = append(list, scan.Finding{
			Engine: "secrets", RuleID: "TEST_TOKEN", Title: "Test token", Severity: scan.SeverityHigh,
			Confidence: scan.ConfidenceHigh, Message: "A token.", Start: at[0], End: at[1], Secret: scan.NewSecret(string(c.Data[at[0]:at[1]])),
		})
	}
	if d.fail {
		return list, errors.New("gave up half way")
	}
	return list, nil
}

func scanner() *scan.Scanner { return &scan.Scanner{Detectors: []scan.Detector{tokenDetector{}}} }

func places(r *scan.Result) []string {
	var list []string
	for i := range r.Findings {
		f := &r.Findings[i]
		text := fmt.Sprintf("%s:%d:%d", f.Path, f.StartLine, f.StartColumn)
		if f.Commit != "" {
			text = f.Path + "@" + f.Commit
		}
		if f.New {
			text += " new"
		}
		if f.Suppression != nil {
			text += " " + f.Suppression.Kind
		}
		list = append(list, text)
	}
	return list
}

func TestScanLocatesFindings(t *testing.T) {
	t.Parallel()
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{
		"a.txt":   "one\r\n😀é x = TOKEN_abc123 # why\r\nthree\r\n",
		"b/c.txt": "TOKEN_first\n\n\nTOKEN_first",
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"a.txt:2:9 new", "b/c.txt:1:1 new", "b/c.txt:4:1 new"}, places(result))
	f := result.Findings[0]
	require.Equal(t, 21, f.EndColumn, "UTF-16 units: the emoji counts two")
	require.Equal(t, "😀é x = •••••••• # why", f.Excerpt)
	require.Equal(t, "••••••••", f.Excerpt[f.MarkStart:f.MarkEnd])
	require.Equal(t, []scan.Line{{1, "one"}, {2, "😀é x = •••••••• # why"}, {3, "three"}}, f.Context)
	require.Equal(t, result.Findings[1].Fingerprint, result.Findings[2].Fingerprint)
	require.Equal(t, []int{1, 2}, []int{result.Findings[1].Occurrence, result.Findings[2].Occurrence})
	require.Equal(t, []scan.Rule{{ID: "TEST_TOKEN", Title: "Test token", Engine: "secrets", Severity: scan.SeverityHigh}}, result.Rules)
	require.Equal(t, 2, result.Stats.Files)
}

func TestScanIsTheSameAtAnyNumberOfJobs(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 300 {
		files[fmt.Sprintf("d%d/f%d.txt", i%7, i)] = strings.Repeat(fmt.Sprintf("x TOKEN_%d y\n", i%40), i%5)
	}
	var want *scan.Result
	for _, jobs := range []int{1, 2, 16} {
		s := scanner()
		s.Jobs = jobs
		s.Now = func() time.Time { return time.Unix(1, 0) }
		result, err := s.Scan(t.Context(), scan.Input{Head: files})
		require.NoError(t, err)
		require.NotEmpty(t, result.Findings)
		if want == nil {
			want = result
			continue
		}
		require.Equal(t, want, result)
	}
}

func TestScanTellsNewFromExisting(t *testing.T) {
	t.Parallel()
	base := tree{"moved-from.txt": "x\nTOKEN_moved\n", "same.txt": "TOKEN_same\n", "shifted.txt": "TOKEN_shifted\n", "gone.txt": "TOKEN_gone\n"}
	head := tree{"moved-to.txt": "x\nTOKEN_moved\n", "same.txt": "TOKEN_same\n", "shifted.txt": "\n\n\nTOKEN_shifted TOKEN_added\n"}
	result, err := scanner().Scan(t.Context(), scan.Input{Head: head, Base: base, BaseInfo: scan.Base{Kind: scan.BaseMerge, Commit: "abc"}})
	require.NoError(t, err)
	require.Equal(t, []string{"shifted.txt:4:15 new", "moved-to.txt:2:1", "same.txt:1:1", "shifted.txt:4:1"}, places(result))
	require.Equal(t, 2, result.Stats.BaseBlobs, "only the two blobs that the trees do not share are read")
}

func TestScanReadsNoBaseWhenNothingIsFound(t *testing.T) {
	t.Parallel()
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"a": "clean"}, Base: tree{"a": "TOKEN_old"}, BaseInfo: scan.Base{Kind: scan.BaseMerge}})
	require.NoError(t, err)
	require.Zero(t, result.Stats.BaseBlobs)
}

func TestScanKeepsRemovedSecretsOfTheHistory(t *testing.T) {
	t.Parallel()
	old := func(commit, path, content string) scan.File {
		f := tree{path: content}.file(path)
		f.Commit = commit
		return f
	}
	history := sourceFunc(func(yield func(scan.File, error) bool) {
		for _, f := range []scan.File{
			old("c1", "z.txt", "TOKEN_removed\n"), old("c2", "a.txt", "\nTOKEN_removed TOKEN_kept\n"),
		} {
			if !yield(f, nil) {
				return
			}
		}
	})
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"a.txt": "TOKEN_kept"}, History: history})
	require.NoError(t, err)
	require.Equal(t, []string{"a.txt:1:1 new", "z.txt@c1 new"}, places(result))
	require.Zero(t, result.Findings[1].StartLine)
	require.Equal(t, "••••••••", result.Findings[1].Excerpt)
}

func TestScanNamesWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	broken := sourceFunc(func(yield func(scan.File, error) bool) {
		_ = yield(scan.File{Path: "bad", Size: -1, Open: func() (io.ReadCloser, error) { return nil, errors.New("object is corrupt") }}, nil) &&
			yield(scan.File{Path: "link", Mode: scan.ModeSymlink}, nil) &&
			yield(scan.File{Path: "module", Mode: scan.ModeSubmodule}, nil) &&
			yield(tree{"ok": "TOKEN_ok"}.file("ok"), nil)
	})
	result, err := scanner().Scan(t.Context(), scan.Input{Head: broken})
	require.NoError(t, err)
	require.Equal(t, []string{"ok:1:1 new"}, places(result))
	require.Len(t, result.Unread, 1)
	require.Equal(t, "bad", result.Unread[0].Path)
	require.False(t, result.Complete())
	require.Equal(t, 1, result.Stats.Symlinks)
	require.Equal(t, 1, result.Stats.Submodules)
	require.Equal(t, scan.ExitFindings, scan.Gate{FailOn: scan.SeverityHigh}.ExitCode(result))
	require.Equal(t, scan.ExitError, scan.Gate{FailOn: scan.SeverityCritical}.ExitCode(result), "an incomplete scan is never clean")
}

type sourceFunc iter.Seq2[scan.File, error]

func (s sourceFunc) Files(context.Context) iter.Seq2[scan.File, error] {
	return iter.Seq2[scan.File, error](s)
}

func TestScanOversizeBinaryAndLFS(t *testing.T) {
	t.Parallel()
	s := scanner()
	s.MaxFileBytes = 1 << 20
	big := strings.Repeat("TOKEN_x ", 1<<18)
	files := tree{"big": big, "bin": "\x00TOKEN_hidden", "pointer": "version https://git-lfs.github.com/spec/v1\noid sha256:TOKEN_ab\nsize 5\n"}
	result, err := s.Scan(t.Context(), scan.Input{Head: files})
	require.NoError(t, err)
	require.Empty(t, result.Findings)
	require.Equal(t, scan.Stats{Files: 2, Bytes: 83, LFS: 1, Binary: 1, Oversize: 1}, result.Stats)
	require.Equal(t, []scan.Note{{Code: "oversize", Text: "not scanned, because larger than 1 MB (MAX_FILE_SIZE): big"}}, result.Notes)
	require.True(t, result.Complete(), "a limit that the user set is not a failure")
}

func TestScanReportsFailingDetectorsWithoutTheFilesText(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]tokenDetector{"error": {fail: true}, "panic": {panics: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &scan.Scanner{Detectors: []scan.Detector{d}}
			result, err := s.Scan(t.Context(), scan.Input{Head: tree{"f": "TOKEN_canary"}})
			require.NoError(t, err)
			require.Len(t, result.Failures, 1)
			require.EqualValues(t, "secrets", result.Failures[0].Engine)
			require.NotContains(t, result.Failures[0].Err.Error(), "canary")
			require.Len(t, result.Findings, map[string]int{"error": 1, "panic": 0}[name])
		})
	}
}

func TestScanStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := scanner().Scan(ctx, scan.Input{Head: tree{"a": "TOKEN_a"}})
	require.ErrorIs(t, err, context.Canceled)
}

// lastWord is a detector that returns its findings at the end, unless its context has ended.
type lastWord struct{ tokenDetector }

func (d lastWord) Begin() scan.Pass                                          { return d }
func (lastWord) File(context.Context, *scan.Content) ([]scan.Finding, error) { return nil, nil }
func (lastWord) End(ctx context.Context, _ *scan.Tree) (scan.Ending, error) {
	return scan.Ending{Findings: []scan.Finding{{Engine: "secrets", RuleID: "TEST_TOKEN", Path: "a.txt", Position: scan.Position{StartLine: 2}}}}, ctx.Err()
}

func TestScanEndsPassesWithALiveContext(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Detectors: []scan.Detector{lastWord{}}}
	result, err := s.Scan(t.Context(), scan.Input{Head: tree{"a.txt": "one\n  two\n"}})
	require.NoError(t, err)
	require.Equal(t, []string{"a.txt:2:3 new"}, places(result))
	require.Empty(t, result.Failures)
}

func TestScanSuppressions(t *testing.T) {
	t.Parallel()
	policy, err := scan.ParsePolicy(".sluice.yml", []byte(`
suppress:
  - path: testdata/
    reason: fixtures
  - rule: TEST_TOKEN
    path: "*.md"
    reason: documentation
    expires: 2020-01-01
  - path: nothing/**
    reason: moved away
`))
	require.NoError(t, err)
	files := tree{
		"a.go": "x := TOKEN_a // sluice:allow rotated last week", "b.go": "x := TOKEN_b",
		"testdata/x/y.txt": "TOKEN_c", "README.md": "TOKEN_d", "base.txt": "TOKEN_e",
	}
	s := scanner()
	s.Policy = policy
	first, err := s.Scan(t.Context(), scan.Input{Head: tree{"base.txt": "TOKEN_e"}})
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, scan.WriteBaseline(&file, first))
	require.NotContains(t, file.String(), "TOKEN_e")
	s.Baseline, err = scan.ReadBaseline("known.json", &file)
	require.NoError(t, err)
	s.Now = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	result, err := s.Scan(t.Context(), scan.Input{Head: files})
	require.NoError(t, err)
	require.Equal(t, []string{
		"README.md:1:1 new", "b.go:1:6 new", "a.go:1:6 new inline", "testdata/x/y.txt:1:1 new path", "base.txt:1:1 baseline",
	}, places(result))
	require.Equal(t, &scan.Suppression{Kind: "inline", Reason: "rotated last week", Source: "a.go:1"}, result.Findings[2].Suppression)
	require.Equal(t, &scan.Suppression{Kind: "path", Reason: "fixtures", Source: ".sluice.yml:3"}, result.Findings[3].Suppression)
	var codes []string
	for _, n := range result.Notes {
		codes = append(codes, n.Code)
	}
	require.Equal(t, []string{"suppression-expired", "suppression-unused"}, codes)
}

// canary is long enough that a mask that shows part of a secret would show some of it.
var canary = "TOKEN_" + strings.Repeat("canary0123456789", 3)

func TestNoSecretLeavesAFinding(t *testing.T) {
	t.Parallel()
	// No rule reports the second copy, because letters precede it. The context still contains it.
	files := tree{"a.txt": "first " + canary + "\nsecond xx" + canary + "\n" + strings.Repeat("long ", 100) + canary + strings.Repeat(" line", 100)}
	result, err := scanner().Scan(t.Context(), scan.Input{Head: files})
	require.NoError(t, err)
	require.NotEmpty(t, result.Findings)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text := fmt.Sprintf(verb, result.Findings)
		require.NotContains(t, text, canary[10:], verb)
		require.NotContains(t, text, hex.EncodeToString([]byte(canary[10:])), verb)
	}
	require.Equal(t, canary, result.Findings[0].Secret.Reveal())
}
