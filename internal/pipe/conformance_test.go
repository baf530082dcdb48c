package pipe_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

// detectors are all that the program runs. A new one is added here, and passes the test below.
func detectors(t *testing.T) map[string]scan.Detector {
	secrets, err := secret.New(secret.Options{})
	require.NoError(t, err)
	return map[string]scan.Detector{"secrets": secrets}
}

// finds is a file in which each detector has a finding, as far as it has any.
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

			// The file's memory is the caller's again after the call.
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

			// What it cannot read it leaves alone, and it stops when it is told to.
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
