package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

// generated is a source of n files with generated text. Each is generated when it is opened.
type generated struct {
	n    int
	make func(i int) []byte
}

func (g generated) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for i := range g.n {
			f := scan.File{Path: fmt.Sprintf("f%06d.txt", i), Size: -1, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(g.make(i))), nil
			}}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func scanner(t *testing.T) *scan.Scanner {
	d, err := secret.New(secret.Options{})
	require.NoError(t, err)
	return &scan.Scanner{Detectors: []scan.Detector{d}}
}

// TestSoak scans a gigabyte of generated code with a secret in every hundredth file, and checks the memory on the way.
// With the race detector there are as many files, but smaller ones.
func TestSoak(t *testing.T) {
	const files = 2048
	size := 512 << 10
	if underRace {
		size /= 8
	}
	words := []string{"func", "return", "if err != nil {", "}", "config", "client", "result", "for i := range", "name", "string", "// what it does", "value", "request", "token", "key"}
	base := make([]byte, 0, size)
	r := rand.New(rand.NewPCG(1, 2))
	for column := 0; len(base) < size-100; column++ {
		base = append(base, words[r.IntN(len(words))]...)
		base = append(base, " \n"[min(1, column%9/8)])
	}
	source := generated{files, func(i int) []byte {
		data := append([]byte(nil), base...)
		if i%100 == 0 {
			data = append(data, "\n"+githubToken(i)+"\n"...)
		}
		return data
	}}
	s := scanner(t)
	var first, worst uint64
	s.Jobs = 2
	s.Progress = func(done, _ int) {
		if done%256 != 0 {
			return
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if done == 256 {
			first = m.HeapAlloc
		}
		worst = max(worst, m.HeapAlloc)
	}
	result, err := s.Scan(t.Context(), scan.Input{Head: source})
	require.NoError(t, err)
	require.Equal(t, int64(files), int64(result.Stats.Files))
	require.GreaterOrEqual(t, result.Stats.Bytes, int64(files*(size-200)))
	found := 0
	for i := range result.Findings {
		if result.Findings[i].RuleID == "GITHUB_CLASSIC_PAT" {
			found++
		}
	}
	require.Equal(t, (files+99)/100, found)
	require.Less(t, worst, first+16<<20, "memory does not grow with what was scanned")
}

// githubToken returns a token with a valid checksum.
func githubToken(n int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	r := rand.New(rand.NewPCG(uint64(n), 7))
	body := make([]byte, 30)
	for i := range body {
		body[i] = digits[r.IntN(len(digits))]
	}
	sum := crc32.ChecksumIEEE(body)
	tail := make([]byte, 6)
	for i := range tail {
		tail[5-i] = digits[sum%62]
		sum /= 62
	}
	return "gh" + "p_" + string(body) + string(tail)
}

// TestTenMillionSecretsInOneFile: the scan is bounded and reports that.
func TestTenMillionSecretsInOneFile(t *testing.T) {
	line := []byte(githubToken(1) + "\n")
	s := scanner(t)
	s.MaxFileBytes = 1 << 30
	result, err := s.Scan(t.Context(), scan.Input{Head: generated{1, func(int) []byte { return bytes.Repeat(line, 10_000_000) }}})
	require.NoError(t, err)
	require.Len(t, result.Failures, 1)
	require.ErrorIs(t, result.Failures[0].Err, secret.ErrTooMany)
	require.Len(t, result.Findings, 10_000)
	require.Equal(t, 10_000, result.Findings[9_999].StartLine)
}
