package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// detectors are all detectors of the program. Add a new one here; it must pass the test below.
func detectors(t *testing.T) map[string]scan.Detector {
	secrets, err := secret.New(secret.Options{})
	require.NoError(t, err)
	return map[string]scan.Detector{"secrets": secrets}
}

// treeDetectors are the detectors that judge a tree as a whole, each with a tree in which it has a finding.
func treeDetectors() map[string]scan.Detector {
	return map[string]scan.Detector{"dependencies": sca.New(sca.Options{Policy: scan.DependencyPolicy{DeniedLicenses: []string{"MIT"}}})}
}

// lockTree is a tree with two lock files. One of them is broken.
type lockTree struct{}

func (lockTree) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, f := range [][2]string{
			{"a/package-lock.json", `{"packages": {"node_modules/x": {"version": "1.0.0", "license": "MIT"}}}`}, {"b/package-lock.json", `{"packages": {"node_modules/x": {`},
		} {
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f[1])), nil }
			if !yield(scan.File{Path: f[0], Size: int64(len(f[1])), Open: open}, nil) {
				return
			}
		}
	}
}

func TestTreeDetectorsConform(t *testing.T) {
	t.Parallel()
	for name, d := range treeDetectors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var files []scan.File
			for f := range (lockTree{}).Files(t.Context()) {
				files = append(files, f)
			}
			tree := scan.NewTree(lockTree{}, files, 1<<20)
			// These detectors have no findings for single files, whatever their content.
			found, err := d.Begin().File(t.Context(), finds(1))
			require.NoError(t, err)
			require.Empty(t, found)
			first, err := d.Begin().End(t.Context(), tree)
			require.NoError(t, err)
			require.NotEmpty(t, first.Findings)
			require.NotEmpty(t, first.Packages)
			require.Len(t, first.Failures, 1, "what cannot be read is named, and the rest counts")
			rules := map[string]bool{}
			for _, r := range append(d.Rules(), first.Rules...) {
				require.NotEmpty(t, r.Title)
				require.NotEmpty(t, r.Remediation)
				require.Equal(t, d.Engine(), r.Engine)
				rules[r.ID] = true
			}
			for i := range first.Findings {
				f := &first.Findings[i]
				require.True(t, rules[f.RuleID], f.RuleID)
				require.Equal(t, d.Engine(), f.Engine)
				require.True(t, f.Start >= 0 && f.Start < f.End, "a place in the file")
				require.NotZero(t, f.Severity)
				require.NotZero(t, f.Confidence)
				require.NotEmpty(t, f.Message)
				require.NotEmpty(t, f.Key)
			}
			again, err := d.Begin().End(t.Context(), tree)
			require.NoError(t, err)
			require.Equal(t, first, again, "the same tree gives the same")
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err = d.Begin().End(ctx, tree)
			require.ErrorIs(t, err, context.Canceled)
			none, err := d.Begin().End(t.Context(), scan.NewTree(lockTree{}, nil, 1<<20))
			require.NoError(t, err)
			require.Empty(t, none)
		})
	}
}

// finds returns a file in which every detector of single files has a finding.
func finds(i int) *scan.Content {
	text := strings.Repeat("// some code\n", 3+i) + "token = \"" + githubToken(i) + "\"\nend\n"
	return &scan.Content{File: scan.File{Path: fmt.Sprintf("src/f%d.py", i), Size: int64(len(text))}, Data: []byte(text)}
}

func TestDetectorsConform(t *testing.T) {
	t.Parallel()
	for name, d := range detectors(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := map[string]scan.Rule{}
			last := ""
			for _, r := range d.Rules() {
				require.Less(t, last, r.ID, "rules are ordered by id, each once")
				require.Equal(t, d.Engine(), r.Engine)
				require.NotEmpty(t, r.Title)
				require.NotEmpty(t, r.Remediation)
				rules[r.ID], last = r, r.ID
			}
			content := finds(1)
			found, err := d.Begin().File(t.Context(), content)
			require.NoError(t, err)
			require.NotEmpty(t, found)
			for i := range found {
				f := &found[i]
				require.Contains(t, rules, f.RuleID)
				require.Equal(t, d.Engine(), f.Engine)
				require.True(t, f.Start >= 0 && f.Start < f.End && f.End <= len(content.Data), "offsets lie in the file")
				require.NotZero(t, f.Severity)
				require.NotZero(t, f.Confidence)
				require.NotEmpty(t, f.Message)
				if !f.Secret.Empty() {
					require.Equal(t, f.Secret.Reveal(), string(content.Data[f.Start:f.End]))
					require.NotContains(t, fmt.Sprintf("%+v %#v", f, f), f.Secret.Reveal())
				}
			}

			// The memory of the file belongs to the caller again after the call.
			kept := fmt.Sprint(scan.Fingerprint(&found[0]), found[0].Start, found[0].End)
			clear(content.Data)
			require.Equal(t, kept, fmt.Sprint(scan.Fingerprint(&found[0]), found[0].Start, found[0].End))

			// One pass serves many goroutines, and the order of the files does not matter.
			pass := d.Begin()
			var wait sync.WaitGroup
			for i := range 16 {
				wait.Go(func() {
					content := finds(i)
					before := bytes.Clone(content.Data)
					found, err := pass.File(context.Background(), content)
					if err != nil || len(found) == 0 || !bytes.Equal(before, content.Data) {
						t.Errorf("file %d: %d findings, %v", i, len(found), err)
					}
				})
			}
			wait.Wait()
			_, err = pass.End(t.Context(), nil)
			require.NoError(t, err)

			// A detector ignores what it cannot read, and stops when its context ends.
			for _, data := range []string{"", "\x00", strings.Repeat("\xff", 1000), "\n\n\n", "=", "password="} {
				_, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: "x"}, Data: []byte(data)})
				require.NoError(t, err, "%q", data)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			large := &scan.Content{File: scan.File{Path: "x"}, Data: bytes.Repeat([]byte("text\n"), 1<<20)}
			_, err = d.Begin().File(ctx, large)
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}
